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
            guard creating || FileManager.default.fileExists(atPath: path) else {
                throw CartError(.unavailable, "There is no database at \(path). Name one with --database sqlite:PATH or CORRAL_DATABASE.")
            }
            do throws(CartError) {
                return try SQLiteStore(path: path, abandonedAfter: abandonedAfter)
            } catch {
                throw CartError(.unavailable, "\(error.reason) It is \(URL(filePath: path).path).", retryAfter: error.retryAfter)
            }
        }
    }
}
