import CartCore
import CartHTTP
import CartServer
import Foundation
import Testing

@Suite("Settings come from flags, then the environment, then the file")
struct SettingsTests {
    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "corral.yaml")
            try text.write(to: file, atomically: true, encoding: .utf8)
            try await body(file.path)
        }
    }

    @Test("the first that sets a key counts")
    func precedence() async throws {
        try await withFile("server:\n  port: 1\n  host: 0.0.0.0\n  publicURL: https://c.example\ncarts:\n  guestLifetime: 3d\n") { file in
            let environment = [
                "CORRAL_SERVER_PORT": "2", "CORRAL_SERVER_PUBLIC_URL": "https://b.example", "CORRAL_CARTS_GUEST_LIFETIME": "4d",
            ]
            let settings = try await Settings.read(flags: ["server.port": "3"], environment: environment, file: file)
            #expect(settings.port == 3)
            #expect(settings.publicURL == "https://b.example")
            #expect(settings.policy.guestLifetime == .days(4))
            #expect(settings.host == "0.0.0.0")
        }
    }

    @Test("without any the defaults hold, and an empty file sets nothing")
    func defaults() async throws {
        try await withFile("# nothing\n") { file in
            let settings = try await Settings.read(environment: [:], file: file)
            #expect(settings.host == "127.0.0.1" && settings.port == 8080)
            #expect(settings.database == .sqlite(path: "./corral.db"))
            #expect(settings.policy == CartPolicy())
            #expect(settings.limits == HTTPLimits())
        }
    }

    @Test(
        "a value out of range stops the start and names the key, never the value",
        arguments: [
            ("server.port", "70000"), ("server.port", "x1"), ("server.publicURL", "ftp-secret"), ("database", "mysql:secret"),
            ("database", "sqlite:"), ("database", "sqlite::memory:"), ("database", "postgres://ann:secret@db:0/secret"),
            ("database", "postgresql://ann:secret%@db/secret"), ("database", "postgres://db/carts?secret=1"),
            ("database", "postgres://ann:secret@db/carts?sslmode=secret"),
            ("cocart.dateFormat", "secret"), ("shop.currency", "secret"), ("carts.guestLifetime", "31d"), ("carts.guestLifetime", "0s"),
            ("carts.customerLifetime", "secret"), ("carts.abandonedAfter", "-1h"), ("limits.body", "1"), ("limits.jsonDepth", "100000"),
            ("limits.connections", "0"), ("limits.idleTimeout", "75"), ("log.level", "secret"), ("carts.keepExpired", "secret"),
            ("carts.keepExpired", "37"), ("carts.keepExpiredGuest", "-1d"), ("carts.keepExpiredCustomer", "1w"),
            ("carts.keepEmpty", "1h30m"),
            ("sweep.enabled", "secret"), ("sweep.enabled", "1"), ("sweep.every", "59s"), ("sweep.every", "8d"), ("sweep.every", "secret"),
            ("sweep.guard", "1.01"), ("sweep.guard", "-0.1"), ("sweep.guard", "nan"), ("sweep.guard", "20%"),
            ("dashboard.enabled", "secret"),
        ])
    func outOfRange(key: String, value: String) async throws {
        let error = await #expect(throws: SettingsError.self) { try await Settings.read(flags: [key: value], environment: [:], file: nil) }
        #expect(error?.key == key)
        #expect(error.map { "\($0)".contains("secret") } == false)
    }

    @Test("expired carts are kept for the time of their group, which is that of all where none is said")
    func keeping() async throws {
        let standard = try await Settings.read(environment: [:], file: nil)
        #expect(standard.sweep == SweepPolicy())
        #expect(standard.sweep == SweepPolicy(keepGuest: .days(37), keepCustomer: .days(37), keepEmpty: .days(37)))
        #expect(standard.sweep.guardShare == 0.2)
        let all = try await Settings.read(environment: ["CORRAL_CARTS_KEEP_EXPIRED": "12h"], file: nil)
        #expect(all.sweep == SweepPolicy(keepGuest: .hours(12), keepCustomer: .hours(12), keepEmpty: .hours(12)))
        let never = try await Settings.read(environment: ["CORRAL_CARTS_KEEP_EXPIRED": "never"], file: nil)
        #expect(never.sweep == SweepPolicy(keepGuest: nil, keepCustomer: nil, keepEmpty: nil))
        try await withFile("carts:\n  keepExpired: 30d\n  keepExpiredGuest: never\n  keepEmpty: 0s\n") { file in
            let some = try await Settings.read(environment: ["CORRAL_CARTS_KEEP_EXPIRED_CUSTOMER": "60d"], file: file)
            #expect(some.sweep == SweepPolicy(keepGuest: nil, keepCustomer: .days(60), keepEmpty: .seconds(0)))
            let rest = try await Settings.read(environment: [:], file: file)
            #expect(rest.sweep == SweepPolicy(keepGuest: nil, keepCustomer: .days(30), keepEmpty: .seconds(0)))
        }
    }

    @Test("whether and how often the server sweeps, how much at once, and whether there is a dashboard, are read")
    func sweep() async throws {
        let standard = try await Settings.read(environment: [:], file: nil)
        #expect(standard.sweeps && standard.sweepInterval == .minutes(15) && standard.hasDashboard)
        try await withFile("sweep:\n  enabled: false\n  every: 7d\n  guard: 0.05\ndashboard:\n  enabled: false\n") { file in
            let settings = try await Settings.read(environment: [:], file: file)
            #expect(!settings.sweeps && !settings.hasDashboard)
            #expect(settings.sweepInterval == .days(7))
            #expect(settings.sweep.guardShare == 0.05)
            let environment = [
                "CORRAL_SWEEP_ENABLED": "true", "CORRAL_SWEEP_EVERY": "1m", "CORRAL_SWEEP_GUARD": "1", "CORRAL_DASHBOARD_ENABLED": "true",
            ]
            let other = try await Settings.read(environment: environment, file: file)
            #expect(other.sweeps && other.hasDashboard)
            #expect(other.sweepInterval == .minutes(1))
            #expect(other.sweep.guardShare == 1)
        }
    }

    @Test(
        "an unknown key in the file stops the start and is named",
        arguments: [
            ("server:\n  prot: 1\n", "server.prot"), ("colour: red\n", "colour"), ("server: 1\n", "server"), ("- a\n", ""),
            ("carts:\n  guestLifetime:\n    days: 2\n", "carts.guestLifetime.days"), ("a: [\n", "config"),
        ])
    func unknownKey(text: String, key: String) async throws {
        try await withFile(text) { file in
            let error = await #expect(throws: SettingsError.self) { try await Settings.read(environment: [:], file: file) }
            #expect(error?.key == key)
        }
        await #expect(throws: SettingsError(key: "config", rule: "names a file that cannot be read")) {
            try await Settings.read(environment: [:], file: "/no/such/file")
        }
    }
}
