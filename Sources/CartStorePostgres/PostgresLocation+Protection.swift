#if Postgres
import CLibPQ
import CartCore

extension PostgresLocation {
    /// How what is sent to a database is protected on its way.
    public enum Protection: Sendable {
        /// It stays on this machine, or is encrypted for a server that has shown who it is.
        case certain
        /// It is encrypted for whoever answers.
        case encryptedForAnybody
        /// It goes in clear, or does when somebody on the way wants it to.
        case uncertain
    }

    /// As the connection string says, and the variables of the environment that libpq looks at besides.
    ///
    /// A service of the string may be any host, with any options that the string does not have.
    public var protection: Protection {
        guard namesService || hosts.contains(where: Self.isElsewhere) else { return .certain }
        return switch value("sslmode") {
        case "verify-full": .certain
        // That a certificate is good does not say whose it is.
        case "verify-ca", "require": .encryptedForAnybody
        default: .uncertain
        }
    }

    private var namesService: Bool { options["service"]?.isEmpty == false }

    private var hosts: [Substring] {
        (value("hostaddr") ?? value("host") ?? "").split(separator: ",", omittingEmptySubsequences: false)
    }

    /// Not a folder of sockets, and not an address of this machine.
    private static func isElsewhere(_ host: Substring) -> Bool {
        guard let first = host.first, first != "/", first != "@" else { return false }
        return host != "localhost" && NetworkAddress(String(host))?.isLoopback != true
    }

    /// What holds for a keyword; nil if nothing is said.
    private func value(_ keyword: String) -> String? {
        let value = options[keyword] ?? (namesService ? nil : Self.standard(keyword))
        return value?.isEmpty == true ? nil : value
    }

    /// What libpq takes where a connection string says nothing.
    private static func standard(_ keyword: String) -> String? {
        guard let defaults = PQconndefaults() else { return nil }
        defer { PQconninfoFree(defaults) }
        var option = defaults
        while let name = option.pointee.keyword {
            if String(cString: name) == keyword { return option.pointee.val.map { String(cString: $0) } }
            option += 1
        }
        return nil
    }
}
#endif
