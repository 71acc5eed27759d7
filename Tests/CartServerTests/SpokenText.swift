import Foundation
import Logging
import Synchronization
import Testing

/// What a server says while a test runs, in its log, its metrics and its errors, and what it must not say.
final class SpokenText: Sendable {
    private let text = Mutex(Data())
    private let secrets = Mutex<[String]>([])

    /// A text that may stand nowhere.
    func withhold(_ secret: String...) { secrets.withLock { $0 += secret } }

    func note(_ line: String) { text.withLock { $0.append(contentsOf: Array((line + "\n").utf8)) } }

    /// Records an issue for each secret that was said, with what was said before it.
    func expectNoSecrets() {
        let (text, secrets) = (text.withLock { $0 }, secrets.withLock { $0 })
        for secret in secrets {
            guard let place = text.range(of: Data(secret.utf8)) else { continue }
            let before = text[..<place.lowerBound].suffix(200)
            Issue.record("\(secret.prefix(4))… stands behind: \(String(decoding: before, as: UTF8.self))")
        }
    }

    /// A logger that says everything it can.
    var logger: Logger {
        var logger = Logger(label: "test") { [self] _ in Handler(spoken: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let spoken: SpokenText
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
            spoken.note("\(event.level) \(event.message) \(all)")
        }
    }
}
