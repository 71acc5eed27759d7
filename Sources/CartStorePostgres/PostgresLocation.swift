#if Postgres
import CLibPQ
import CartCore

/// Where a PostgreSQL database is, and as whom it is used: a connection string such as `postgres://user@host/database`.
///
/// It may name several hosts, which are tried in turn until one of them can be written to. What is left out is taken from where libpq's
/// other programs take it: its environment variables, such as `PGPASSWORD`, and the password file.
public struct PostgresLocation: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private static let schemes = ["postgres://", "postgresql://"]
    /// For as long all hosts together are waited for.
    private static let mostConnectSeconds = 10

    /// What the connection string says, by libpq's keywords.
    private(set) var options: [String: String]

    /// - Returns: whether the text is meant as a connection string.
    public static func isMeant(by text: String) -> Bool { schemes.contains { text.hasPrefix($0) } }

    /// - Throws: ``CartError`` `.invalid` that says what is wrong, also as that of a field, and quotes nothing.
    public init(_ text: String) throws(CartError) {
        guard Self.isMeant(by: text) else { throw Self.wrong("must begin with postgres:// or postgresql://") }
        guard !text.utf8.contains(0) else { throw Self.wrong("must not contain U+0000") }
        guard Self.hasClearPassword(text) else {
            throw Self.wrong("must have %40, %2F and %3F for @, / and ? in names and passwords")
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(text, &message) else {
            let isAboutParameter = message.map { String(cString: $0).contains("query parameter") } ?? false
            PQfreemem(message)
            throw Self.wrong(
                isAboutParameter
                    ? "has a query parameter that PostgreSQL's library does not know"
                    : "must look like postgres://user@host:5432/database, with %XX for special characters in names and passwords")
        }
        defer { PQconninfoFree(parsed) }
        options = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        try check()
    }

    /// Whether libpq takes for the password what was meant as one; else a part of it would pass for a host or a database, which are shown.
    private static func hasClearPassword(_ text: String) -> Bool {
        guard let scheme = schemes.first(where: text.hasPrefix) else { return false }
        let parts = text.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let place = parts.first else { return true }
        if let at = place.firstIndex(of: "@") { return !place[..<at].contains("/") && !place[at...].dropFirst().contains("@") }
        // Without any sign of an end libpq looks for the password's in what follows, too.
        return place.contains("/") || parts.count == 1 || !parts[1].contains("@")
    }

    /// What libpq would complain of when it connects is said at once.
    private func check() throws(CartError) {
        let ports = list("port")
        guard ports.allSatisfy({ $0.isEmpty || Int($0).map { 1...65535 ~= $0 } ?? false }) else {
            throw Self.wrong("must have ports from 1 to 65535")
        }
        guard ports.count <= 1 || ports.count == hostCount else { throw Self.wrong("must have one port, or as many as hosts") }
        let addresses = list("hostaddr")
        guard addresses.isEmpty || list("host").isEmpty || addresses.count == list("host").count else {
            throw Self.wrong("must have as many host addresses as hosts")
        }
        guard options["connect_timeout"].map({ Int($0) != nil }) ?? true else { throw Self.wrong("must have connect_timeout in seconds") }
        let modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
        guard options["sslmode"].map(modes.contains) ?? true else {
            throw Self.wrong("must have an sslmode of \(modes.dropLast().joined(separator: ", ")) or verify-full")
        }
        guard options["target_session_attrs"].map(["any", "read-write", "primary"].contains) ?? true else {
            throw Self.wrong("must have target_session_attrs=read-write, primary or any, since carts are written")
        }
        // Of several hosts the first might be a standby for ever.
        guard options["target_session_attrs"] != "any" || hostCount == 1 else {
            throw Self.wrong("must not have target_session_attrs=any for several hosts, since carts are written")
        }
    }

    private static func wrong(_ what: String) -> CartError {
        CartError(
            .invalid, "The PostgreSQL connection string \(what).", fields: [CartError.Field(name: "connection string", reason: what)])
    }

    /// The parts of an option that has one for each host.
    private func list(_ keyword: String) -> [String] {
        guard let value = options[keyword], !value.isEmpty else { return [] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// How many hosts there are to try, at least one.
    var hostCount: Int { max(1, list("host").count, list("hostaddr").count) }

    /// What libpq is given to connect to one of the hosts.
    func options(forHost host: Int) -> [String: String] {
        var options = options
        for keyword in ["host", "hostaddr", "port"] {
            let parts = list(keyword)
            if parts.count > 1 { options[keyword] = parts.indices.contains(host) ? parts[host] : nil }
        }
        // Text is read and sent as UTF-8, whatever else is asked for.
        options["client_encoding"] = "UTF8"
        options["connect_timeout"] = nil
        let defaults = [
            "fallback_application_name": "corral", "target_session_attrs": "read-write", "keepalives_idle": "10",
            "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "10000",
        ]
        return options.merging(defaults) { given, _ in given }
    }

    /// For as long one host is waited for when connecting: 5 s, unless the string says otherwise; less if there are several.
    var connectTimeout: Duration {
        let asked = options["connect_timeout"].flatMap { Int($0) } ?? 0
        if asked > 0 { return .seconds(min(asked, 3600)) }
        return .milliseconds(min(5000, Self.mostConnectSeconds * 1000 / hostCount))
    }

    /// The same with another database of the same server.
    package func naming(database: String) -> PostgresLocation {
        var location = self
        location.options["dbname"] = database
        return location
    }

    /// The same with other hosts, or folders of sockets, and ports, separated by commas.
    func naming(host: String, port: String) -> PostgresLocation {
        var location = self
        location.options["host"] = host
        location.options["hostaddr"] = nil
        location.options["port"] = port
        return location
    }

    /// The whole as a connection string, with the password if there is one: it is for no log and no error.
    package var connectionString: String {
        let query = options.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.escaped($0.value))" }
        return "postgres:///?" + query.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { escaped, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: ":"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }

    /// Where it is, for people: hosts, ports and database, and never a user, a password or an option.
    public var description: String {
        let addresses = list("hostaddr")
        let hosts = list("host").isEmpty ? addresses : list("host")
        let ports = list("port")
        let places = hosts.enumerated().map { place, host in
            let port = ports.count > 1 ? ports[place] : ports.first ?? ""
            return port.isEmpty ? host : "\(host):\(port)"
        }
        let database = options["dbname"] ?? ""
        // A folder of sockets cannot stand where a host does.
        guard !hosts.contains(where: { $0.hasPrefix("/") }) else {
            return "postgres:///\(database)?host=" + hosts.joined(separator: ",")
                + (ports.isEmpty ? "" : "&port=" + ports.joined(separator: ","))
        }
        return "postgres://\(places.joined(separator: ","))/\(database)"
    }

    public var debugDescription: String { description }

    /// Shows as little as ``description``.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
#endif
