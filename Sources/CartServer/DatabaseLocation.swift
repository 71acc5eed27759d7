import CartCore
import CartStoreSQLite
import Foundation

#if Postgres
import CartStorePostgres
#endif

/// Where carts are kept: the one place that knows which stores there are.
public enum DatabaseLocation: Hashable, Sendable, CustomStringConvertible {
    case sqlite(path: String)
    #if Postgres
    case postgres(PostgresLocation)
    #endif

    /// How a location is written, for people.
    public static let forms = isPostgresBuiltIn ? "sqlite:PATH or postgres://USER@HOST/DATABASE" : "sqlite:PATH"

    #if Postgres
    private static let isPostgresBuiltIn = true
    #else
    private static let isPostgresBuiltIn = false
    #endif

    /// Reads `sqlite:PATH` and `postgres://…`. A SQLite database in memory could not be shared by the connections of a store.
    ///
    /// - Throws: ``SettingsError`` about the key `database`, with what is wrong, and nothing of the text.
    public init(_ text: String) throws(SettingsError) {
        let prefix = "sqlite:"
        if text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count, text != "sqlite::memory:" {
            self = .sqlite(path: String(text.dropFirst(prefix.count)))
            return
        }
        #if Postgres
        if PostgresLocation.isMeant(by: text) {
            do throws(CartError) {
                self = .postgres(try PostgresLocation(text))
                return
            } catch {
                throw SettingsError(key: "database", rule: error.fields.first?.reason ?? "must be \(Self.forms)")
            }
        }
        #else
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            throw SettingsError(key: "database", rule: "must be \(Self.forms), since this program was built without PostgreSQL")
        }
        #endif
        throw SettingsError(key: "database", rule: "must be \(Self.forms)")
    }

    /// Where it is, for people: without anything secret, and with the folder that a short path is meant from.
    public var description: String {
        switch self {
        case .sqlite(let path): "sqlite:" + URL(filePath: path).path
        #if Postgres
        case .postgres(let location): location.description
        #endif
        }
    }

    /// Bytes that the store takes up, and that are free beside it, where this machine can tell; nil if nobody says how many.
    ///
    /// - Parameter store: what ``open(creating:abandonedAfter:)`` gave.
    public func diskSpace(of store: any Store) async -> (used: Int64, free: Int64?)? {
        switch self {
        case .sqlite(let path):
            let files = FileManager.default
            guard let free = (try? files.attributesOfFileSystem(forPath: path))?[.systemFreeSize] as? NSNumber else { return nil }
            let used = [path, path + "-wal"].reduce(0) { sum, file in
                sum + (((try? files.attributesOfItem(atPath: file))?[.size] as? NSNumber)?.int64Value ?? 0)
            }
            return (used, free.int64Value)
        #if Postgres
        case .postgres:
            guard let used = await (store as? PostgresStore)?.size() else { return nil }
            return (used, nil)
        #endif
        }
    }

    /// What lets others read the carts without asking Corral, and what to do about it; nil if nothing is known of.
    public var exposure: String? {
        switch self {
        case .sqlite(let path):
            let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? NSNumber
            guard (mode?.intValue ?? 0) & 0o044 != 0 else { return nil }
            return "Other users of the machine can read the database file. Take that right from them (chmod 600)."
        #if Postgres
        case .postgres(let location):
            switch location.protection {
            case .certain: return nil
            case .encryptedForAnybody:
                return """
                    The connection to the database is encrypted, but nobody makes sure that it is yours. Set sslmode=verify-full and \
                    sslrootcert in the connection string.
                    """
            case .uncertain:
                return """
                    Passwords and carts may cross the network to the database in clear. Set sslmode=verify-full and sslrootcert in the \
                    connection string.
                    """
            }
        #endif
        }
    }

    /// Opens the store.
    ///
    /// - Parameters:
    ///   - creating: whether a store that does not exist is made.
    ///   - abandonedAfter: ``CartPolicy/abandonedAfter``, for the count of abandoned carts by day.
    /// - Throws: ``CartError`` `.unavailable` that says why the store cannot be used.
    public func open(creating: Bool, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter) throws(CartError) -> any Store {
        try openCopyable(creating: creating, abandonedAfter: abandonedAfter)
    }

    /// Opens the store as ``open(creating:abandonedAfter:)`` does.
    func openCopyable(
        creating: Bool, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter
    ) throws(CartError) -> any Store & CopyableStore {
        switch self {
        case .sqlite(let path):
            guard creating || FileManager.default.fileExists(atPath: path) else { throw Self.missing(path) }
            do throws(CartError) {
                return try SQLiteStore(path: path, abandonedAfter: abandonedAfter)
            } catch {
                throw CartError(.unavailable, "\(error.reason) It is \(URL(filePath: path).path).", retryAfter: error.retryAfter)
            }
        #if Postgres
        case .postgres(let location):
            do throws(CartError) {
                return try PostgresStore(location, abandonedAfter: abandonedAfter, creating: creating)
            } catch {
                throw CartError(.unavailable, "\(error.reason) It is \(location).", retryAfter: error.retryAfter)
            }
        #endif
        }
    }

    /// Writes a backup of the store into one file, also while servers write to the store. It takes its name when it is whole and on disk.
    ///
    /// - Parameters:
    ///   - path: the file; a backup that has this name is replaced. The owner alone can read it.
    ///   - shouldStop: asked now and then; true ends the work and leaves nothing behind.
    /// - Returns: what is in the backup.
    /// - Throws: ``CartError`` `.unavailable` that says why there is no new backup.
    public func backup(to path: String, shouldStop: @escaping @Sendable () -> Bool = { false }) async throws(CartError) -> StoreContent {
        switch self {
        case .sqlite(let store):
            guard FileManager.default.fileExists(atPath: store) else { throw Self.missing(store) }
            return try await SQLiteBackup.write(of: store, to: path, shouldStop: shouldStop)
        #if Postgres
        case .postgres: throw CartError(.unavailable, "A PostgreSQL database is backed up with pg_dump: see docs/scaling.md.")
        #endif
        }
    }

    /// Puts a backup in place of what the store holds, after verifying it; a store that does not exist is made. Until it is done the store
    /// holds what it held before, whatever happens.
    ///
    /// - Parameters:
    ///   - path: the backup's file.
    ///   - author: who restores, and when.
    ///   - mayReplace: asked before a store is replaced that was ever written to, with what it holds; nil if that cannot be read. Meanwhile
    ///     nobody else can use the store.
    ///   - shouldStop: asked now and then; true ends the work.
    /// - Returns: what the store holds now.
    /// - Throws: ``CartError`` `.conflict` if the store may not be replaced; `.unavailable` that says why it cannot be, as that another
    ///   process has it open or that the backup is damaged.
    public func restore(
        from path: String, by author: Author, replacing mayReplace: @escaping @Sendable (StoreContent?) -> Bool,
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) async throws(CartError) -> StoreContent {
        switch self {
        case .sqlite(let store):
            return try await SQLiteBackup.restore(path, to: store, by: author, replacing: mayReplace, shouldStop: shouldStop)
        #if Postgres
        case .postgres: throw CartError(.unavailable, "A PostgreSQL database is restored with pg_restore: see docs/scaling.md.")
        #endif
        }
    }

    private static func missing(_ path: String) -> CartError {
        CartError(.unavailable, "There is no database at \(path). Name one with --database sqlite:PATH or CORRAL_DATABASE.")
    }
}
