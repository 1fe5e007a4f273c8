/// Writes samples in Prometheus' text format, version 0.0.4.
package enum MetricsText {
    /// What `Content-Type` says of the text.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The samples as families, in the order of their names; within one, in the order given.
    package static func write(_ samples: some Sequence<MetricSample>) -> String {
        var families: [String: [MetricSample]] = [:]
        for sample in samples { families[sample.metric.name, default: []].append(sample) }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            guard let metric = family.first?.metric else { continue }
            let safeName = Self.name(name)
            text += "# HELP \(safeName) \(escaped(metric.help, quotes: false))\n"
            text += "# TYPE \(safeName) \(metric.kind.rawValue)\n"
            for sample in family {
                text += "\(safeName)\(labels(sample.labels)) \(number(sample.value))\n"
            }
        }
        return text
    }

    /// Labels in braces; nothing where there are none.
    private static func labels(_ labels: [MetricSample.Label]) -> String {
        if labels.isEmpty { return "" }
        let texts = labels.map { "\(name($0.name))=\"\(escaped($0.value, quotes: true))\"" }
        return "{\(texts.joined(separator: ","))}"
    }

    /// A name of letters, digits and underscores: others become underscores, as in Flink.
    private static func name(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || scalar == ":")
            return isPlain || ("0"..."9").contains(scalar) ? Character(scalar) : "_"
        }
        return (scalars.first?.isNumber == true ? "_" : "") + String(scalars)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A value; whole numbers without a fraction.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}
