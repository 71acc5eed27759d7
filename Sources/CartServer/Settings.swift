import CartAPICoCart
import CartCore
import CartHTTP
import Foundation
import Logging

/// Everything that can be set. What is not set has the value that stands here.
///
/// A setting is looked for among the flags of the command line, then in the environment (`CORRAL_` and the key in capitals, dots and
/// humps as `_`), then in the configuration file; the first one found counts.
public struct Settings: Sendable {
    /// `server.host`: the address to listen on.
    public var host = "127.0.0.1"
    /// `server.port`, 0…65535; 0 takes any free port.
    public var port = 8080
    /// `server.publicURL`: what links begin with; without it the Host header of the request says.
    public var publicURL: String?
    /// `server.trustedProxies`: whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    public var trustedProxies: [NetworkRange] = []
    /// `database`: where the carts are kept.
    public var database = DatabaseLocation.sqlite(path: "./corral.db")
    /// `shop.timeZone`: where days, weeks, months and years begin.
    public var timeZone = TimeZone.gmt
    /// `cocart.dateFormat`: the dates of CoCart's rows for everybody; without it the kind of credential decides.
    public var dateFormat: CoCartAPI.DateFormat?
    /// `carts.guestLifetime`, `carts.customerLifetime` (at most 30 days), `carts.abandonedAfter`, `shop.currency`.
    public var policy = CartPolicy()
    /// `carts.keepExpired` (by default 37 days) and in its place `carts.keepExpiredGuest`, `carts.keepExpiredCustomer` and
    /// `carts.keepEmpty`: how long after its expiry the sweep leaves a cart; `sweep.guard`: the share that a run may remove by itself.
    public var sweep = SweepPolicy()
    /// `sweep.enabled`: whether the server sweeps by itself.
    public var sweeps = true
    /// `sweep.every`: at least a minute.
    public var sweepInterval = TimeSpan.minutes(15)
    /// `dashboard.enabled`: whether the operators' pages are served.
    public var hasDashboard = true
    /// `cors.origins`: pages that browsers may show answers to.
    public var origins: Set<String> = []
    /// `limits.body`, `limits.header`, `limits.url` in bytes, `limits.headerCount`, `limits.queryPairs`, `limits.jsonDepth`,
    /// `limits.connections`, `limits.idleTimeout`, `limits.headerTimeout`, `limits.bodyTimeout` and `limits.responseTimeout` as times,
    /// `limits.keyRate` and `limits.addressRate` in requests a minute or `off`.
    public var limits = HTTPLimits()
    /// `tls.certificate` and `tls.key`: files in PEM; nil: no TLS.
    public var certificate: CertificateFiles?
    /// `keys.disableUnusedAfter`: how long a key may rest; nil: for ever.
    public var disableKeysUnusedFor: TimeSpan? = .days(90)
    /// `audit.retention`: how long the audit trail reaches back, and the use of keys by day; nil: to their beginning.
    public var auditRetention: TimeSpan? = .days(400)
    /// `log.format`: `text` for people, `json` for machines.
    public var logFormat = LogFormat.text
    /// `log.access`: whether each request is logged, at the level `info`.
    public var logsAccess = false
    /// `log.level`: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    public var logLevel = Logger.Level.info

    public init() {}

    /// `https` with a certificate, else `http`.
    public var scheme: String { certificate == nil ? "http" : "https" }

    /// Whether keys would cross a network in clear: the server listens beyond the machine, without TLS and without a proxy.
    public var isExposed: Bool {
        certificate == nil && trustedProxies.isEmpty && host != "localhost" && NetworkAddress(host)?.isLoopback != true
    }
}

/// The form of a log's lines.
public enum LogFormat: String, Hashable, Sendable, CaseIterable {
    case text, json
}
