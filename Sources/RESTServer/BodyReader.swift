import Core
import FoundationEssentials
import ManagementAPI

/// Reads JSON bodies; what is wrong with one is told as a sentence with the place.
enum BodyReader {
    /// Reads the body as a type; an empty one counts as `{}`, as in Flink.
    ///
    /// Fields that the type does not have are refused: a misspelt one must not be passed over.
    static func decode<Body: Decodable & KnownFields>(
        _ type: Body.Type,
        _ request: RESTRequest
    ) throws(ServiceError) -> Body {
        let body = try json(type, request)
        let names = try json(FieldNames.self, request).names
        for name in names where !Body.fieldNames.contains(name) {
            throw .badRequest(
                """
                The body of \(request.name) has a field '\(name)', which is not known.\
                \(NearestName.hint(name, in: Body.fieldNames)) Known are \
                \(Body.fieldNames.joined(separator: ", ")).
                """
            )
        }
        return body
    }

    /// Reads the body as a type without a look at the names of its fields.
    static func json<Body: Decodable>(
        _ type: Body.Type,
        _ request: RESTRequest
    ) throws(ServiceError) -> Body {
        let bytes = request.body.isEmpty ? Array("{}".utf8) : request.body
        if let defect = JSONSyntax.defect(bytes) {
            throw .badRequest("The body of \(request.name) is not JSON: \(defect).")
        }
        do {
            return try JSONDecoder().decode(Body.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw .badRequest("The body of \(request.name) cannot be used: \(sentence(error))")
        } catch {
            throw .badRequest("The body of \(request.name) cannot be used: \(error)")
        }
    }

    /// What is wrong, and where.
    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            return "the field '\(place(context, key))' is missing."
        case .typeMismatch(let type, let context):
            return "the field '\(place(context))' must be \(kind(type))."
        case .valueNotFound(let type, let context):
            return "the field '\(place(context))' is null and must be \(kind(type))."
        case .dataCorrupted(let context):
            let place = context.codingPath.isEmpty ? "a field" : "the field '\(place(context))'"
            return "\(place) has a value that does not fit; numbers are whole and of 64 bits."
        @unknown default: return "\(error)"
        }
    }

    private static func place(
        _ context: DecodingError.Context,
        _ key: (any CodingKey)? = nil
    ) -> String {
        let names = (context.codingPath + [key].compactMap(\.self)).map { key in
            key.intValue.map { "[\($0)]" } ?? key.stringValue
        }
        return names.isEmpty ? "(all of it)" : names.joined(separator: ".")
    }

    private static func kind(_ type: any Any.Type) -> String {
        switch type {
        case is Int.Type, is Int64.Type, is UInt64.Type: "a whole number"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "a text"
        case is [String: Any].Type: "an object"
        default: "an object of another form (\(type))"
        }
    }
}

/// The names of an object's fields.
private struct FieldNames: Decodable {
    let names: [String]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue).sorted()
    }
}

/// A body with a closed list of fields.
protocol KnownFields {
    static var fieldNames: [String] { get }
}

extension JobSubmission: KnownFields {
    static let fieldNames = [
        "sql", "name", "parallelism", "settings", "savepointPath", "allowNonRestoredState",
    ]
}

extension SavepointTrigger: KnownFields {
    static let fieldNames = ["target-directory", "cancel-job", "formatType", "triggerId"]
}

extension StopTrigger: KnownFields {
    static let fieldNames = ["targetDirectory", "drain", "formatType", "triggerId"]
}
