import CartCore
import Foundation

/// Prints one JSON value on a line of its own.
func printJSON(_ json: JSONWriter) {
    FileHandle.standardOutput.write(Data(json.bytes + [UInt8(ascii: "\n")]))
}

extension JSONWriter {
    /// Writes a time, or `null`.
    mutating func optional(_ value: Timestamp?) {
        if let value { timestamp(value) } else { null() }
    }
}
