import CartServer
import Foundation
import Testing

@Suite("TLS")
struct TLSTests {
    /// Makes a certificate for 127.0.0.1 and its key.
    private static func make(_ name: String, in folder: URL) async throws -> CertificateFiles {
        let files = CertificateFiles(
            certificate: folder.appending(path: "\(name).pem").path, key: folder.appending(path: "\(name).key").path)
        let made = try await Program.named(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
            "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files.key, "-out", files.certificate
        ).run()
        try #require(made.status == 0, "\(made.errors)")
        return files
    }

    /// Asks with curl, which trusts one certificate alone.
    private static func ask(_ url: String, trusting certificate: String, _ more: String...) async throws -> Program.Result {
        var program = Program.named("curl", "-sS", "--cacert", certificate, url)
        program.arguments += more
        return try await program.run()
    }

    private static func replace(_ files: CertificateFiles, with new: CertificateFiles) throws {
        for (old, new) in [(files.certificate, new.certificate), (files.key, new.key)] {
            try Data(contentsOf: URL(filePath: new)).write(to: URL(filePath: old), options: .atomic)
        }
    }

    @Test("the server speaks TLS with the certificate of the settings, links begin with https, and plain HTTP is not answered")
    func serves() async throws {
        try await withTemporaryFolder { folder in
            let files = try await Self.make("first", in: folder)
            try await TestServer.run({ $0.certificate = files }) { server in
                #expect(server.url.hasPrefix("https://"))
                let answer = try await Self.ask(server.url + "/healthz", trusting: files.certificate)
                #expect(answer.output == #"{"status":"ok"}"#, "\(answer.errors)")
                try await server.keep(#"{"key":"a","items":[{"product_id":1}]}"#)
                let key = try await server.key().authorization
                let list = try await Self.ask(
                    server.url + "/wp-json/cocart/v2/sessions", trusting: files.certificate, "-H", "Authorization: \(key)")
                #expect(list.output.replacing("\\/", with: "/").contains("\"\(server.url)/"), "\(list.output)")
                let plain = try await server.exchange("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(!plain.contains("ok"))
                let old = try await Self.ask(server.url + "/healthz", trusting: files.certificate, "--tls-max", "1.1")
                #expect(old.status != 0)
            }
        }
    }

    @Test("a new certificate is taken without a restart, and one that cannot be used is not")
    func reloads() async throws {
        try await withTemporaryFolder { folder in
            let files = try await Self.make("first", in: folder)
            let second = try await Self.make("second", in: folder)
            let first = folder.appending(path: "kept.pem").path
            try FileManager.default.copyItem(atPath: files.certificate, toPath: first)
            try await TestServer.run({ $0.certificate = files }) { server in
                let url = server.url + "/healthz"
                // The key of another certificate: both files are there, and do not fit.
                try Data(contentsOf: URL(filePath: second.key)).write(to: URL(filePath: files.key))
                try await Task.sleep(for: .seconds(6))
                let kept = try await Self.ask(url, trusting: first)
                #expect(kept.status == 0, "\(kept.errors)")
                try Self.replace(files, with: second)
                var isNew = false
                for _ in 0..<100 where !isNew {
                    try await Task.sleep(for: .milliseconds(100))
                    isNew = try await Self.ask(url, trusting: second.certificate).status == 0
                }
                #expect(isNew)
                let old = try await Self.ask(url, trusting: first)
                #expect(old.status != 0)
            }
        }
    }

    @Test("files that cannot be used stop the start and name the setting")
    func refuses() async throws {
        try await withTemporaryFolder { folder in
            let (files, other) = (try await Self.make("first", in: folder), try await Self.make("second", in: folder))
            let cases = [
                (CertificateFiles(certificate: "/no/such/file", key: files.key), "tls.certificate"),
                (CertificateFiles(certificate: files.key, key: files.key), "tls.certificate"),
                (CertificateFiles(certificate: files.certificate, key: files.certificate), "tls.key"),
                (CertificateFiles(certificate: files.certificate, key: other.key), "tls.key"),
            ]
            for (wrong, key) in cases {
                let program = try await Program.corral(
                    "serve", "--port", "0", "--database", "sqlite:\(folder.path)/carts.db",
                    environment: ["CORRAL_TLS_CERTIFICATE": wrong.certificate, "CORRAL_TLS_KEY": wrong.key]
                ).run()
                #expect(program.status == 1)
                #expect(program.errors.contains("The setting \(key) "), "\(program.errors)")
            }
            for flags in [["tls.certificate": files.certificate], ["tls.key": files.key]] {
                let error = await #expect(throws: SettingsError.self) { try await Settings.read(flags: flags, environment: [:], file: nil) }
                #expect(error.map { flags[$0.key] == nil } == true)
            }
        }
    }

    @Test(
        "a server beyond the machine without TLS and without a proxy says so loudly, and no other does",
        arguments: [("0.0.0.0", "", true), ("127.0.0.1", "", false), ("localhost", "", false), ("0.0.0.0", "10.0.0.0/8", false)])
    func warns(host: String, proxies: String, isWarned: Bool) async throws {
        try await withTemporaryFolder { folder in
            var environment = ["CORRAL_SERVER_HOST": host]
            if !proxies.isEmpty { environment["CORRAL_SERVER_TRUSTED_PROXIES"] = proxies }
            let program = try await Program.corral(
                "serve", "--port", "0", "--database", "sqlite:\(folder.path)/carts.db", environment: environment
            ).start { $0.contains("Corral listens on http") }
            defer { program.kill() }
            #expect(program.text.contains("WITHOUT TLS") == isWarned, "\(program.text)")
        }
    }
}
