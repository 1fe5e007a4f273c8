// swift-tools-version: 6.2
import PackageDescription

/// The CPU baseline: bitmap and hash loops are 3-10 times faster with AVX2 (DESIGN §10).
#if arch(x86_64)
let baseline = ["-Xcc", "-march=x86-64-v3"]
#else
let baseline: [String] = []
#endif

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .unsafeFlags(baseline),
    // Debug builds run the data plane too: kernels that are not optimised are 50 times slower.
    .unsafeFlags(["-O"], .when(configuration: .debug)),
]

/// A layer of the engine; `dependencies` may only name targets of lower layers.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A program that prints figures per row; run by hand, never as a test.
func benchmark(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: "Benchmarks/\(name)",
        swiftSettings: settings
    )
}

/// The tests of one layer.
func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: dependencies,
        exclude: data,
        swiftSettings: settings
    )
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let httpServer: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HummingbirdTLS", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
]
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "apus",
    products: [
        .executable(name: "jobctl", targets: ["JobctlProgram"]),
        .executable(name: "jobmanager", targets: ["JobManagerProgram"]),
        .executable(name: "taskmanager", targets: ["TaskManagerProgram"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        // Without its traits: they would link all of Foundation into the programs.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            traits: []
        ),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Layer 0: system libraries.
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(
            name: "CPCRE2",
            pkgConfig: "libpcre2-8",
            providers: [.apt(["libpcre2-dev"])]
        ),
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CRocksDB",
            pkgConfig: "rocksdb",
            providers: [.apt(["librocksdb-dev"])]
        ),
        .target(name: "CRocksDBSupport"),
        .target(name: "CMachine"),
        .target(name: "CTextScan"),
        // Layer 1.
        layer("Core"),
        layer("Threads", ["Core", "CMachine"]),
        // Layer 2.
        layer("Columnar", ["Core"]),
        layer("ObjectStore", ["Core"]),
        // Layer 3.
        layer("SQLSyntax", ["Core"]),
        layer("Expressions", ["CPCRE2", "Columnar", "Core"]),
        layer("Formats", ["CTextScan", "Columnar", "Core"]),
        layer(
            "KeyedState",
            ["CRocksDB", "CRocksDBSupport", "CMachine", "Columnar", "Core", "ObjectStore"]
        ),
        // Layer 4.
        layer("Checkpoints", ["Columnar", "Core", "KeyedState", "ObjectStore"]),
        layer(
            "Connectors",
            ["Columnar", "Core", "Expressions", "Formats", "ObjectStore", "Threads"]
        ),
        layer("JobGraph", ["Columnar", "Core", "Expressions"]),
        // Layer 5.
        layer(
            "Operators",
            ["Columnar", "Core", "Expressions", "JobGraph", "KeyedState"]
        ),
        layer(
            "Planner",
            ["Columnar", "Connectors", "Core", "Expressions", "JobGraph", "SQLSyntax"]
        ),
        layer("PostgresConnector", ["CPQ", "Columnar", "Connectors", "Core", "Threads"]),
        layer(
            "S3Store",
            [
                "Core", "ObjectStore", "Threads", logging,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        // Layer 6.
        layer("Generators", ["Columnar", "Core", "ObjectStore", "PostgresConnector", "Threads"]),
        layer(
            "Dataflow",
            [
                "Checkpoints", "Columnar", "Connectors", "Core", "Expressions", "JobGraph",
                "KeyedState", "ObjectStore", "Operators", "Threads", collections,
            ]
        ),
        layer("ClusterProtocol", ["CLZ4", "Columnar", "Core"]),
        layer(
            "Transport",
            ["ClusterProtocol", "Columnar", "Core", "Threads", nioCore, nioPosix, nioSSL]
        ),
        layer(
            "ClusterMessages",
            ["Checkpoints", "Columnar", "Connectors", "Core", "Dataflow", "JobGraph", "Operators"]
        ),
        // The management interface: engine tests never build its HTTP packages.
        layer("ManagementAPI", ["Core"]),
        layer(
            "RESTServer",
            httpServer + [
                "Core", "ManagementAPI", "Threads", logging, nioCore, nioPosix, nioSSL,
            ]
        ),
        layer(
            "RESTClient",
            ["Core", "ManagementAPI", "Threads", httpClient, nioCore, nioHTTP1, nioPosix, nioSSL]
        ),
        // What the programs tell Prometheus of themselves.
        layer(
            "Telemetry",
            [
                "ClusterMessages", "Core", "Dataflow", "JobGraph", "ManagementAPI", "Operators",
                "Threads",
            ]
        ),
        // Layer 7.
        layer(
            "TaskManager",
            [
                "Checkpoints", "ClusterMessages", "ClusterProtocol", "Columnar", "Connectors",
                "Core", "Dataflow", "JobGraph", "KeyedState", "ManagementAPI", "ObjectStore",
                "Operators", "Telemetry", "Threads", "Transport",
            ]
        ),
        layer(
            "JobManager",
            [
                "Checkpoints", "ClusterMessages", "ClusterProtocol", "Columnar", "Connectors",
                "Core", "Dataflow", "JobGraph", "KeyedState", "ManagementAPI", "ObjectStore",
                "Operators", "Planner", "SQLSyntax", "Telemetry", "Threads", "Transport",
            ]
        ),
        layer("ConnectorCatalogue", ["Connectors", "PostgresConnector"]),
        layer(
            "JobControl",
            [
                "CMachine", "Checkpoints", "Columnar", "ConnectorCatalogue", "Connectors", "Core",
                "Dataflow", "Generators", "JobGraph", "JobManager", "KeyedState",
                "ManagementAPI", "ObjectStore", "Planner", "PostgresConnector", "RESTClient",
                "RESTServer", "S3Store", "SQLSyntax", "Telemetry", "Threads", argumentParser,
            ]
        ),
        // What the two long-running programs are made of.
        layer(
            "Daemons",
            [
                "ClusterMessages", "ClusterProtocol", "ConnectorCatalogue", "Connectors", "Core",
                "JobManager", "ManagementAPI", "ObjectStore", "RESTServer", "S3Store",
                "TaskManager", "Telemetry", "Threads", "Transport", argumentParser, logging, yams,
            ]
        ),
        // Layer 8.
        .executableTarget(
            name: "JobctlProgram",
            dependencies: ["Core", "JobControl"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "JobManagerProgram",
            dependencies: ["Daemons"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "TaskManagerProgram",
            dependencies: ["Daemons"],
            swiftSettings: settings
        ),
        // Test equipment.
        .target(name: "ServerKit", path: "Tests/ServerKit", swiftSettings: settings),
        .target(
            name: "ClusterKit",
            dependencies: ["ObjectStore", "TestKit"],
            path: "Tests/ClusterKit",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "StreamClusterProgram",
            dependencies: ["ConnectorCatalogue", "Connectors", "Core", "Daemons", "TestKit"],
            path: "Tests/StreamClusterProgram",
            swiftSettings: settings
        ),
        .target(
            name: "TestKit",
            dependencies: [
                "Checkpoints", "Columnar", "Connectors", "Core", "JobManager", "KeyedState",
                "ObjectStore", "Planner", "PostgresConnector", "SQLSyntax", "ServerKit", "Threads",
            ],
            path: "Tests/TestKit",
            swiftSettings: settings
        ),
        .target(
            name: "ManagementKit",
            dependencies: ["Core", "ManagementAPI", "RESTServer", "Threads"],
            path: "Tests/ManagementKit",
            swiftSettings: settings
        ),
        // Tests.
        tests("Core", ["Core"]),
        tests("Threads", ["Threads"]),
        tests("Columnar", ["Columnar", "Core"]),
        tests("ObjectStore", ["Core", "ObjectStore", "Threads"]),
        tests("SQLSyntax", ["Core", "SQLSyntax"]),
        tests("Formats", ["Columnar", "Core", "Formats"]),
        tests("KeyedState", ["Columnar", "Core", "KeyedState", "ObjectStore", "Threads"]),
        tests("Checkpoints", ["Checkpoints", "Columnar", "Core", "KeyedState", "ObjectStore"]),
        tests("Dataflow", ["Core", "Dataflow"]),
        tests("ClusterProtocol", ["ClusterProtocol", "Columnar", "Core"]),
        tests(
            "Transport",
            ["ClusterProtocol", "Columnar", "Core", "Threads", "Transport"]
        ),
        tests(
            "JobManager",
            [
                "Checkpoints", "Connectors", "Core", "Dataflow", "JobGraph", "JobManager",
                "ManagementAPI", "ObjectStore", "Operators", "Threads",
            ]
        ),
        tests(
            "Simulation",
            [
                "Checkpoints", "Core", "JobGraph", "JobManager", "KeyedState", "ObjectStore",
                "Threads",
            ]
        ),
        tests("Planner", ["JobGraph", "Planner"]),
        tests(
            "Jobctl",
            ["Core", "ObjectStore", "PostgresConnector", "TestKit", "Threads"],
            data: ["Cases"]
        ),
        tests(
            "PostgresConnector",
            ["Columnar", "Connectors", "Core", "PostgresConnector", "TestKit"]
        ),
        tests(
            "Connectors",
            ["Columnar", "Connectors", "Core", "Formats", "ObjectStore", "TestKit"]
        ),
        tests(
            "Oracle",
            ["Connectors", "Core", "JobManager", "Planner", "SQLSyntax", "TestKit"],
            data: ["covered.txt"]
        ),
        tests("Generators", ["Core", "Generators", "PostgresConnector", "TestKit"]),
        tests(
            "Stream",
            [
                "Checkpoints", "ClusterKit", "Columnar", "Connectors", "Core", "JobGraph",
                "JobManager", "KeyedState", "ObjectStore", "Planner", "PostgresConnector",
                "TestKit", "Threads",
            ],
            data: ["Cases"]
        ),
        tests("ManagementAPI", ["Core", "ManagementAPI"]),
        tests(
            "RESTServer",
            [
                "Core", "ManagementAPI", "ManagementKit", "RESTClient", "RESTServer", "ServerKit",
                httpClient, nioCore, nioHTTP1,
            ]
        ),
        tests(
            "ClusterCommand",
            [
                "Checkpoints", "Columnar", "Core", "JobControl", "KeyedState", "ManagementAPI",
                "ManagementKit", "ObjectStore", "RESTClient", "RESTServer", argumentParser,
            ],
            data: ["Golden"]
        ),
        tests(
            "ControlPlane",
            [
                "Checkpoints", "ClusterMessages", "ClusterProtocol", "Columnar", "Connectors",
                "Core", "Daemons", "Dataflow", "JobGraph", "JobManager", "KeyedState",
                "ManagementAPI", "ObjectStore", "Operators", "TaskManager", "Threads",
                "Transport",
            ]
        ),
        tests("Chaos", ["ServerKit"]),
        tests(
            "Cluster",
            [
                "ClusterKit", "ClusterProtocol", "ManagementAPI", "ManagementKit", "ObjectStore",
                "PostgresConnector", "S3Store", "TestKit", "Transport",
            ]
        ),
        tests(
            "TaskManager",
            [
                "Checkpoints", "ClusterProtocol", "Columnar", "Connectors", "Core", "Dataflow",
                "JobGraph", "KeyedState", "ManagementAPI", "ObjectStore", "Operators",
                "TaskManager", "Telemetry", "Threads", "Transport",
            ]
        ),
        tests(
            "S3Store",
            [
                "Core", "JobControl", "JobManager", "ObjectStore", "S3Store", "ServerKit",
                "Threads", logging,
            ]
        ),
        tests("Daemons", ["ClusterKit", "TestKit"]),
        tests("Tidy", []),
        tests(
            "Docs",
            [
                "ConnectorCatalogue", "Connectors", "Daemons", "Expressions", "Formats",
                "JobControl", "Planner", "ServerKit", argumentParser,
            ]
        ),
        // Benchmarks.
        .target(
            name: "BenchmarkKit",
            dependencies: ["Core", "ObjectStore"],
            path: "Benchmarks/BenchmarkKit",
            swiftSettings: settings
        ),
        benchmark(
            "AggregationBenchmark",
            [
                "BenchmarkKit", "Columnar", "Core", "Expressions", "JobGraph", "KeyedState",
                "ObjectStore", "Operators",
            ]
        ),
        benchmark(
            "CaptureBenchmark",
            ["BenchmarkKit", "Columnar", "Connectors", "Core", "PostgresConnector", "TestKit"]
        ),
        benchmark(
            "CoordinatorBenchmark",
            [
                "BenchmarkKit", "Checkpoints", "Core", "JobGraph", "JobManager", "KeyedState",
                "ObjectStore",
            ]
        ),
        benchmark(
            "ExchangeBenchmark",
            ["BenchmarkKit", "ClusterProtocol", "Columnar", "Core", "Threads", "Transport"]
        ),
        benchmark("ExpressionBenchmark", ["BenchmarkKit", "Columnar", "Core", "Expressions"]),
        benchmark("JSONBenchmark", ["BenchmarkKit", "Columnar", "Core", "Formats"]),
        benchmark(
            "LatencyBenchmark",
            ["BenchmarkKit", "Core", "ObjectStore", "PostgresConnector", "TestKit", "Threads"]
        ),
        benchmark(
            "StateBenchmark",
            [
                "BenchmarkKit", "Checkpoints", "Columnar", "Core", "KeyedState", "ObjectStore",
                "Threads",
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
