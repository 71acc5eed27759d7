import Foundation

/// Reads a file line by line without holding more of it than one line.
struct LineReader {
    struct Line {
        /// From 1.
        var number: Int
        /// nil if the line was too long to keep.
        var bytes: [UInt8]?
    }

    private let handle: FileHandle
    private let longest: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var number = 0
    private var isAtEnd = false

    /// - Parameter longest: bytes of a line; longer ones are passed over.
    init(_ handle: FileHandle, longest: Int) {
        self.handle = handle
        self.longest = longest
    }

    /// The next line without its line feed; nil at the end.
    mutating func next() throws -> Line? {
        var isTooLong = false
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                number += 1
                return Line(number: number, bytes: isTooLong || end - start > longest ? nil : Array(buffer[start..<end]))
            }
            if isAtEnd {
                guard start < buffer.count || isTooLong else { return nil }
                defer { start = buffer.count }
                number += 1
                return Line(number: number, bytes: isTooLong || buffer.count - start > longest ? nil : Array(buffer[start...]))
            }
            buffer.removeSubrange(..<start)
            start = 0
            if buffer.count > longest {
                buffer.removeAll()
                isTooLong = true
            }
            let chunk = try nextChunk()
            if chunk.isEmpty { isAtEnd = true } else { buffer.append(contentsOf: chunk) }
        }
    }

    /// What can be read at once; none at the end. `FileHandle` would wait until so much has come, which a slow pipe may never send.
    private func nextChunk() throws -> [UInt8] {
        while true {
            var result = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 20) { bytes, count in
                result = read(handle.fileDescriptor, bytes.baseAddress, bytes.count)
                count = max(0, result)
            }
            if result >= 0 { return chunk }
            guard errno == EINTR else { throw Failure("The input cannot be read: \(String(cString: strerror(errno))).") }
        }
    }
}
