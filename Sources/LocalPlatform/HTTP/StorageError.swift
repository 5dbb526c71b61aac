import Hummingbird

/// A refusal by the object store, in the XML that S3 and GCS send.
struct StorageError: Error, HTTPResponseError, Equatable {
    var status: HTTPResponse.Status
    var code: String
    var message: String

    static let noSuchKey = StorageError(
        status: .notFound,
        code: "NoSuchKey",
        message: "The specified key does not exist."
    )
    static let noSuchUpload = StorageError(
        status: .notFound,
        code: "NoSuchUpload",
        message: "The specified upload does not exist. It may have been completed or never begun."
    )
    static let expired = StorageError(status: .forbidden, code: "AccessDenied", message: "Request has expired")
    static let badSignature = StorageError(
        status: .forbidden,
        code: "SignatureDoesNotMatch",
        message: "The request signature we calculated does not match the signature you provided."
    )
    static let twoAuthentications = StorageError(
        status: .badRequest,
        code: "InvalidArgument",
        message: "Only one auth mechanism allowed; only the signature query parameters, or the Authorization header "
            + "should be specified"
    )
    static let badDigest = StorageError(
        status: .badRequest,
        code: "BadDigest",
        message: "The Content-MD5 you specified did not match what we received."
    )
    static let invalidDigest = StorageError(
        status: .badRequest,
        code: "InvalidDigest",
        message: "The Content-MD5 you specified is not valid."
    )
    static let incompleteBody = StorageError(
        status: .badRequest,
        code: "IncompleteBody",
        message: "You did not provide the number of bytes specified by the Content-Length HTTP header."
    )

    static func invalid(_ message: String) -> StorageError {
        StorageError(status: .badRequest, code: "InvalidArgument", message: message)
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        response(to: request.method)
    }

    /// The answer; without a body when only the head was asked for.
    func response(to method: HTTPRequest.Method) -> Response {
        let xml =
            "<?xml version='1.0' encoding='UTF-8'?><Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return Response(
            status: status,
            headers: [.contentType: "application/xml; charset=UTF-8"],
            body: method == .head ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(string: xml))
        )
    }
}
