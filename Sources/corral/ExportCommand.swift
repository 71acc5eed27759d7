import ArgumentParser
import CartCore
import CartServer
import Foundation

extension CartsCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes carts to a file, one document a line.",
            discussion: """
                The file can be imported again. It appears under its name when it is complete, and can be read by its owner alone. A cart \
                that is changed meanwhile is written as it was or as it is.
                """)

        @OptionGroup var store: StoreOptions
        @OptionGroup(title: "Filters") var filters: CartFilterOptions
        @Argument(help: "The file; - is stdout.")
        var file: String

        func validate() throws { _ = try filters.filter() }

        func run() async throws {
            let progress = Progress("Exporting", of: nil)
            let count = try await store.withStore { store, settings in
                let clock = StateClock(now: SystemWallClock().now, abandonedAfter: settings.policy.abandonedAfter)
                let filter = try filters.filter()
                let output = try file == "-" ? nil : NewFile(path: file)
                var count = 0
                do {
                    var last: Int64 = 0
                    while case let records = try await store.carts(filter, at: clock, after: last, limit: 1000), let newest = records.last {
                        last = newest.id
                        count += records.count
                        let lines = try records.reduce(into: Data()) { $0 += try $1.line(at: clock) + [UInt8(ascii: "\n")] }
                        try (output?.handle ?? .standardOutput).write(contentsOf: lines)
                        progress.show(count)
                    }
                    try output?.complete()
                } catch {
                    output?.remove()
                    throw error
                }
                return count
            }
            progress.end()
            printToStandardError("Exported \(count) carts (\(progress.rate(count)) a second).")
        }
    }
}

extension CartRecord {
    /// The document. Of a cart that was abandoned once with its state, which an import goes by: the document alone would not tell.
    fileprivate func line(at clock: StateClock) throws(CartError) -> [UInt8] {
        guard wasAbandoned else { return document }
        return answer(state: try cart().state(at: clock.now, wasAbandoned: true, abandonedAfter: clock.abandonedAfter))
    }
}

/// A file that takes its name when it is complete, so that half of one is never taken for the whole.
private struct NewFile {
    let handle: FileHandle
    private let path: String
    private var unfinished: String { path + ".part" }

    /// - Throws: ``Failure`` if the file cannot be made, or something that is no file has its name.
    init(path: String) throws {
        self.path = path
        var standing = stat()
        if lstat(path, &standing) == 0, standing.st_mode & S_IFMT != S_IFREG { throw Failure("\(path) is not a file.") }
        // Names and addresses are nobody else's business, and nobody else may choose where they go.
        unlink(path + ".part")
        let descriptor = open(path + ".part", O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600)
        guard descriptor >= 0 else { throw Failure("\(path) cannot be written.") }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func complete() throws {
        try handle.synchronize()
        guard rename(unfinished, path) == 0 else { throw Failure("\(path) cannot be written.") }
    }

    func remove() { unlink(unfinished) }
}
