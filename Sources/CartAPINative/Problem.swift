import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

extension HTTPFields {
    /// The headers of every answer.
    static var native: HTTPFields {
        [.contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"]
    }
}

/// An error as problem details (RFC 9457).
struct Problem {
    private let error: CartError
    private let status: HTTPResponse.Status
    private let code: String

    init(_ error: CartError) {
        self.error = error
        switch error.code {
        case .malformedJSON: (status, code) = (.badRequest, "malformed_json")
        case .invalid: (status, code) = (.unprocessableContent, "invalid")
        case .cartNotFound: (status, code) = (.notFound, "cart_not_found")
        case .keyNotFound: (status, code) = (.notFound, "key_not_found")
        case .conflict: (status, code) = (.preconditionFailed, "revision_mismatch")
        case .unconfirmed: (status, code) = (.conflict, "more_than_confirmed")
        case .unauthenticated: (status, code) = (.unauthorized, "unauthenticated")
        case .permissionDenied: (status, code) = (.forbidden, "permission_denied")
        case .routeNotFound: (status, code) = (.notFound, "route_not_found")
        case .tooLarge: (status, code) = (.contentTooLarge, "too_large")
        case .tooManyRequests: (status, code) = (.tooManyRequests, "too_many_requests")
        case .unavailable: (status, code) = (.serviceUnavailable, "unavailable")
        }
    }

    func response(requestID: String) -> Response {
        var headers = HTTPFields.native
        headers[.contentType] = "application/problem+json"
        if error.code == .unauthenticated { headers[.wwwAuthenticate] = #"Basic realm="Corral""# }
        if let retryAfter = error.retryAfter { headers[.retryAfter] = String(retryAfter) }
        var json = JSONWriter()
        json.beginObject()
        json.name("type")
        json.string("about:blank")
        json.name("title")
        json.string(status.reasonPhrase)
        json.name("status")
        json.integer(Int64(status.code))
        json.name("code")
        json.string(code)
        json.name("detail")
        json.string(detail)
        json.name("request_id")
        json.string(requestID)
        if !error.fields.isEmpty {
            json.name("errors")
            json.beginArray()
            for field in error.fields {
                json.beginObject()
                json.name("field")
                json.string(field.name)
                json.name("reason")
                json.string(field.reason)
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
        return Response(status: status, headers: headers, json: json)
    }

    /// Why a caller was refused, and what is wrong with the store, is for the log.
    private var detail: String {
        switch error.code {
        case .unauthenticated: "The credentials are missing or not accepted."
        case .unavailable: "The carts cannot be reached at the moment."
        case .malformedJSON, .invalid, .cartNotFound, .keyNotFound, .conflict, .unconfirmed, .permissionDenied, .routeNotFound, .tooLarge,
            .tooManyRequests:
            error.reason
        }
    }
}
