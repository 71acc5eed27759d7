import ArgumentParser
import CartCore
import CartStoreSQLite
import Foundation

/// What SQLite alone takes for `corral import ndjson` into a new store: the statements of the store, without reading JSON.
///
/// An import hands its carts to `CartService.put`, a thousand at a time, which are one call of `SQLiteStore.apply` and one
/// transaction: not the path of `fill`, which leaves indexes and counts for the end. So the statements are:
///
/// - for each cart: ``RawSQL/find``, which finds none, ``RawSQL/insertCart``, ``RawSQL/insertDocument``,
///   ``RawSQL/insertProduct`` for each product, ``RawSQL/insertText``, ``RawSQL/insertEntry``;
/// - for each thousand: `BEGIN IMMEDIATE`, ``RawSQL/revision``, ``RawSQL/countEvents``, ``RawSQL/keepRevision``, for all seven
///   orders ``RawSQL/findRun``, ``RawSQL/findNextRun``, ``RawSQL/keepRun`` and the walk that cuts a run,
///   ``RawSQL/countFacet``, `COMMIT`.
///
/// The time includes copying the log into the database at the end, as that of an import does. An import also looks each key up
/// before it hands its carts over; that is left out.
struct RawInsertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raw-inserts", abstract: "Copies carts into a new database, with the statements of an import.")

    @Option(help: "The database file to take the carts from.")
    var from: String
    @Option(help: "The database file to make.")
    var to: String

    /// Carts in one transaction, as in `ImportCommand`.
    private static let batch = 1000
    /// Carts that are read at once.
    private static let chunk = 50_000

    func validate() throws {
        guard !FileManager.default.fileExists(atPath: to) else { throw ValidationError("\(to) exists already.") }
    }

    func run() async throws {
        // It makes the schema.
        let store = try SQLiteStore(path: to)
        await store.close()
        try copyCarts()
    }

    private func copyCarts() throws {
        let author = Author(.commandLine(user: NSUserName()), at: SystemWallClock().now)
        let source = try RawDatabase(path: from, .read)
        let select = try source.statement(RawSQL.whole + " WHERE id > ?1 ORDER BY id LIMIT \(Self.chunk)")
        let writer = try RawWriter(path: to, author: author)
        let insertion = try Insertion(writer)
        let clock = ContinuousClock()
        var time = Duration.zero
        var (count, last): (Int, Int64) = (0, 0)
        while true {
            let carts = RawCarts()
            select.bind(last, at: 1)
            while try select.step() {
                // Ids and revisions of a new store begin with 1.
                let revision = Int64(count + carts.list.count + 1)
                carts.append(select) { key, cart in
                    var new = cart
                    new.revision = revision
                    return .cart(key, from: nil, to: new, by: author)
                }
            }
            select.reset()
            guard let newest = carts.list.last else { break }
            last = newest.id
            let start = clock.now
            try withExtendedLifetime(carts) {
                for first in stride(from: 0, to: carts.list.count, by: Self.batch) {
                    let moment = SystemWallClock().now.milliseconds
                    try writer.transaction {
                        for place in first..<min(first + Self.batch, carts.list.count) {
                            try insertion.write(carts.list[place], of: carts, at: moment)
                        }
                    }
                }
            }
            time += clock.now - start
            count += carts.list.count
        }
        let start = clock.now
        writer.close()
        time += clock.now - start
        print(String(format: "{\"carts_per_second\": %.0f, \"carts\": \(count)}", Double(count) / (time / .seconds(1))))
    }
}

/// Writing a cart under a key that is new.
private struct Insertion {
    let writer: RawWriter
    let find: RawStatement
    let insert: RawStatement
    let insertDocument: RawStatement
    let insertProduct: RawStatement
    let insertText: RawStatement
    let action = RawText("cart.create")

    init(_ writer: RawWriter) throws {
        self.writer = writer
        find = try writer.statement(RawSQL.find)
        insert = try writer.statement(RawSQL.insertCart)
        insertDocument = try writer.statement(RawSQL.insertDocument)
        insertProduct = try writer.statement(RawSQL.insertProduct)
        insertText = try writer.statement(RawSQL.insertText)
    }

    func write(_ cart: RawCart, of carts: RawCarts, at now: Int64) throws {
        find.bind(cart.key, at: 1)
        guard try !find.step() else { throw RawError("A key stands already.") }
        find.reset()
        let revision = writer.nextRevision()
        var new = cart
        new.id = revision
        new.bind(to: insert)
        try insert.run()
        new.bindDocument(to: insertDocument, revision: revision)
        try insertDocument.run()
        writer.counts.add(new, at: now)
        for row in new.productRows {
            insertProduct.bind(carts.products[row].product, at: 1)
            insertProduct.bind(revision, at: 2)
            insertProduct.bind(carts.products[row].kinds, at: 3)
            try insertProduct.run()
        }
        insertText.bind(revision, at: 1)
        insertText.bind(new.name, at: 2)
        insertText.bind(new.email, at: 3)
        insertText.bind(new.key, at: 4)
        try insertText.run()
        try writer.note(action, new, revision: revision, at: now)
    }
}
