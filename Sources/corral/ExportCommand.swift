import ArgumentParser
import CartCore
import CartServer
import Foundation

extension CartsCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes carts to a file, one document a line, or as a table.",
            discussion: """
                A file of documents can be imported again; a table (--format csv) is for spreadsheets. The file appears under its name when it is complete, and can be read by its owner alone. A cart \
                that is changed meanwhile is written as it was or as it is.
                """)

        @OptionGroup var store: StoreOptions
        @OptionGroup(title: "Filters") var filters: CartFilterOptions
        @Option(help: "The form.")
        var format = ExportFormat.ndjson
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
                var damaged = 0
                do {
                    for try await piece in CartExport(format, of: filter, in: store, at: clock) {
                        count += piece.carts
                        damaged += piece.damaged.count
                        for id in piece.damaged { printToStandardError("The cart with the number \(id) is damaged and left out.") }
                        try (output?.handle ?? .standardOutput).write(contentsOf: piece.bytes)
                        progress.show(count)
                    }
                    try output?.complete()
                } catch {
                    output?.remove()
                    throw error
                }
                return (written: count, damaged: damaged)
            }
            progress.end()
            printToStandardError("Exported \(count.written) carts (\(progress.rate(count.written)) a second).")
            if count.damaged > 0 { throw ExitCode.failure }
        }
    }
}

/// A file that takes its name when it is complete, so that half of one is never taken for the whole.
private struct NewFile {
    let handle: FileHandle
    private let path: String
    private let unfinished: String

    /// - Throws: ``Failure`` if the file cannot be made, or something that is no file has its name.
    init(path: String) throws {
        self.path = path
        var standing = stat()
        if lstat(path, &standing) == 0, standing.st_mode & S_IFMT != S_IFREG { throw Failure("\(path) is not a file.") }
        // A name that nobody else has, another export least of all. It can be read by its owner alone: names and addresses are nobody
        // else's business.
        var name = Array((path + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw Failure("\(path) cannot be written.") }
        unfinished = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func complete() throws {
        try handle.synchronize()
        guard rename(unfinished, path) == 0 else { throw Failure("\(path) cannot be written.") }
    }

    func remove() { unlink(unfinished) }
}

extension ExportFormat: ExpressibleByArgument {}
