import CartCore
import Foundation
import Logging

/// Writes each log line as a JSON object: `time`, `level`, `message`, and the metadata under their own names,
/// numbers as numbers.
public struct JSONLogHandler: LogHandler {
    public var logLevel = Logger.Level.info
    public var metadata: Logger.Metadata = [:]
    private let output: FileHandle

    public init(output: FileHandle = .standardError) { self.output = output }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.name("time")
        json.timestamp(SystemWallClock().now)
        json.name("level")
        json.string(event.level.rawValue)
        json.name("message")
        json.string(event.message.description)
        for (name, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
            json.name(name)
            if case .stringConvertible(let number) = value, number is Int || number is Double {
                json.raw("\(number)".utf8)
            } else {
                json.string(value.description)
            }
        }
        json.endObject()
        // A line is one write, so that lines of several threads do not mix.
        try? output.write(contentsOf: Data(json.bytes + [UInt8(ascii: "\n")]))
    }
}

extension Logger {
    /// The program's log, on stderr.
    public static func corral(_ settings: Settings) -> Logger {
        var logger = Logger(label: "corral") { label in
            switch settings.logFormat {
            case .text: TextLogHandler(label: label)
            case .json: JSONLogHandler()
            }
        }
        logger.logLevel = settings.logLevel
        return logger
    }
}
