import Foundation

/// The document that describes the interface.
package struct OpenAPIDocument: Sendable {
    /// What may be asked.
    package struct Operation: Sendable {
        package let method: String
        package let path: String
        package let content: JSONValue

        /// The media types of an answer with their schemas.
        package func response(_ status: Int) -> JSONValue? {
            let responses = content["responses"]
            return (responses?[String(status)] ?? responses?["default"])?["content"]
        }

        /// The names of parameters that stand in a place.
        package func parameters(in place: String) -> Set<String> {
            let all = content["parameters"]?.elements ?? []
            return Set(all.filter { $0["in"]?.text == place }.compactMap { $0["name"]?.text })
        }
    }

    package let operations: [Operation]
    package let validator: SchemaValidator

    /// Reads docs/openapi.json.
    package static func load() throws -> OpenAPIDocument {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/openapi.json")
        let document = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: url))
        return OpenAPIDocument(
            operations: (document["paths"]?.members ?? [:]).flatMap { path, methods in
                methods.members.map { method, content in
                    Operation(method: method.uppercased(), path: path, content: content)
                }
            },
            validator: SchemaValidator(schemas: document["components"]?["schemas"]?.members ?? [:])
        )
    }
}
