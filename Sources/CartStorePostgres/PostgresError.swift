#if Postgres
import CLibPQ
import CartCore

/// A failure of a statement, or of the connection to the database.
struct PostgresError: Error, CustomStringConvertible, CustomDebugStringConvertible {
    /// PostgreSQL's code of five characters; nil if the connection failed without one.
    let sqlState: String?
    /// The database's own words. They may quote a value, so they are for nobody but a debugger.
    let message: String
    /// Whether the database did not answer in the time that it was given.
    let isTimeout: Bool
    /// Whether the connection cannot be used any more, and another may be tried.
    let isConnectionLost: Bool
    /// Whether the connection was lost after COMMIT had been sent and before its answer: the transaction was done, or was not.
    var isOutcomeUnknown: Bool
    /// Whether it is about a prepared statement that the database has forgotten, or prepared for tables that have changed since.
    var isStale = false

    /// - Parameter isFatal: whether the database closes the connection with this error, which some codes say by themselves.
    init(sqlState: String?, message: String, isTimeout: Bool = false, isFatal: Bool = false) {
        self.sqlState = sqlState
        self.message = message
        self.isTimeout = isTimeout
        isConnectionLost = isFatal || sqlState.map(Self.endsConnection) ?? true
        isOutcomeUnknown = sqlState == "40003"
    }

    /// - Parameter result: libpq's, of a statement that failed.
    init(_ result: OpaquePointer) {
        let severity = Self.field("V", of: result) ?? ""
        self.init(
            sqlState: Self.field("C", of: result),
            message: Self.field("M", of: result) ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "",
            isFatal: severity == "FATAL" || severity == "PANIC")
    }

    static let timeout = PostgresError(sqlState: nil, message: "no answer in time", isTimeout: true)
    static let readOnly = PostgresError(sqlState: "25006", message: "the database takes no writes")
    static let closed = PostgresError(sqlState: nil, message: "the connection is closed")

    /// Whether it tells of the connection alone: whoever noticed it, perhaps a pooler in between, knows nothing of what was sent before.
    var isAboutConnection: Bool { sqlState.map { $0.hasPrefix("08") } ?? true }

    /// Whether who was told so has waited as long as anybody may, for the database or for somebody's lock.
    var isTooLate: Bool { isTimeout || sqlState == "57014" || sqlState == "55P03" }

    /// Whether the transaction was not done, and may succeed when it is tried again as a whole: it met another one, or a prepared
    /// statement that the connection has forgotten meanwhile.
    var isRetryable: Bool { sqlState == "40001" || sqlState == "40P01" || isStale }

    /// The connection ends, the server goes, or it has become one that cannot be written to.
    private static func endsConnection(_ sqlState: String) -> Bool {
        // A statement with too few values is a violation of the protocol, too, and ends nothing.
        sqlState.hasPrefix("08") && sqlState != "08P01" || ["57P01", "57P02", "57P03", "57P05", "25P03", "25006"].contains(sqlState)
    }

    private static func field(_ code: Unicode.Scalar, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }

    var description: String { "PostgreSQL error \(sqlState ?? (isTimeout ? "(no answer in time)" : "(connection)"))" }

    var debugDescription: String { "\(description): \(message)" }

    /// What callers of the port are told: the store cannot be used now, and when to try again.
    var unavailable: CartError {
        if isOutcomeUnknown {
            return CartError(.unavailable, "The connection to the database was lost; what was to be written may have been.", retryAfter: 1)
        }
        let (reason, retryAfter) = Self.reason(sqlState, isTimeout: isTimeout)
        return CartError(.unavailable, reason, retryAfter: retryAfter)
    }

    private static func reason(_ sqlState: String?, isTimeout: Bool) -> (String, retryAfter: Int) {
        guard let sqlState else {
            return isTimeout ? ("The database did not answer in time.", 2) : ("The database cannot be reached.", 2)
        }
        switch sqlState {
        case "25006": return ("The database cannot be written to.", 5)
        case "26000", "42P05": return ("The database forgets prepared statements; a pooler in front of it must keep them.", 1)
        case "3D000": return ("There is no such database.", 5)
        case "42501": return ("The database does not permit its user to do this.", 5)
        case "53100": return ("The database's disk is full.", 5)
        case "53300": return ("The database takes no more connections.", 1)
        case "55P03": return ("The database is locked by another process.", 1)
        case "57014", "25P03": return ("The database did not answer in time.", 2)
        case "57P01", "57P02", "57P03": return ("The database is starting or shutting down.", 2)
        case "XX001", "XX002": return ("The database is damaged; restore a backup.", 5)
        default: break
        }
        switch sqlState.prefix(2) {
        case "08": return ("The database cannot be reached.", 2)
        case "28": return ("The database does not accept the user or the password.", 5)
        case "40": return ("The database was busy with other writes.", 1)
        case "53": return ("The database has no memory or other resources left.", 5)
        case "58": return ("The database's machine reports an error.", 5)
        default: return ("The database reports error \(sqlState).", 5)
        }
    }
}
#endif
