import Logging

/// Writes log lines as text on stderr.
///
/// Every request has a logger with its id, and few of them log anything: the metadata are made text when a line is written.
struct TextLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    private let lines: StreamLogHandler

    init(label: String) {
        var lines = StreamLogHandler.standardError(label: label)
        lines.logLevel = .trace
        self.lines = lines
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var event = event
        event.metadata = metadata.merging(event.metadata ?? [:]) { $1 }
        lines.log(event: event)
    }
}
