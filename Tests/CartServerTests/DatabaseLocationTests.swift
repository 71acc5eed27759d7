#if Postgres
import CartCore
import CartServer
import Foundation
import Testing

@Suite("Where carts are kept")
struct DatabaseLocationTests {
    @Test("is read, and shown without user and password", arguments: ["postgres", "postgresql"])
    func postgres(scheme: String) throws {
        let location = try DatabaseLocation("\(scheme)://ann:s3cret@db.example:5433/carts?application_name=s3cret")
        #expect("\(location)" == "postgres://db.example:5433/carts")
        var shown = String(reflecting: location) + String(describing: [location])
        dump(location, to: &shown)
        #expect(!shown.contains("s3cret") && !shown.contains("ann"))
    }

    @Test(
        "that is wrong is refused with the rule",
        arguments: [
            ("carts.db", "must be sqlite:PATH or postgres://USER@HOST/DATABASE"),
            ("mysql://db/carts", "must be sqlite:PATH or postgres://USER@HOST/DATABASE"),
            ("postgres://db:0/carts", "must have ports from 1 to 65535"),
            ("postgres://db/carts?mode=1", "has a query parameter that PostgreSQL's library does not know"),
        ])
    func refused(text: String, rule: String) {
        let error = #expect(throws: SettingsError.self) { try DatabaseLocation(text) }
        #expect(error?.description == "The setting database \(rule).")
    }

    @Test(
        "a way to it over a network that others may listen on is told of",
        arguments: [
            ("postgres:///carts?host=/run/postgresql", nil), ("postgres://localhost/carts", nil), ("postgres://127.0.0.1/carts", nil),
            ("postgres://[::1]/carts", nil), ("postgres://db.example/carts?sslmode=verify-full", nil),
            ("postgres://db.example/carts?sslmode=require", "is encrypted, but nobody makes sure that it is yours"),
            ("postgres://db.example/carts?sslmode=verify-ca", "is encrypted, but nobody makes sure that it is yours"),
            ("postgres:///?service=carts", "in clear"), ("postgres://localhost/carts?service=carts", "in clear"),
            ("postgres:///?service=carts&sslmode=verify-full", nil),
            ("postgres://db.example/carts?sslmode=prefer", "in clear"), ("postgres://db.example/carts?sslmode=disable", "in clear"),
            ("postgres://127.0.0.1,10.0.0.1/carts?sslmode=allow", "in clear"),
            ("postgres://localhost/carts?hostaddr=10.0.0.1&sslmode=prefer", "in clear"),
        ] as [(String, String?)])
    func exposure(text: String, told: String?) throws {
        let exposure = try DatabaseLocation(text).exposure
        if let told { #expect(exposure?.contains(told) == true, "\(exposure ?? "nothing")") } else { #expect(exposure == nil) }
    }

    @Test("one that is not there is told of without the password, with exit code 1", .timeLimit(.minutes(2)))
    func missing() async throws {
        // Nobody listens on this port.
        let text = "postgres://u5er:s3cret@127.0.0.1:1/carts"
        for arguments in [["serve", "--port", "0"], ["carts", "list"], ["seed", "--carts", "1"], ["users", "list"]] {
            var program = Program.corral(environment: ["CORRAL_DATABASE": text])
            program.arguments = arguments
            let result = try await program.run()
            #expect(result.status == 1)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("The database cannot be reached. It is postgres://127.0.0.1:1/carts."), "\(result.errors)")
            #expect(!result.errors.contains("s3cret") && !result.errors.contains("u5er"))
        }
        let doctor = try await Program.corral("doctor", environment: ["CORRAL_DATABASE": text]).run()
        #expect(doctor.status == 1)
        #expect(doctor.output.contains("The database cannot be reached."))
        #expect(!(doctor.output + doctor.errors).contains("s3cret"))
    }

    @Test("PostgreSQL's is neither backed up nor restored, and the reason says with what it is")
    func backup() async throws {
        let environment = ["CORRAL_DATABASE": "postgres://127.0.0.1:1/carts"]
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "backup.db").path
            let backup = try await Program.corral("backup", file, environment: environment).run()
            #expect(backup.status == 1 && backup.errors.contains("pg_dump: see docs/scaling.md"))
            #expect(!FileManager.default.fileExists(atPath: file))
            let restore = try await Program.corral("restore", file, "--replace", environment: environment).run()
            #expect(restore.status == 1 && restore.errors.contains("pg_restore: see docs/scaling.md"))
        }
    }
}
#endif
