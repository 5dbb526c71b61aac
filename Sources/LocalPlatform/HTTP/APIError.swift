import Hummingbird

/// A refusal in the shape FastAPI gives it: `{"detail": "text"}`, or a list of problems for a body that does not fit.
struct APIError: Error, HTTPResponseError, Equatable {
    var status: HTTPResponse.Status
    var detail: JSONValue

    static func problem(_ status: HTTPResponse.Status, _ detail: String) -> APIError {
        APIError(status: status, detail: .string(detail))
    }

    static let notAuthenticated = problem(.unauthorized, "Could not validate credentials")
    static let entryNotFound = problem(.notFound, "Data storage entry not found")
    static let revisionNotFound = problem(.notFound, "Data storage entry revision not found")
    static let datasetNotFound = problem(.notFound, "Dataset not found")
    static let projectNotFound = problem(.notFound, "Project not found")
    static let notPermitted = problem(.forbidden, "You do not have permission to modify this data storage entry")

    /// One part of a request that does not fit, told where it stands and why.
    struct Problem: Equatable {
        var location: [String]
        var message: String
        var type = "value_error"

        var json: JSONValue {
            [
                "type": .string(type), "loc": .array(location.map { .string($0) }), "msg": .string(message),
                "input": nil,
            ]
        }
    }

    static func validation(_ problems: [Problem]) -> APIError {
        APIError(status: .unprocessableContent, detail: .array(problems.map(\.json)))
    }

    static func validation(_ location: String..., message: String, type: String = "value_error") -> APIError {
        validation([Problem(location: location, message: message, type: type)])
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        .json(["detail": detail], status: status)
    }
}

extension Response {
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        json(bytes: value.serialized, status: status)
    }

    static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
