import CartAPICoCart
import CartCore
import CartHTTP
import Configuration
import Foundation
import Logging

extension Settings {
    /// Reads all settings.
    ///
    /// - Parameters:
    ///   - flags: values from the command line by key.
    ///   - environment: all variables of the process.
    ///   - file: the path of a YAML file; nil: none.
    /// - Throws: ``SettingsError`` for an unknown key in the file and for a value that is out of range.
    public static func read(
        flags: [String: String] = [:], environment: [String: String], file: String?
    ) async throws -> Settings {
        let fileValues = try file.map { try SettingsFile.read(path: $0, known: Set(keys)) } ?? [:]
        let reader = SettingsReader(
            config: ConfigReader(providers: [
                InMemoryProvider(name: "flags", values: flags),
                EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "corral"),
                InMemoryProvider(name: "file", values: fileValues),
            ]))
        return try await reader.settings()
    }

    /// Every key there is.
    public static let keys = [
        "server.host", "server.port", "server.publicURL", "server.trustedProxies", "database", "shop.currency", "shop.timeZone",
        "cocart.dateFormat",
        "carts.guestLifetime",
        "carts.customerLifetime", "carts.abandonedAfter", "carts.keepExpired", "carts.keepExpiredGuest", "carts.keepExpiredCustomer",
        "carts.keepEmpty", "sweep.enabled", "sweep.every", "sweep.guard", "dashboard.enabled", "tls.certificate", "tls.key", "cors.origins",
        "keys.disableUnusedAfter",
        "audit.retention", "limits.body",
        "limits.header", "limits.headerCount", "limits.url", "limits.queryPairs", "limits.jsonDepth", "limits.connections",
        "limits.idleTimeout", "limits.headerTimeout", "limits.bodyTimeout",
        "limits.responseTimeout", "limits.keyRate", "limits.addressRate", "log.level", "log.format", "log.access",
    ]
}

extension InMemoryProvider {
    fileprivate init(name: String, values: [String: String]) {
        self.init(
            name: name,
            values: Dictionary(
                uniqueKeysWithValues: values.map { key, value in
                    (AbsoluteConfigKey(ConfigKey(key)), ConfigValue(.string(value), isSecret: false))
                }))
    }
}

/// Reads one value after the other and holds each to its rule.
private struct SettingsReader {
    let config: ConfigReader

    func settings() async throws -> Settings {
        var settings = Settings()
        settings.host = try await text("server.host") ?? settings.host
        settings.port = try await integer("server.port", in: 0...65_535) ?? settings.port
        settings.publicURL = try await parsed("server.publicURL", "must begin with http:// or https:// and name a host") { text in
            ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count } ? text : nil
        }
        settings.trustedProxies =
            try await parsed("server.trustedProxies", "must be addresses or networks such as 10.0.0.0/8, parted by commas") { text in
                let parts = text.split(separator: ",").map { String($0.trimmingPrefix(" ")) }
                let ranges = parts.compactMap(NetworkRange.init)
                return ranges.count == parts.count ? ranges : nil
            } ?? []
        settings.database = try await text("database").map { try DatabaseLocation($0) } ?? settings.database
        settings.dateFormat = try await parsed("cocart.dateFormat", "must be unix, text or iso", CoCartAPI.DateFormat.init(rawValue:))
        settings.policy.currency =
            try await parsed("shop.currency", "must be three capital letters") { Currency($0) } ?? settings.policy.currency
        settings.timeZone =
            try await parsed("shop.timeZone", "must be a time zone such as Europe/Berlin") { TimeZone(identifier: $0) } ?? settings.timeZone
        settings.policy.guestLifetime = try await lifetime("carts.guestLifetime") ?? settings.policy.guestLifetime
        settings.policy.customerLifetime = try await lifetime("carts.customerLifetime") ?? settings.policy.customerLifetime
        settings.policy.abandonedAfter =
            try await parsed("carts.abandonedAfter", "must be a time such as 90s, 15m, 12h or 7d") { text in
                TimeSpan(text: text).flatMap { $0 > .seconds(0) ? $0 : nil }
            } ?? settings.policy.abandonedAfter
        try await readSweep(into: &settings)
        settings.hasDashboard = try await bool("dashboard.enabled") ?? settings.hasDashboard
        settings.origins = Set(
            (try await text("cors.origins") ?? "").split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init))
        settings.limits.body = try await integer("limits.body", in: 1024...(1 << 30)) ?? settings.limits.body
        settings.limits.header = try await integer("limits.header", in: 1024...(1 << 20)) ?? settings.limits.header
        settings.limits.url = try await integer("limits.url", in: 256...(1 << 20)) ?? settings.limits.url
        settings.limits.headerCount = try await integer("limits.headerCount", in: 10...10_000) ?? settings.limits.headerCount
        settings.limits.queryPairs = try await integer("limits.queryPairs", in: 10...100_000) ?? settings.limits.queryPairs
        settings.limits.jsonDepth = try await integer("limits.jsonDepth", in: 8...500) ?? settings.limits.jsonDepth
        settings.limits.connections = try await integer("limits.connections", in: 1...100_000) ?? settings.limits.connections
        settings.limits.idleTimeout = try await timeout("limits.idleTimeout") ?? settings.limits.idleTimeout
        settings.limits.headerTimeout = try await timeout("limits.headerTimeout") ?? settings.limits.headerTimeout
        settings.limits.bodyTimeout = try await timeout("limits.bodyTimeout") ?? settings.limits.bodyTimeout
        settings.limits.responseTimeout = try await timeout("limits.responseTimeout") ?? settings.limits.responseTimeout
        settings.limits.keyRate = try await rate("limits.keyRate")
        settings.limits.addressRate = try await rate("limits.addressRate")
        settings.certificate = try await certificate()
        settings.disableKeysUnusedFor = try await span("keys.disableUnusedAfter", default: settings.disableKeysUnusedFor)
        settings.auditRetention = try await span("audit.retention", default: settings.auditRetention)
        settings.logFormat = try await parsed("log.format", "must be text or json", LogFormat.init(rawValue:)) ?? settings.logFormat
        settings.logsAccess =
            try await bool("log.access") ?? settings.logsAccess
        settings.logLevel =
            try await parsed(
                "log.level", "must be one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
                Logger.Level.init(rawValue:)) ?? settings.logLevel
        return settings
    }

    private func text(_ key: String) async throws -> String? { try await config.fetchString(forKey: ConfigKey(key)) }

    private func parsed<Value>(_ key: String, _ rule: String, _ parse: (String) -> Value?) async throws -> Value? {
        guard let text = try await text(key) else { return nil }
        guard let value = parse(text) else { throw SettingsError(key: key, rule: rule) }
        return value
    }

    private func integer(_ key: String, in range: ClosedRange<Int>) async throws -> Int? {
        try await parsed(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    private func certificate() async throws -> CertificateFiles? {
        switch (try await text("tls.certificate"), try await text("tls.key")) {
        case (let certificate?, let key?): return CertificateFiles(certificate: certificate, key: key)
        case (nil, nil): return nil
        case (nil, _): throw SettingsError(key: "tls.certificate", rule: "must be set together with tls.key")
        case (_, nil): throw SettingsError(key: "tls.key", rule: "must be set together with tls.certificate")
        }
    }

    /// A span of at least a day; nil for `never`.
    private func span(_ key: String, default standard: TimeSpan?) async throws -> TimeSpan? {
        guard let text = try await text(key) else { return standard }
        if text == "never" { return nil }
        guard let span = TimeSpan(text: text), span >= .days(1) else {
            throw SettingsError(key: key, rule: "must be never or a time of at least 1d, such as 90d")
        }
        return span
    }

    private func readSweep(into settings: inout Settings) async throws {
        let keep = try await keep("carts.keepExpired", default: SweepPolicy().keepGuest)
        settings.sweep.keepGuest = try await self.keep("carts.keepExpiredGuest", default: keep)
        settings.sweep.keepCustomer = try await self.keep("carts.keepExpiredCustomer", default: keep)
        settings.sweep.keepEmpty = try await self.keep("carts.keepEmpty", default: keep)
        settings.sweep.guardShare =
            try await parsed("sweep.guard", "must be a share from 0 to 1, such as 0.2") { text in
                Double(text).flatMap { (0...1).contains($0) ? $0 : nil }
            } ?? settings.sweep.guardShare
        settings.sweeps = try await bool("sweep.enabled") ?? settings.sweeps
        settings.sweepInterval =
            try await parsed("sweep.every", "must be a time from 1m to 7d") { text in
                TimeSpan(text: text).flatMap { $0 >= .minutes(1) && $0 <= .days(7) ? $0 : nil }
            } ?? settings.sweepInterval
    }

    private func bool(_ key: String) async throws -> Bool? {
        try await parsed(key, "must be true or false") { ["true": true, "false": false][$0] }
    }

    /// How long something is kept; nil for `never`.
    private func keep(_ key: String, default standard: TimeSpan?) async throws -> TimeSpan? {
        guard let text = try await text(key) else { return standard }
        if text == "never" { return nil }
        guard let span = TimeSpan(text: text) else { throw SettingsError(key: key, rule: "must be never or a time such as 12h or 37d") }
        return span
    }

    private func rate(_ key: String) async throws -> Int? {
        let range = 1...1_000_000
        if try await text(key) == "off" { return nil }
        return try await parsed(key, "must be off or a number of requests a minute from 1 to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    private func timeout(_ key: String) async throws -> TimeSpan? {
        try await parsed(key, "must be a time from 1s to 1h") { text in
            TimeSpan(text: text).flatMap { $0 >= .seconds(1) && $0 <= .hours(1) ? $0 : nil }
        }
    }

    private func lifetime(_ key: String) async throws -> TimeSpan? {
        try await parsed(key, "must be a time such as 90s, 15m, 12h or 7d, and at most 30d") { text in
            TimeSpan(text: text).flatMap { $0 > .seconds(0) && $0 <= CartPolicy.longestLifetime ? $0 : nil }
        }
    }
}
