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
            ("database", "sqlite:"), ("database", "sqlite::memory:"),
            ("cocart.dateFormat", "secret"), ("shop.currency", "secret"), ("carts.guestLifetime", "31d"), ("carts.guestLifetime", "0s"),
            ("carts.customerLifetime", "secret"), ("carts.abandonedAfter", "-1h"), ("limits.body", "1"), ("limits.jsonDepth", "100000"),
            ("limits.connections", "0"), ("limits.idleTimeout", "75"), ("log.level", "secret"),
        ])
    func outOfRange(key: String, value: String) async throws {
        let error = await #expect(throws: SettingsError.self) { try await Settings.read(flags: [key: value], environment: [:], file: nil) }
        #expect(error?.key == key)
        #expect(error.map { "\($0)".contains("secret") } == false)
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
