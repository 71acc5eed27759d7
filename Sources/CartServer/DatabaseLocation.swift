import CartCore
import CartStoreSQLite
import Foundation

/// Where carts are kept: the one place that knows which stores there are.
public enum DatabaseLocation: Hashable, Sendable, CustomStringConvertible {
    case sqlite(path: String)

    /// Reads `sqlite:PATH`. A database in memory could not be shared by the connections of a store.
    ///
    /// - Returns: nil for anything else.
    public init?(_ text: String) {
        let prefix = "sqlite:"
        guard text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count, text != "sqlite::memory:" else { return nil }
        self = .sqlite(path: String(text.dropFirst(prefix.count)))
    }

    /// Where it is, for people: without anything secret, and with the folder that a short path is meant from.
    public var description: String {
        switch self {
        case .sqlite(let path): "sqlite:" + URL(filePath: path).path
        }
    }

    /// Bytes that the store takes up, and that are free beside it; nil if the machine does not say.
    public var diskSpace: (used: Int64, free: Int64)? {
        switch self {
        case .sqlite(let path):
            let files = FileManager.default
            guard let free = (try? files.attributesOfFileSystem(forPath: path))?[.systemFreeSize] as? NSNumber else { return nil }
            let used = [path, path + "-wal"].reduce(0) { sum, file in
                sum + (((try? files.attributesOfItem(atPath: file))?[.size] as? NSNumber)?.int64Value ?? 0)
            }
            return (used, free.int64Value)
        }
    }

    /// Whether others than its owner may read the store's file.
    public var isReadableByOthers: Bool {
        switch self {
        case .sqlite(let path):
            let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? NSNumber
            return (mode?.intValue ?? 0) & 0o044 != 0
        }
    }

    /// Opens the store.
    ///
    /// - Parameters:
    ///   - creating: whether a store that does not exist is made.
    ///   - abandonedAfter: ``CartPolicy/abandonedAfter``, for the count of abandoned carts by day.
    /// - Throws: ``CartError`` `.unavailable` that says why the store cannot be used.
    public func open(creating: Bool, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter) throws(CartError) -> any Store {
        switch self {
        case .sqlite(let path):
            guard creating || FileManager.default.fileExists(atPath: path) else { throw Self.missing(path) }
            do throws(CartError) {
                return try SQLiteStore(path: path, abandonedAfter: abandonedAfter)
            } catch {
                throw CartError(.unavailable, "\(error.reason) It is \(URL(filePath: path).path).", retryAfter: error.retryAfter)
            }
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
        }
    }

    private static func missing(_ path: String) -> CartError {
        CartError(.unavailable, "There is no database at \(path). Name one with --database sqlite:PATH or CORRAL_DATABASE.")
    }
}
