import Foundation

/// The document that describes the interface.
struct OpenAPIDocument {
    struct Operation {
        let method: String
        let path: String
        let content: JSONValue

        /// The media types of an answer with their schemas.
        func response(_ status: Int) -> JSONValue? {
            let responses = content["responses"]
            return (responses?[String(status)] ?? responses?["default"])?["content"]
        }

        /// The names of parameters that stand in a place.
        func parameters(in place: String) -> Set<String> {
            let all = content["parameters"]?.elements ?? []
            return Set(all.filter { $0["in"]?.text == place }.compactMap { $0["name"]?.text })
        }
    }

    let operations: [Operation]
    let validator: SchemaValidator

    static func load() throws -> OpenAPIDocument {
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
