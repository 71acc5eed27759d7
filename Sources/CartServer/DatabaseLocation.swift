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

    /// Opens the store.
    ///
    /// - Parameter creating: whether a store that does not exist is made.
    /// - Throws: ``CartError`` `.unavailable` that says why the store cannot be used.
    public func open(creating: Bool) throws(CartError) -> any Store {
        switch self {
        case .sqlite(let path):
            guard creating || FileManager.default.fileExists(atPath: path) else {
                throw CartError(.unavailable, "There is no database at \(path). Name one with --database sqlite:PATH or CORRAL_DATABASE.")
            }
            return try SQLiteStore(path: path)
        }
    }
}
