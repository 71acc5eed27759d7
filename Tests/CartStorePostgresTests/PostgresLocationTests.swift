#if Postgres
import CartCore
import Testing

@testable import CartStorePostgres

@Suite("A PostgreSQL connection string")
struct PostgresLocationTests {
    @Test(
        "is shown without user, password and options",
        arguments: [
            ("postgres://ann:s3cret@db.example:5433/carts?sslmode=require&application_name=s3cret", "postgres://db.example:5433/carts"),
            ("postgresql://ann@one:5432,two:5433/carts?password=s3cret", "postgres://one:5432,two:5433/carts"),
            ("postgres://one,two,three:5432/carts", "postgres://one,two,three:5432/carts"),
            ("postgres:///carts?host=/var/run/postgresql&port=5433&user=s3cret", "postgres:///carts?host=/var/run/postgresql&port=5433"),
            ("postgres://ann:s3cret@%2Ftmp%2Fdb/carts", "postgres:///carts?host=/tmp/db"),
            ("postgres://ann:s3cret@/carts?hostaddr=10.0.0.1", "postgres://10.0.0.1/carts"),
            ("postgres://", "postgres:///"),
        ])
    func description(text: String, shown: String) throws {
        let location = try PostgresLocation(text)
        #expect(location.description == shown)
        var dumped = ""
        dump(location, to: &dumped)
        for text in [String(reflecting: location), "\(location)", dumped, String(describing: [location])] {
            #expect(!text.contains("s3cret"))
            #expect(!text.contains("ann"))
        }
    }

    @Test(
        "that is wrong is refused with a reason that quotes nothing",
        arguments: [
            "", "sqlite:carts.db", "host=s3cret", "postgres://ann:s3cret%zz@db/carts", "postgres://ann:s3cret@db/carts?s3cret=1",
            "postgres://ann:s3cret@[::1/carts", "postgres://db:0/s3cret", "postgres://db:65536/s3cret", "postgres://db:s3cret/carts",
            "postgres://a:1,b:2,c/s3cret?port=1,2", "postgres://db/carts?target_session_attrs=standby&password=s3cret",
            "postgres://db/carts?sslmode=s3cret", "postgres://db/carts?connect_timeout=s3cret", "postgres://db/s3cret\0",
            "postgres://db/carts?host=a,b&hostaddr=10.0.0.1&password=s3cret", "postgres://ann:p@s3cret@db/carts",
            "postgres://ann:12/s3cret@db/carts", "postgres://ann:/s3cret@db/carts", "postgres://ann:p?w@s3cret@db/carts",
            "postgres://ann:12/s3cret?w@db/carts", "postgres://ann:p/w@s3cret@db/carts?sslmode=require", "postgres://db?password=p@s3cret",
            "postgres://a,b/s3cret?target_session_attrs=any",
        ])
    func refused(text: String) {
        let error = #expect(throws: CartError.self) { try PostgresLocation(text) }
        #expect(error?.code == .invalid)
        #expect(error?.reason.hasPrefix("The PostgreSQL connection string ") ?? false)
        #expect(!(error?.reason.contains("s3cret") ?? true))
    }

    @Test("names each host with its own port, and what was left out")
    func hosts() throws {
        let location = try PostgresLocation("postgres://ann@one:1,two:2/carts?client_encoding=LATIN1&connect_timeout=7")
        #expect(location.hostCount == 2)
        #expect(location.connectTimeout == .seconds(7))
        let second = location.options(forHost: 1)
        #expect(second["host"] == "two")
        #expect(second["port"] == "2")
        #expect(second["user"] == "ann")
        #expect(second["client_encoding"] == "UTF8")
        #expect(second["target_session_attrs"] == "read-write")
        #expect(second["fallback_application_name"] == "corral")
        let shared = try PostgresLocation("postgres://a,b,c/carts?port=7&target_session_attrs=primary&keepalives_idle=99")
        #expect(shared.hostCount == 3)
        #expect(shared.options(forHost: 2)["host"] == "c")
        #expect(shared.options(forHost: 2)["port"] == "7")
        #expect(shared.options(forHost: 2)["target_session_attrs"] == "primary")
        #expect(shared.options(forHost: 2)["keepalives_idle"] == "99")
        #expect(shared.connectTimeout * 3 <= .seconds(10))
        #expect(try PostgresLocation("postgres://db/carts?connect_timeout=0").connectTimeout == .seconds(5))
    }

    @Test("is the same after it has been written out", arguments: ["postgres://ann:a%25%26%20%C3%BC@one:1,two:2/c%20d?sslmode=require"])
    func writtenOut(text: String) throws {
        let location = try PostgresLocation(text)
        #expect(try PostgresLocation(location.connectionString) == location)
    }
}
#endif
