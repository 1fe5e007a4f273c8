package import Columnar
package import Formats

/// The format that an option of a table names, with its own options.
package struct TableFormat: Sendable {
    package let factory: any FormatFactory
    /// The format's options under the names that they have in the table.
    package let descriptions: [OptionDescription]
    private let options: FormatOptions

    /// Reads the format and its options, so that `TableOptions.finish` knows them.
    ///
    /// - Parameters:
    ///   - table: the table, for messages.
    ///   - options: its options.
    ///   - key: the option that names the format, such as `format` or `value.format`.
    ///   - registry: all formats.
    /// - Throws: when the option is missing or names no format.
    package init(
        _ table: TableDefinition,
        _ options: inout TableOptions,
        key: String = "format",
        registry: FormatRegistry = FormatRegistry()
    ) throws(ConnectorError) {
        let factory = try registry.factory(named: try options.required(key))
        let prefix = "\(key.dropLast("format".count))\(factory.identifier)."
        var values: [String: String] = [:]
        for option in factory.options {
            values[option.key] = options.text(prefix + option.key)
        }
        self.factory = factory
        self.options = FormatOptions(prefix: prefix, table: table.path, values)
        descriptions = factory.options.map {
            OptionDescription(prefix + $0.key, default: $0.defaultValue, $0.summary)
        }
    }

    package func decoding(_ table: TableDefinition) throws(ConnectorError) -> any DecodingFormat {
        do throws(FormatError) {
            return try factory.decodingFormat(table, options)
        } catch {
            throw ConnectorError(error)
        }
    }

    package func encoding(_ table: TableDefinition) throws(ConnectorError) -> any EncodingFormat {
        do throws(FormatError) {
            return try factory.encodingFormat(table, options)
        } catch {
            throw ConnectorError(error)
        }
    }
}

extension ConnectorError {
    package init(_ error: FormatError) {
        self.init(blame: error.blame, error.message, cause: error.cause)
    }
}
