import Checkpoints
import Columnar
import Connectors
import Core
import Foundation
import JobGraph
import JobManager
import KeyedState
import Planner
import PostgresConnector
import TestKit
import Testing

/// Which state of a checkpoint a changed script takes.
@Suite struct RestoreMappingTests {
    private static func table(_ name: String, _ password: String = "secret") -> String {
        """
        CREATE TABLE \(name) (id INT, n BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (
            'connector' = 'postgres-cdc', 'hostname' = 'h', 'username' = 'u',
            'password' = '\(password)', 'database-name' = 'd', 'schema-name' = 'public',
            'table-name' = 'the_\(name)', 'slot.name' = 'shared'
        );

        """
    }

    private static func copy(_ name: String) -> String {
        """
        CREATE TABLE to_\(name) (id INT, n BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (
            'connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 'to_\(name)'
        );
        INSERT INTO to_\(name) SELECT id, n FROM \(name);

        """
    }

    private static func graph(_ script: String) throws -> JobGraph {
        let registry = ConnectorRegistry([PostgresCDCFactory(), JdbcFactory()])
        return try #require(try EmbeddedJob(registry).plan(script).graph)
    }

    /// A checkpoint of a job whose sinks have rows to commit, or not.
    private static func manifest(
        _ graph: JobGraph,
        commits: Bool = false,
        states: [StateDeclaration] = [],
        keyGroups: Int = 128
    ) throws -> CheckpointManifest {
        var sources: [SourceSnapshot] = []
        var sinks: [SinkSnapshot] = []
        var operators: [OperatorSnapshot] = []
        let file = FileReference(name: "epoch-7", key: "chk-7/1-0", bytes: 1, checksum: 0)
        for node in graph.nodes {
            switch node.spec {
            case .source:
                sources.append(
                    SourceSnapshot(uid: node.uid, enumeratorState: "", held: [], finished: [])
                )
            case .sink:
                let committable = SinkSnapshot.Committable(subtask: 0, file: file)
                sinks.append(
                    SinkSnapshot(uid: node.uid, committables: commits ? [committable] : [])
                )
            case .changelogNormalize, .join, .groupAggregate:
                operators.append(OperatorSnapshot(uid: node.uid, declarations: states, parts: []))
            default: break
            }
        }
        return CheckpointManifest(
            kind: .checkpoint,
            jobID: JobID(text: "job"),
            checkpointID: 7,
            leaderEpoch: 1,
            createdMicroseconds: 0,
            sqlHash: "",
            jobGraph: String(decoding: try JSONEncoder().encode(graph), as: UTF8.self),
            parallelism: 1,
            maxParallelism: keyGroups,
            sources: sources,
            sinks: sinks,
            operators: operators
        )
    }

    private static func message(_ mapping: RestoreMapping) -> String {
        do {
            try mapping.requireAllTaken()
            return ""
        } catch {
            return error.message
        }
    }

    private static let both = table("a") + table("b")

    @Test func `the same script takes everything`() throws {
        let graph = try Self.graph(Self.both + Self.copy("a") + Self.copy("b"))
        let mapping = RestoreMapping(try Self.manifest(graph, commits: true), graph)
        #expect(mapping.untaken.isEmpty && mapping.empty.isEmpty && mapping.warnings.isEmpty)
        try mapping.requireAllTaken()
    }

    @Test func `a table removed from a shared source is state that nobody takes`() throws {
        let old = try Self.graph(Self.both + Self.copy("a") + Self.copy("b"))
        let new = try Self.graph(Self.both + Self.copy("a"))
        let text = Self.message(RestoreMapping(try Self.manifest(old), new))
        #expect(text.contains("table b of the source with uid source-"))
        #expect(!text.contains("table a of"))
    }

    @Test func `rows that a removed sink had prepared are not dropped silently`() throws {
        let old = try Self.graph(
            Self.both + Self.copy("a") + Self.copy("b")
                + """
                CREATE TABLE more (id INT, n BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (
                    'connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 'more'
                );
                INSERT INTO more SELECT id, n FROM b;
                """
        )
        let new = try Self.graph(Self.both + Self.copy("a") + Self.copy("b"))
        let mapping = RestoreMapping(try Self.manifest(old, commits: true), new)
        #expect(mapping.untaken.count == 1)
        #expect(Self.message(mapping).contains("sink more (uid sink-"))
        #expect(mapping.warnings.first?.contains("sink more (uid sink-") == true)
        // A sink that has nothing to commit has no state.
        #expect(RestoreMapping(try Self.manifest(old), new).untaken.isEmpty)
    }

    /// Counts the rows of table `a` by a column.
    private static func counts(by column: String) throws -> JobGraph {
        try graph(
            table("a")
                + """
                CREATE TABLE counts (v BIGINT, c BIGINT, PRIMARY KEY (v) NOT ENFORCED) WITH (
                    'connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 'counts'
                );
                INSERT INTO counts SELECT \(column), COUNT(*) FROM a GROUP BY \(column);
                """
        )
    }

    private static func groups(_ key: DataType) -> StateDeclaration {
        StateDeclaration(
            id: 0,
            name: "groups",
            shape: .value,
            keyTypes: [key],
            rowTypes: [.bigint.notNull]
        )
    }

    @Test func `a refusal shows the uids and the schemas of the state on both sides`() throws {
        let old = try Self.manifest(try Self.counts(by: "n"), states: [Self.groups(.bigint)])
        let mapping = RestoreMapping(old, try Self.counts(by: "id"))
        #expect(mapping.untaken.map(\.states) == [[Self.groups(.bigint)]])
        let parts = Self.message(mapping).split(separator: "Operators of the new program")
        try #require(parts.count == 2)
        let (former, successors) = (parts[0], parts[1])
        #expect(former.contains("GroupAggregate(groupBy=[n]"))
        #expect(former.contains("(uid aggregate-"))
        #expect(former.contains("\n    groups: value [BIGINT] -> [BIGINT NOT NULL]\n"))
        #expect(successors.contains("GroupAggregate(groupBy=[id]"))
        #expect(successors.contains("(uid aggregate-"))
        #expect(successors.contains("\n    groups: value [INT] -> ["))
        // For `jobctl submit` and for `jobctl run`.
        #expect(successors.contains("--allow-non-restored-state"))
        #expect(successors.contains("without --from-savepoint, or run it with --restore none"))
    }

    @Test func `state under the same uid has to have a schema that its operator reads`() throws {
        let graph = try Self.counts(by: "n")
        let other = RestoreMapping(try Self.manifest(graph, states: [Self.groups(.integer)]), graph)
        try other.requireAllTaken()
        let error = #expect(throws: CheckpointError.self) { try other.requireReadable() }
        let former = "in the checkpoint:\n    groups: value [INT] -> [BIGINT NOT NULL]\n"
        #expect(error?.message.contains(former) == true)
        #expect(error?.message.contains("wanted by the job:\n    ") == true)
        let groups = RestoreMapping(try Self.manifest(graph, keyGroups: 64), graph)
        #expect(throws: CheckpointError.self) { try groups.requireReadable() }
    }

    @Test func `another password changes nothing`() throws {
        let old = try Self.graph(Self.table("a") + Self.copy("a"))
        let new = try Self.graph(Self.table("a", "other") + Self.copy("a"))
        #expect(RestoreMapping(try Self.manifest(old), new).untaken.isEmpty)
    }

    @Test func `a checkpoint whose graph cannot be read is mapped by uid`() throws {
        let old = try Self.graph(Self.both + Self.copy("a") + Self.copy("b"))
        let manifest = try Self.manifest(old)
        let foreign = CheckpointManifest(
            kind: .checkpoint,
            jobID: manifest.jobID,
            checkpointID: 7,
            leaderEpoch: 1,
            createdMicroseconds: 0,
            sqlHash: "",
            jobGraph: "{\"nodes\":[{\"of\":\"another version\"}]}",
            parallelism: 1,
            maxParallelism: 128,
            sources: [
                SourceSnapshot(
                    uid: OperatorUID("source-gone"),
                    enumeratorState: "",
                    held: [],
                    finished: []
                )
            ],
            sinks: [],
            operators: manifest.operators
        )
        let text = Self.message(RestoreMapping(foreign, old))
        #expect(text.contains("  uid source-gone\n"))
    }
}
