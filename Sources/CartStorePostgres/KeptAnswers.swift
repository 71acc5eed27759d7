#if Postgres
import CartCore

/// The answers to requests that may be sent again, inside a transaction.
struct KeptAnswers {
    static let select = "SELECT request, expires, answer FROM answers WHERE request = ANY($1)"
    private static let keep = SetSQL.upsert(into: "answers", [.bytes("request"), "expires", .bytes("answer")], key: 1)
    private static let forget = """
        DELETE FROM answers WHERE request IN (SELECT request FROM answers WHERE expires <= $1 ORDER BY expires LIMIT $2)
        """
    /// Expired answers that each new one takes away: more than one, so that none stay for long, and few, so that no request waits.
    private static let removals = 16

    private struct Kept {
        var expires: Int64
        var answer: [UInt8]
        var isNew = false
    }

    /// Requests that were looked for.
    private var known: Set<[UInt8]>
    private var answers: [[UInt8]: Kept] = [:]
    /// The moment of the latest request whose answer is kept.
    private var now: Timestamp?

    /// - Parameter requests: whose answers are going to be given to ``take(_:)``.
    init(requests: Set<[UInt8]>) { known = requests }

    func knows(_ request: IdempotentRequest) -> Bool { known.contains(request.id) }

    /// Takes what ``select`` answers.
    mutating func take(_ rows: Rows) {
        for row in 0..<rows.count { answers[rows.bytes(row, 0)] = Kept(expires: rows.integer(row, 1), answer: rows.bytes(row, 2)) }
    }

    mutating func take(_ rows: Rows, for request: IdempotentRequest) {
        known.insert(request.id)
        take(rows)
    }

    /// The answer to a request; nil if there is none or it is too old.
    func answer(to request: IdempotentRequest) -> [UInt8]? {
        answers[request.id].flatMap { $0.expires > request.now.milliseconds ? $0.answer : nil }
    }

    mutating func keep(_ answer: [UInt8], to request: IdempotentRequest) {
        answers[request.id] = Kept(expires: request.expires.milliseconds, answer: answer, isNew: true)
        now = now.map { max($0, request.now) } ?? request.now
    }

    /// Sends the answers that are new, and forgets some that have expired; without waiting.
    func send(on connection: Connection) throws(PostgresError) {
        let new = answers.filter(\.value.isNew)
        guard let now, !new.isEmpty else { return }
        try connection.send(Self.forget, [.integer(now.milliseconds), .integer(Int64(new.count * Self.removals))])
        try connection.send(
            Self.keep, [.blobs(new.map(\.key)), .integers(new.map(\.value.expires)), .blobs(new.map(\.value.answer))])
    }
}
#endif
