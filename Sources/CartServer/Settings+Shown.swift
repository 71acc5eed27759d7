import CartCore
import CartDashboard
import CartHTTP
import Foundation
import Logging

extension Settings {
    /// The settings as the dashboard shows them. Nothing that is secret is among them; files are named and not read.
    var shown: [SettingsShown.Setting] {
        func flag(_ value: Bool) -> String { value ? "true" : "false" }
        func span(_ value: TimeSpan?) -> String { value?.text ?? "never" }
        func rate(_ value: Int?) -> String { value.map { "\($0) a minute" } ?? "off" }
        return [
            SettingsShown.Setting("server.host", host, "The address to listen on."),
            SettingsShown.Setting("server.port", String(port), "The port to listen on."),
            SettingsShown.Setting("server.publicURL", publicURL ?? "from the request", "What links in answers begin with."),
            SettingsShown.Setting(
                "server.trustedProxies", trustedProxies.isEmpty ? "none" : trustedProxies.map(\.text).joined(separator: ", "),
                "Proxies whose word is taken for a client's address."),
            SettingsShown.Setting("tls.certificate", certificate?.certificate ?? "none", "The certificate of the server."),
            SettingsShown.Setting(
                "cors.origins", origins.isEmpty ? "none" : origins.sorted().joined(separator: ", "),
                "Pages that browsers may show answers to."),
            SettingsShown.Setting("shop.timeZone", timeZone.identifier, "Where days, weeks and months begin."),
            SettingsShown.Setting("shop.currency", policy.currency.code, "The currency of new carts."),
            SettingsShown.Setting(
                "carts.guestLifetime", span(policy.guestLifetime), "How long a guest's cart lives after its last change."),
            SettingsShown.Setting(
                "carts.customerLifetime", span(policy.customerLifetime), "How long a customer's cart lives after its last change."),
            SettingsShown.Setting(
                "carts.abandonedAfter", span(policy.abandonedAfter), "How long a cart rests before it counts as abandoned."),
            SettingsShown.Setting("carts.keepExpiredGuest", span(sweep.keepGuest), "How long the sweep leaves a guest's expired cart."),
            SettingsShown.Setting(
                "carts.keepExpiredCustomer", span(sweep.keepCustomer), "How long the sweep leaves a customer's expired cart."),
            SettingsShown.Setting(
                "carts.keepEmpty", span(sweep.keepEmpty), "How long the sweep leaves an expired cart that holds nothing."),
            SettingsShown.Setting("sweep.enabled", flag(sweeps), "Whether this server sweeps by itself."),
            SettingsShown.Setting("sweep.every", span(sweepInterval), "How often it does."),
            SettingsShown.Setting("sweep.guard", String(sweep.guardShare), "The share of all carts that a run may remove by itself."),
            SettingsShown.Setting("keys.disableUnusedAfter", span(disableKeysUnusedFor), "How long a key may rest before it is disabled."),
            SettingsShown.Setting("audit.retention", span(auditRetention), "How long the audit trail reaches back."),
            SettingsShown.Setting("limits.body", "\(limits.body) bytes", "The largest body of a request."),
            SettingsShown.Setting("limits.connections", String(limits.connections), "Connections at once."),
            SettingsShown.Setting("limits.keyRate", rate(limits.keyRate), "Requests with one key."),
            SettingsShown.Setting("limits.addressRate", rate(limits.addressRate), "Requests from one address."),
            SettingsShown.Setting("log.level", logLevel.rawValue, "What is logged."),
        ]
    }
}
