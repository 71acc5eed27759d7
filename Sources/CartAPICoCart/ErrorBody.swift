import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird

/// An error as WordPress words it.
struct ErrorBody {
    private let status: HTTPResponse.Status
    private let code: String
    private let message: String
    private let fields: [CartError.Field]
    private let retryAfter: Int?

    /// - Parameter isReading: whether the request would have changed nothing; messages differ.
    init(_ error: CartError, isReading: Bool) {
        var fields: [CartError.Field] = []
        switch error.code {
        case .unauthenticated:
            // Whatever the reason: a caller must not learn whether a key exists.
            (status, code, message) = (.unauthorized, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        case .permissionDenied where isReading:
            (status, code, message) = (.forbidden, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        case .permissionDenied:
            (status, code, message) = (.forbidden, "woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete this resource.")
        case .cartNotFound where isReading:
            (status, code, message) = (.notFound, "cocart_cart_in_session_not_valid", "Cart in session is not valid!")
        case .cartNotFound:
            (status, code, message) = (.notFound, "cocart_session_not_valid", "Session is not valid!")
        // The dialect has no keys to be found.
        case .routeNotFound, .keyNotFound:
            (status, code, message) = (.notFound, "rest_no_route", "No route was found matching the URL and request method.")
        case .invalid:
            fields = error.fields
            let names = error.fields.map(\.name).joined(separator: ", ")
            (status, code, message) = (.badRequest, "rest_invalid_param", "Invalid parameter(s): \(names)")
        case .malformedJSON:
            (status, code, message) = (.badRequest, "rest_invalid_json", "Invalid JSON body passed.")
        case .tooLarge:
            (status, code, message) = (.contentTooLarge, "rest_content_too_large", error.reason)
        case .conflict, .unconfirmed:
            (status, code, message) = (.conflict, "cocart_session_changed", error.reason)
        case .tooManyRequests:
            (status, code, message) = (
                .tooManyRequests, "rate_limit_exceeded",
                "Too many requests. Please wait \(error.retryAfter ?? 1) seconds before trying again."
            )
        case .unavailable:
            (status, code, message) = (.serviceUnavailable, "cocart_service_unavailable", "The carts cannot be reached at the moment.")
        }
        self.fields = fields
        retryAfter = error.retryAfter ?? (error.code == .unavailable || error.code == .tooManyRequests ? 1 : nil)
    }

    func response(at now: Timestamp) -> Response {
        var headers = HTTPFields.cocart(at: now)
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        var json = JSONWriter()
        json.beginObject()
        json.name("code")
        json.string(code)
        json.name("message")
        json.string(message)
        json.name("data")
        json.beginObject()
        json.name("status")
        json.integer(Int64(status.code))
        if !fields.isEmpty {
            json.name("params")
            json.beginObject()
            for field in fields {
                json.name(field.name)
                json.string("\(field.name) \(field.reason).")
            }
            json.endObject()
        }
        json.endObject()
        json.endObject()
        return Response(status: status, headers: headers, json: json)
    }
}
