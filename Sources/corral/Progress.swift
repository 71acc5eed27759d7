import Foundation

/// A line on the terminal that says how far long work has come. Nothing is written unless stderr is a terminal.
struct Progress {
    private let label: String
    private let total: Int?
    private let isShown = isatty(FileHandle.standardError.fileDescriptor) == 1
    private let start = ContinuousClock.now

    /// - Parameter total: nil if nobody knows.
    init(_ label: String, of total: Int?) {
        self.label = label
        self.total = total
    }

    /// Things a second since the start.
    func rate(_ done: Int) -> Int { Int(Double(done) / max(0.001, (ContinuousClock.now - start).inSeconds)) }

    /// - Parameter found: how many there are in all, where that is known only by now.
    func show(_ done: Int, of found: Int? = nil) {
        guard isShown else { return }
        var line = "\r\(label) \(done)"
        if let total = found ?? total, total > 0 {
            let filled = min(30, 30 * done / total)
            line += " of \(total) [" + String(repeating: "#", count: filled) + String(repeating: " ", count: 30 - filled) + "]"
        }
        printToStandardError("\(line) \(rate(done))/s\u{1B}[K", terminator: "")
    }

    /// Takes the line away.
    func end() {
        if isShown { printToStandardError("\r\u{1B}[K", terminator: "") }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// Writes a line for people, which is no part of a command's output.
func printToStandardError(_ text: String, terminator: String = "\n") {
    FileHandle.standardError.write(Data((text + terminator).utf8))
}
