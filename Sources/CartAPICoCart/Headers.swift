import CartCore
import CartHTTP
import HTTPTypes

extension HTTPField.Name {
    static let wpTotal = constant("X-WP-Total")
    static let wpTotalPages = constant("X-WP-TotalPages")
    static let link = constant("Link")
    static let robots = constant("X-Robots-Tag")
    static let cocartTimestamp = constant("CoCart-Timestamp")
    static let cocartVersion = constant("CoCart-Version")
}

extension HTTPFields {
    /// The headers of every answer. Those that name a cart of the caller's own are left out: SDKs would take it over.
    static func cocart(at now: Timestamp) -> HTTPFields {
        [
            .contentType: "application/json; charset=UTF-8", .xContentTypeOptions: "nosniff", .robots: "noindex",
            .cacheControl: "no-store", .cocartTimestamp: String(now.seconds), .cocartVersion: CoCartAPI.version,
        ]
    }
}
