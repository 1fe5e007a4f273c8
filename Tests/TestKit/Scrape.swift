/// What `/metrics` said, as Prometheus would read it.
package struct Scrape {
    /// One line of it.
    package struct Sample {
        package let name: String
        /// As they stand in the braces.
        package let labels: String
        package let value: Double
    }

    package private(set) var samples: [Sample] = []
    /// The kind of each family that is declared with a help text.
    package private(set) var families: [String: String] = [:]
    /// What Prometheus would not take.
    package private(set) var defects: [String] = []

    package init(_ text: String) {
        var helped: Set<String> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP "), words.count == 4 {
                helped.insert(String(words[2]))
            } else if line.hasPrefix("# TYPE "), words.count == 4 {
                let name = String(words[2])
                if families[name] != nil { defects.append("declared twice: \(name)") }
                families[name] = String(words[3])
                if !helped.contains(name) { defects.append("no help: \(name)") }
            } else {
                take(line)
            }
        }
    }

    private mutating func take(_ line: Substring) {
        guard let space = line.lastIndex(of: " "),
            let value = Double(line[line.index(after: space)...])
        else {
            defects.append("no sample: \(line)")
            return
        }
        let head = line[..<space]
        let name = String(head.prefix { $0 != "{" })
        if families[name] == nil { defects.append("not declared: \(name)") }
        samples.append(
            Sample(name: name, labels: String(head.dropFirst(name.count)), value: value)
        )
    }

    /// The values of a family, of all samples or of those with the label.
    package func values(_ name: String, _ label: String = "") -> [Double] {
        samples.filter { $0.name == name && (label.isEmpty || $0.labels.contains(label)) }
            .map(\.value)
    }

    /// The sum of these; 0 when there are none.
    package func sum(_ name: String, _ label: String = "") -> Double {
        values(name, label).reduce(0, +)
    }

    /// Reads an address; what is not there has no samples.
    package static func get(_ address: String) throws -> Scrape {
        let process = try ChildProcess.start(["curl", "-s", address], capturing: true)
        let text = process.readAll()
        process.wait()
        return Scrape(text)
    }
}
