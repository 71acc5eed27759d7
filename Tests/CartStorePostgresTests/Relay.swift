#if Postgres
import CartCore
import Foundation
import Synchronization
import PostgresTesting

@testable import CartStorePostgres

/// Stands between a store and the server, and goes away, falls silent or cuts connections when it is told to.
final class Relay: @unchecked Sendable {
    /// What a connection is cut at: a text on its way to the server, which gets it or not. The client hears nothing more.
    struct Cut: Sendable {
        let text: String
        let isPassedOn: Bool
    }

    private struct State {
        var listener: Int32 = -1
        var sockets: Set<Int32> = []
        var accepted = 0
        var isSilent = false
        var cut: Cut?
    }

    /// The server, seen through the relay.
    let location: PostgresLocation
    private let folder: URL
    private let server: [String: String]
    private let state = Mutex(State())

    init(to server: PostgresLocation) throws {
        // That the other side has gone is told by `write`, and ends no process.
        signal(SIGPIPE, SIG_IGN)
        // The path of a socket may not be long.
        folder = URL(filePath: "/tmp").appending(path: "corral-relay-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        location = server.naming(host: folder.path, port: "5432")
        self.server = server.options(forHost: 0)
    }

    /// Connections that were taken so far.
    var accepted: Int { state.withLock { $0.accepted } }

    /// Whether connections stay open and nothing goes through them.
    var isSilent: Bool {
        get { state.withLock { $0.isSilent } }
        set { state.withLock { $0.isSilent = newValue } }
    }

    /// The next connection that sends the text is cut.
    func cut(_ cut: Cut) { state.withLock { $0.cut = cut } }

    func start() throws {
        let listener = try Self.opened(toFolder: folder.path, port: "5432", isListening: true)
        state.withLock { $0.listener = listener }
        Thread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else {
                    if errno == EINTR { continue }
                    close(listener)
                    return
                }
                guard let self else {
                    close(client)
                    return
                }
                take(client)
            }
        }.start()
    }

    /// Takes no connection any more, and ends those that there are.
    func stop() {
        let (listener, sockets) = state.withLock { state in
            defer {
                state.listener = -1
                // The threads of silent connections end, too.
                state.isSilent = false
            }
            return (state.listener, state.sockets)
        }
        guard listener >= 0 else { return }
        try? FileManager.default.removeItem(at: folder.appending(path: ".s.PGSQL.5432"))
        shutdown(listener, Int32(SHUT_RDWR))
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// Stops, and leaves nothing behind.
    func remove() {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private func take(_ client: Int32) {
        state.withLock { $0.accepted += 1 }
        let host = server["host"] ?? "/var/run/postgresql"
        let port = server["port"] ?? "5432"
        guard
            let upstream = try? host.hasPrefix("/")
                ? Self.opened(toFolder: host, port: port, isListening: false) : Self.opened(toHost: host, port: port)
        else {
            close(client)
            return
        }
        state.withLock { $0.sockets.formUnion([client, upstream]) }
        let open = Atomic2()
        for (from, to, isUpwards) in [(client, upstream, true), (upstream, client, false)] {
            Thread { [self] in
                pump(from, to, isUpwards)
                shutdown(from, Int32(SHUT_RDWR))
                shutdown(to, Int32(SHUT_RDWR))
                if open.endsSecond() {
                    state.withLock { $0.sockets.subtract([client, upstream]) }
                    close(client)
                    close(upstream)
                }
            }.start()
        }
    }

    private func pump(_ from: Int32, _ to: Int32, _ isUpwards: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if isSilent {
                usleep(10_000)
                continue
            }
            var descriptor = pollfd(fd: from, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 20) != 0 else { continue }
            if isSilent { continue }
            let count = read(from, &buffer, buffer.count)
            guard count > 0 else { return }
            if isUpwards, let cut = state.withLock({ $0.cut }), String(decoding: buffer[..<count], as: UTF8.self).contains(cut.text) {
                state.withLock { $0.cut = nil }
                shutdown(from, Int32(SHUT_RDWR))
                if cut.isPassedOn {
                    _ = write(to, buffer, count)
                    // The server does what it was told before it notices that nobody listens.
                    usleep(200_000)
                }
                return
            }
            var sent = 0
            while sent < count {
                let more = buffer[sent..<count].withUnsafeBytes { write(to, $0.baseAddress, $0.count) }
                guard more > 0 else { return }
                sent += more
            }
        }
    }

    private static func opened(toFolder folder: String, port: String, isListening: Bool) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("\(folder)/.s.PGSQL.\(port)".utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { throw POSIXError(.ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let socket = socket(AF_UNIX, streamSocket, 0)
        let result = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let length = socklen_t(MemoryLayout<sockaddr_un>.size)
                return isListening ? bind(socket, address, length) : connect(socket, address, length)
            }
        }
        guard socket >= 0, result == 0, !isListening || listen(socket, 100) == 0 else { throw POSIXError(.ECONNREFUSED) }
        return socket
    }

    private static func opened(toHost host: String, port: String) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = streamSocket
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0, let found else { throw POSIXError(.ECONNREFUSED) }
        defer { freeaddrinfo(found) }
        let socket = socket(found.pointee.ai_family, streamSocket, 0)
        guard socket >= 0, connect(socket, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else { throw POSIXError(.ECONNREFUSED) }
        return socket
    }
}

/// Tells the second of two that end.
private final class Atomic2: Sendable {
    private let ended = Atomic(0)
    func endsSecond() -> Bool { ended.add(1, ordering: .acquiringAndReleasing).newValue == 2 }
}

#if os(Linux)
private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
private let streamSocket = SOCK_STREAM
#endif

/// Runs a test with a relay that is started, in front of a fresh database.
func withRelay<Value>(_ body: (Relay, PostgresLocation) async throws -> Value) async throws -> Value {
    try await withTemporaryDatabase { direct in
        let relay = try Relay(to: direct)
        try relay.start()
        defer { relay.remove() }
        return try await body(relay, direct)
    }
}
#endif
