import ArgumentParser
import CartCore
import Foundation

/// What SQLite alone takes for durable writes of carts: the statements of the store, without HTTP and without JSON.
///
/// For a cart whose quantity has changed those are, in the order of `CartRows` and `WriteTransaction`:
///
/// - for each write: ``RawSQL/find``, ``RawSQL/updateCart``, ``RawSQL/replaceDocument``, ``RawSQL/insertEntry``;
/// - for each group: `BEGIN IMMEDIATE`, ``RawSQL/revision``; ``RawSQL/countEvents`` for carts that had been abandoned;
///   ``RawSQL/keepRevision``; for the orders by time of change, expiry and both totals ``RawSQL/findRun``,
///   ``RawSQL/findNextRun`` and ``RawSQL/keepRun`` of each run that carts came to or left, and the walk that cuts a run;
///   ``RawSQL/countFacet`` and ``RawSQL/removeFacet`` where flags have changed; `COMMIT`.
///
/// Products, names and e-mail stay, so `cart_products` and `cart_search` do. A server also reads the cart before it writes it;
/// that is left out. The columns of the carts no longer fit their documents afterwards.
struct RawWritesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raw-writes", abstract: "Writes carts straight through SQLite, with the statements of the store's writer.",
        discussion: "It changes the carts of the database; give it a copy.")

    @Option(help: "The database file.")
    var path: String
    @Option(help: "Writes in one transaction.")
    var group = 100
    @Option(help: "How long.")
    var seconds = 10
    @Option(help: "How many different carts are written to, others each time; when they are used up it begins again.")
    var carts = 50_000

    func validate() throws {
        guard group > 0, seconds > 0, carts > 0 else {
            throw ValidationError("--group, --seconds and --carts must be more than 0.")
        }
    }

    func run() throws {
        let author = Author(.key(id: 1), from: NetworkAddress("127.0.0.1"), at: SystemWallClock().now)
        var random = SplitMix(state: .random(in: .min ... .max))
        let standing = try read(by: author, &random)
        let order = standing.list.indices.shuffled(using: &random)
        let writer = try RawWriter(path: path, author: author)
        let replacement = try Replacement(writer)
        var written = 0
        var times: [Double] = []
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        var now = start
        try withExtendedLifetime(standing) {
            repeat {
                let moment = SystemWallClock().now.milliseconds
                try writer.transaction {
                    for _ in 0..<group {
                        let cart = standing.list[order[written % order.count]]
                        try replacement.write(cart, adding: .random(in: 1...1000, using: &random), at: moment)
                        written += 1
                    }
                }
                let began = now
                now = clock.now
                times.append((now - began) / .milliseconds(1))
            } while now < end
        }
        let rate = Double(written) / ((now - start) / .seconds(1))
        writer.close()
        times.sort()
        print(
            String(
                format: "{\"writes_per_second\": %.0f, \"group\": \(group), \"p50_ms\": %.3f, \"p99_ms\": %.3f}", rate,
                times[times.count / 2], times[times.count * 99 / 100]))
    }

    /// Carts with items to buy from all parts of the database, and the documents that they have.
    private func read(by author: Author, _ random: inout SplitMix) throws -> RawCarts {
        let database = try RawDatabase(path: path, .read)
        let walk = try database.statement("SELECT id FROM carts INDEXED BY carts_id WHERE flags & \(RawCart.Flag.holdsCart)")
        var ids: [Int64] = []
        while try walk.step() { ids.append(walk.integer(0)) }
        guard !ids.isEmpty else { throw RawError("There are no carts with items.") }
        ids.shuffle(using: &random)
        let select = try database.statement(RawSQL.whole + " WHERE id = ?1")
        let found = RawCarts()
        for id in ids.prefix(carts).sorted() {
            select.bind(id, at: 1)
            if try select.step() {
                found.append(select) { key, old in
                    var new = old
                    new.revision += 1
                    return .cart(key, from: old, to: new, by: author)
                }
            }
            select.reset()
        }
        return found
    }
}

/// Writing a cart over itself with other totals.
private struct Replacement {
    let writer: RawWriter
    let find: RawStatement
    let update: RawStatement
    let replace: RawStatement
    let abandonedAfter: Int64
    let guestLifetime: Int64
    let customerLifetime: Int64
    let action = RawText("cart.replace")

    init(_ writer: RawWriter) throws {
        self.writer = writer
        find = try writer.statement(RawSQL.find)
        update = try writer.statement(RawSQL.updateCart)
        replace = try writer.statement(RawSQL.replaceDocument)
        let policy = CartPolicy()
        abandonedAfter = policy.abandonedAfter.milliseconds
        guestLifetime = policy.guestLifetime.milliseconds
        customerLifetime = policy.customerLifetime.milliseconds
    }

    /// - Parameter cart: texts and document to write; the numbers are those that stand under its key.
    func write(_ cart: RawCart, adding difference: Int64, at now: Int64) throws {
        find.bind(cart.key, at: 1)
        guard try find.step() else { throw RawError("A cart is gone.") }
        var new = cart
        new.id = find.integer(0)
        new.storeID = find.integer(3)
        new.ownerID = find.integer(4)
        new.created = find.integer(6)
        new.items = find.integer(16)
        let flags = find.integer(5)
        let updated = find.integer(7)
        let expires = find.integer(8)
        let total = find.integer(9)
        let productsTotal = find.integer(10)
        find.reset()

        let revision = writer.nextRevision()
        let abandoned = updated + abandonedAfter
        let wasAbandoned =
            flags & (RawCart.Flag.holdsCart | RawCart.Flag.converted) == RawCart.Flag.holdsCart
            && abandoned <= now && abandoned < expires
        new.flags = wasAbandoned ? flags | RawCart.Flag.wasAbandoned : flags
        new.updated = now
        new.expires = now + (flags & RawCart.Flag.guest == 0 ? customerLifetime : guestLifetime)
        new.total = total + difference
        new.productsTotal = productsTotal + difference
        new.bind(to: update)
        try update.run()
        new.bindDocument(to: replace, revision: revision)
        try replace.run()

        let counts = writer.counts
        if wasAbandoned {
            counts.count(.abandoned, storeID: new.storeID, at: abandoned)
            counts.count(.recovered, storeID: new.storeID, at: now)
        }
        counts.move(.updated, from: updated, to: new.updated, new)
        counts.move(.expires, from: expires, to: new.expires, new)
        counts.move(.total, from: total, to: new.total, new)
        counts.move(.productsTotal, from: productsTotal, to: new.productsTotal, new)
        if flags != new.flags {
            counts.count(-1, storeID: new.storeID, flags: flags)
            counts.count(1, storeID: new.storeID, flags: new.flags)
        }
        try writer.note(action, new, revision: revision, at: now)
    }
}

/// Random numbers that cost next to nothing.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
