import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

extension HTTPFields {
    /// The headers of every answer.
    static var cscart: HTTPFields {
        [.contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"]
    }
}

/// An error as CS-Cart words it: the status, its phrase, and behind a colon what is wrong.
struct ErrorBody {
    private let status: HTTPResponse.Status
    private let details: String?
    private let retryAfter: Int?
    private let methods: String?

    static let notAcceptable = ErrorBody(status: .notAcceptable, details: "application/json is all there is")

    private init(status: HTTPResponse.Status, details: String?) {
        self.status = status
        self.details = details
        retryAfter = nil
        methods = nil
    }

    /// - Parameter methods: those of the path, if it was found with another one.
    init(_ error: CartError, methods: String?) {
        switch error.code {
        // Whatever the reason: a caller must not learn whether a key exists.
        case .unauthenticated: (status, details) = (.unauthorized, nil)
        case .permissionDenied: (status, details) = (.forbidden, nil)
        case .cartNotFound, .keyNotFound: (status, details) = (.notFound, nil)
        case .routeNotFound: (status, details) = (methods == nil ? .notFound : .methodNotAllowed, nil)
        case .malformedJSON, .invalid, .conflict, .unconfirmed: (status, details) = (.badRequest, error.reason)
        case .tooLarge: (status, details) = (.contentTooLarge, error.reason)
        case .tooManyRequests: (status, details) = (.tooManyRequests, error.reason)
        case .unavailable: (status, details) = (.serviceUnavailable, "The carts cannot be reached at the moment.")
        }
        retryAfter = error.retryAfter
        self.methods = methods
    }

    func response() -> Response {
        var headers = HTTPFields.cscart
        if status == .unauthorized { headers[.wwwAuthenticate] = #"Basic realm="User email/API key""# }
        headers[.allow] = methods
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        var json = JSONWriter()
        json.beginObject()
        json.name("message")
        json.string(details.map { "\(status.reasonPhrase): \($0)" } ?? status.reasonPhrase)
        json.name("status")
        json.integer(Int64(status.code))
        json.endObject()
        return Response(status: status, headers: headers, json: json)
    }
}
