import CartCore
import Foundation

/// Prints one JSON value on a line of its own.
func printJSON(_ json: borrowing JSONWriter) {
    FileHandle.standardOutput.write(Data(json.bytes + [UInt8(ascii: "\n")]))
}
