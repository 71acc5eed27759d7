import CartCore
import CartHTTP
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// Pages hear of changes here: as events of a stream, or by asking.
///
/// The audit trail is the feed: the entry of every write has the write's revision for its number, whichever process wrote it. So a stream
/// that was broken off goes on where it ended, at any server of the same store.
extension Pages {
    func addEvents(to router: Router<CartRequestContext>) {
        let open = OpenStreams()
        get("/events", on: router) { user, request, context in
            let last = (request.headers[.lastEventID] ?? QueryParameters(request.uri.query)["after"]).flatMap { Int64($0) }
            let start = if let last { last } else { try await store.revision() }
            let body = ResponseBody { writer in
                if open.enter() {
                    defer { open.leave() }
                    try await stream(to: &writer, after: start, user)
                } else {
                    // The page asks from time to time instead.
                    try await writer.write(ByteBuffer(string: "retry: 60000\n\n"))
                }
                try await writer.finish(nil)
            }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
                    // Proxies shall hand on each event when it comes.
                    .constant("X-Accel-Buffering"): "no",
                ], body: body)
        }
        get("/changes", on: router) { _, request, _ in
            let after = QueryParameters(request.uri.query)["after"].flatMap { Int64($0) }
            var changes: Changes
            if let after {
                changes = try await Changes(in: store, after: after)
            } else {
                changes = Changes(revision: try await store.revision())
            }
            changes.figures = parts.statistics.asOf
            return Response(
                headers: [.contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
                bytes: changes.json)
        }
    }

    private static let pause = Duration.milliseconds(500)
    /// Looks after which the session is looked up again, and something is sent even if nothing happened.
    private static let looksBetween = 20

    private func stream(to writer: inout any ResponseBodyWriter, after start: Int64, _ user: Operator) async throws {
        var last = start
        var looks = 0
        var figures = parts.statistics.asOf
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let changes = try await Changes(in: store, after: last)
            if changes.revision != last {
                last = changes.revision
                if changes.isWorthTelling { try await writer.write(ByteBuffer(string: changes.event)) }
            }
            if let counted = parts.statistics.asOf, counted != figures {
                figures = counted
                try await writer.write(ByteBuffer(string: "event: figures\ndata: {\"figures\":\"\(Changes.text(counted))\"}\n\n"))
            }
            looks += 1
            if looks.isMultiple(of: Self.looksBetween) {
                let session = try await store.session(user.secret.sessionID, at: parts.clock.now)
                guard session?.user.role.mayUseCarts == true else { return }
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
        }
    }
}

/// What happened to carts since a revision.
private struct Changes {
    /// More are not told one by one: who has missed so many reads everything anew.
    static let most = 500

    var revision: Int64
    var changed: [String] = []
    var deleted: [String] = []
    /// Whether what happened cannot be told cart by cart.
    var isReset = false
    /// When the figures of the overview were counted.
    var figures: Timestamp?

    init(revision: Int64) { self.revision = revision }

    init(in store: any Store, after last: Int64) async throws(CartError) {
        revision = try await store.revision()
        guard revision != last else { return }
        // A number beyond the newest is another store's, as after a restore.
        let entries = revision > last ? try await store.entries(after: last, limit: Self.most + 1) : []
        isReset = revision < last || entries.count > Self.most
        guard !isReset else { return }
        var isGone: [String: Bool] = [:]
        for entry in entries {
            revision = max(revision, entry.id)
            switch entry.action {
            case .cartCreate, .cartReplace: isGone[String(entry.subject.dropFirst(5))] = false
            case .cartDelete: isGone[String(entry.subject.dropFirst(5))] = true
            case .cartsFill, .storeRestore: isReset = true
            case .keyCreate, .keyRotate, .keyRevoke, .keyDisable, .keyEnable, .userCreate, .userRole, .userPassword, .userDelete,
                .userSignIn, .userSignOut, .requestRefused:
                break
            }
        }
        changed = isGone.filter { !$0.value }.keys.sorted()
        deleted = isGone.filter(\.value).keys.sorted()
    }

    var isWorthTelling: Bool { isReset || !changed.isEmpty || !deleted.isEmpty }

    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.name("revision")
        json.integer(revision)
        for (name, keys) in [("changed", changed), ("deleted", deleted)] {
            json.name(name)
            json.beginArray()
            for key in keys { json.string(key) }
            json.endArray()
        }
        if let figures {
            json.name("figures")
            json.string(Self.text(figures))
        }
        json.name("reset")
        json.bool(isReset)
        json.endObject()
        return json.bytes
    }

    /// As the overview has it.
    static func text(_ moment: Timestamp) -> String { Timestamp(seconds: moment.seconds).iso8601 }

    var event: String {
        "id: \(revision)\nevent: \(isReset ? "reset" : "carts")\ndata: \(String(decoding: json, as: UTF8.self))\n\n"
    }
}

/// How many pages hear of changes now: each holds a connection.
private final class OpenStreams: Sendable {
    private static let most = 200
    private let count = Mutex(0)

    func enter() -> Bool {
        count.withLock { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = constant("Last-Event-ID")
}
