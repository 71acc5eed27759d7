import ArgumentParser
import CartCore
import CartStoreSQLite
import Foundation

/// Whether the time of a refusal tells anything: Welch's t-test over refusals of two classes in random order, as dudect does it.
struct TimingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timing", abstract: "Compares how long refusals take, for keys that exist and keys that do not, and byte by byte.",
        discussion: "The exit code is 1 if |t| is 4.5 or more for any pair.")

    @Option(help: "How many refusals of each pair.")
    var samples = 1_000_000
    @Option(help: "The bound of |t|.")
    var bound = 4.5

    /// Refusals at once, as a server has them.
    private static let atOnce = 64

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "corral-timing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteStore(path: folder.appending(path: "keys.db").path)
        let random = SystemRandomSource()
        let now = SystemWallClock().now
        let author = Author(.commandLine(user: "measure"), at: now)
        let user = try await store.insert(
            User(id: 0, name: "ann", email: "ann@example.com", role: .administrator, password: .nobody, created: now), by: author)
        var pairs: [ConsumerKeyPair] = []
        for _ in 0..<1000 {
            let pair = ConsumerKeyPair(random: random)
            pairs.append(pair)
            _ = try await store.insert(
                ConsumerKey(.pair(pair), userID: user.id, description: "timing", permission: .read, created: now), by: author)
        }
        let pair = pairs[500]
        let authenticator = Authenticator(store: store)
        // As in use: the key is known to the process.
        _ = try await authenticator.caller(showing: Credentials(login: pair.consumerKey, secret: pair.consumerSecret), now: now)

        func changed(_ text: String, at place: Int) -> String {
            var bytes = Array(text.utf8)
            bytes[place] = bytes[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            return String(decoding: bytes, as: UTF8.self)
        }
        let last = pair.consumerSecret.utf8.count - 1
        let other = ConsumerKeyPair(random: random)
        let unknown = Credentials(login: other.consumerKey, secret: changed(pair.consumerSecret, at: 10))
        let wrong = Credentials(login: pair.consumerKey, secret: changed(pair.consumerSecret, at: 10))
        let tests: [(String, Credentials, Credentials)] = [
            ("unknown key against wrong secret", unknown, wrong),
            (
                "first byte of the secret against last byte",
                Credentials(login: pair.consumerKey, secret: changed(pair.consumerSecret, at: 3)),
                Credentials(login: pair.consumerKey, secret: changed(pair.consumerSecret, at: last))
            ),
            (
                "first byte of the key against last byte",
                Credentials(login: changed(pair.consumerKey, at: 3), secret: pair.consumerSecret),
                Credentials(login: changed(pair.consumerKey, at: last), secret: pair.consumerSecret)
            ),
        ]
        var isFine = true
        for (name, first, second) in tests {
            let t = await compare(first, second, authenticator, now)
            isFine = isFine && abs(t.t) < bound
            print(
                "\(name): t = \(String(format: "%.2f", t.t)), means \(String(format: "%.1f and %.1f", t.first, t.second)) ns, \(samples) samples"
            )
        }
        await store.close()
        if !isFine { throw ExitCode(1) }
    }

    private func compare(
        _ first: Credentials, _ second: Credentials, _ authenticator: Authenticator, _ now: Timestamp
    ) async -> (t: Double, first: Double, second: Double) {
        let share = samples / Self.atOnce + 1
        let times = await withTaskGroup(of: [[Double]].self) { group in
            for _ in 0..<Self.atOnce {
                group.addTask { await Self.times(share, first, second, authenticator, now) }
            }
            return await group.reduce(into: [[], []] as [[Double]]) { all, some in
                for turn in all.indices { all[turn] += some[turn] }
            }
        }
        // What the machine did besides is cut off, at one bound for both, as dudect does.
        let bound = (times[0] + times[1]).sorted()[(times[0].count + times[1].count) * 95 / 100]
        let (a, b) = (Moments(times[0].filter { $0 <= bound }), Moments(times[1].filter { $0 <= bound }))
        let t = (a.mean - b.mean) / (a.variance / a.count + b.variance / b.count).squareRoot()
        return (t, a.mean, b.mean)
    }

    /// How long refusals took, those of the first class and those of the second, in random order.
    private static func times(
        _ count: Int, _ first: Credentials, _ second: Credentials, _ authenticator: Authenticator, _ now: Timestamp
    ) async -> [[Double]] {
        var times: [[Double]] = [[], []]
        var generator = SystemRandomNumberGenerator()
        let clock = ContinuousClock()
        for number in -100..<count {
            let turn = Int(generator.next() & 1)
            let shown = turn == 0 ? first : second
            let start = clock.now
            _ = try? await authenticator.caller(showing: shown, now: now)
            let time = (clock.now - start) / .nanoseconds(1)
            // The first ones warm up.
            if number >= 0 { times[turn].append(time) }
        }
        return times
    }

    private struct Moments {
        var count: Double
        var mean: Double
        var variance: Double

        init(_ values: [Double]) {
            count = Double(values.count)
            let mean = values.reduce(0, +) / count
            self.mean = mean
            variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        }
    }
}
