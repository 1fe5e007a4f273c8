import FoundationEssentials
import ManagementAPI

/// What a route answers.
struct RESTResponse: Sendable {
    var status: Int
    var contentType: String
    var body: [UInt8]
    var fields: [(name: String, value: String)] = []

    /// An answer in JSON.
    static func json(
        _ value: some Encodable & Sendable,
        status: Int = 200
    ) throws(ServiceError) -> RESTResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity",
            negativeInfinity: "-Infinity",
            nan: "NaN"
        )
        do {
            let data = try encoder.encode(value)
            return RESTResponse(
                status: status,
                contentType: "application/json; charset=UTF-8",
                body: Array(data)
            )
        } catch {
            throw .broken("The answer cannot be written as JSON: \(error)")
        }
    }

    /// An answer in plain text.
    static func text(
        _ text: String,
        contentType: String = "text/plain; charset=utf-8",
        status: Int = 200
    ) -> RESTResponse {
        RESTResponse(status: status, contentType: contentType, body: Array(text.utf8))
    }

    /// An error in Flink's form.
    static func error(_ error: ServiceError) -> RESTResponse {
        var response: RESTResponse
        do throws(ServiceError) {
            response = try json(ErrorResponse(errors: [error.message]), status: error.status)
        } catch {
            response = text(error.message, status: error.status)
        }
        if error.status == 401 { response.fields.append(("www-authenticate", "Bearer")) }
        if error.status == 503 { response.fields.append(("retry-after", "1")) }
        return response
    }
}
