import CartCore
import CartHTTP
import Foundation
import HTTPTypes
import Hummingbird

/// The operators' pages: what goes on in the shop, its carts, and their care.
///
/// Pages are whole HTML that works without a script; a small script adds what is pleasant. Whoever wants to see them signs in with a
/// user's name and password; what the user may do is what the user's role allows. Every POST carries a text that only a page of the same
/// session can know.
public struct Dashboard: Dialect {
    public let name = "dashboard"
    public let responder: RouterResponder<CartRequestContext>
    public let routes: [Route]
    private let pages: Pages

    /// What the pages show and do, made by whoever puts the server together.
    public struct Parts: Sendable {
        public var carts: CartService
        public var keys: KeyService
        public var store: any Store
        public var statistics: LatestStatistics
        public var sweeper: Sweeper
        public var sweepMetrics: SweepMetrics
        public var gate: Gate
        public var limits: HTTPLimits
        public var baseURL: BaseURL
        public var clock: any WallClock
        public var random: any RandomSource
        public var settings: SettingsShown
        /// The forms in which the dialects send a cart.
        public var documents: [DocumentForm]
        public var files: Files

        public init(
            carts: CartService, keys: KeyService, store: any Store, statistics: LatestStatistics, sweeper: Sweeper,
            sweepMetrics: SweepMetrics, gate: Gate, limits: HTTPLimits, baseURL: BaseURL, clock: any WallClock, random: any RandomSource,
            settings: SettingsShown, documents: [DocumentForm], files: Files
        ) {
            self.carts = carts
            self.keys = keys
            self.store = store
            self.statistics = statistics
            self.sweeper = sweeper
            self.sweepMetrics = sweepMetrics
            self.gate = gate
            self.limits = limits
            self.baseURL = baseURL
            self.clock = clock
            self.random = random
            self.settings = settings
            self.documents = documents
            self.files = files
        }
    }

    public init(_ parts: Parts) {
        pages = Pages(parts)
        let router = Router(context: CartRequestContext.self)
        pages.add(to: router)
        routes = router.all
        responder = router.buildResponder()
    }

    /// The pages' own paths; everything else is the API's.
    public func path(of request: Request, at path: String) -> String? {
        let first = path.utf8.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        return path == "/" || Self.roots.contains(Substring(first)) ? path : nil
    }

    private static let roots: Set<Substring> = [
        "sign-in", "sign-out", "carts", "keys", "audit", "settings", "sweep", "events", "changes", "assets",
    ]

    public func response(to error: CartError, for request: Request, _ context: CartRequestContext) -> Response {
        pages.response(to: error, for: request, context)
    }
}

/// What the page of settings shows.
public struct SettingsShown: Sendable {
    /// One setting.
    public struct Setting: Sendable {
        public var key: String
        public var value: String
        /// One sentence.
        public var meaning: String

        public init(_ key: String, _ value: String, _ meaning: String) {
            self.key = key
            self.value = value
            self.meaning = meaning
        }
    }

    public var timeZone: TimeZone
    /// Of new carts; its amounts come first.
    public var currency: Currency
    /// Whether this server sweeps by itself, and how often.
    public var sweeps: Bool
    public var sweepInterval: TimeSpan
    /// Where the carts are kept.
    public var database: String
    /// Bytes that the store takes up and that are free beside it; nil if nobody knows.
    public var diskSpace: @Sendable () async -> (used: Int64, free: Int64?)?
    public var version: String
    public var all: [Setting]

    public init(
        timeZone: TimeZone, currency: Currency, sweeps: Bool, sweepInterval: TimeSpan, database: String,
        diskSpace: @escaping @Sendable () async -> (used: Int64, free: Int64?)?, version: String, all: [Setting]
    ) {
        self.timeZone = timeZone
        self.currency = currency
        self.sweeps = sweeps
        self.sweepInterval = sweepInterval
        self.database = database
        self.diskSpace = diskSpace
        self.version = version
        self.all = all
    }
}

/// A form in which a dialect sends a cart.
public struct DocumentForm: Sendable {
    public var id: String
    public var name: String
    /// The path under which the dialect answers with it, and the very bytes; nil where the dialect does not show the cart.
    public var make: Making

    public typealias Making = @Sendable (CartRecord, StoredCart, StateClock) -> (path: String, json: [UInt8])?

    public init(id: String, name: String, make: @escaping Making) {
        self.id = id
        self.name = name
        self.make = make
    }
}

/// What the pages are made with, by the names of the files.
public struct Files: Sendable {
    /// One file.
    public struct File: Sendable {
        public var name: String
        public var bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    public var all: [File]

    public init(_ all: [File]) { self.all = all }

    /// The texts of the templates by their names.
    var templates: [String: String] {
        let ending = ".mustache"
        return all.filter { $0.name.hasSuffix(ending) }.reduce(into: [:]) { templates, file in
            templates[String(file.name.dropLast(ending.count))] = String(decoding: file.bytes, as: UTF8.self)
        }
    }

    func bytes(of name: String) -> [UInt8]? { all.first { $0.name == name }?.bytes }
}
