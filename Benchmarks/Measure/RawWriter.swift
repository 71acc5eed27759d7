import CartCore

/// Transactions as the store's `Writer` and `WriteTransaction` make them, on one thread and for whoever calls.
final class RawWriter {
    /// Frames in the log, as `Writer` has them.
    private static let checkpointAfter: Int32 = 4000
    private static let checkpointFirst: Int32 = 100_000

    let counts: RawCounts
    /// Of the last write.
    private(set) var revision: Int64 = 0

    private let database: RawDatabase
    private let checkpointer: RawCheckpointer
    private var awaited: Int32 = 0
    private let begin: RawStatement
    private let commit: RawStatement
    private let readRevision: RawStatement
    private let keepRevision: RawStatement
    private let insertEntry: RawStatement
    private let actor: RawText
    private let address: RawText?
    private let memory: RawMemory

    /// - Parameter author: whom the audit trail names.
    init(path: String, author: Author) throws {
        database = try RawDatabase(path: path, .write)
        checkpointer = try RawCheckpointer(path: path)
        counts = try RawCounts(database)
        begin = try database.statement("BEGIN IMMEDIATE")
        commit = try database.statement("COMMIT")
        readRevision = try database.statement(RawSQL.revision)
        keepRevision = try database.statement(RawSQL.keepRevision)
        insertEntry = try database.statement(RawSQL.insertEntry)
        let memory = RawMemory()
        self.memory = memory
        actor = memory.keep(author.identity.description)
        address = author.address.map { memory.keep($0.description) }
    }

    func statement(_ sql: String) throws -> RawStatement { try database.statement(sql) }

    /// Runs `body` in a transaction, which is on disk when this returns.
    func transaction(_ body: () throws -> Void) throws {
        if database.logFrames > awaited + Self.checkpointFirst {
            checkpointer.checkpointNow()
            awaited = database.logFrames
        } else if database.logFrames < awaited {
            awaited = 0
        }
        try begin.run()
        guard try readRevision.step() else { throw RawError("There is no counter of revisions.") }
        revision = readRevision.integer(0)
        readRevision.reset()
        try body()
        try counts.writeEvents()
        keepRevision.bind(revision, at: 1)
        try keepRevision.run()
        try counts.writeRanksAndFacets()
        try commit.run()
        if database.logFrames > Self.checkpointAfter { checkpointer.checkpointSoon() }
    }

    func nextRevision() -> Int64 {
        revision += 1
        return revision
    }

    /// Keeps the entry of a cart's write in the audit trail.
    func note(_ action: RawText, _ cart: RawCart, revision: Int64, at now: Int64) throws {
        insertEntry.bind(revision, at: 1)
        insertEntry.bind(now, at: 2)
        insertEntry.bind(actor, at: 3)
        insertEntry.bind(address, at: 4)
        insertEntry.bind(action, at: 5)
        insertEntry.bind(cart.subject, at: 6)
        insertEntry.bind(cart.details, at: 7)
        try insertEntry.run()
    }

    /// Copies the whole log into the database, as the store does when it is closed.
    func close() { checkpointer.checkpointNow() }
}
