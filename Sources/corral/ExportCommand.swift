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
            let output = try file == "-" ? nil : NewFile(path: file)
            let handle = output?.handle ?? .standardOutput
            let count = try await store.withStore { store, settings in
                let clock = StateClock(now: SystemWallClock().now, abandonedAfter: settings.policy.abandonedAfter)
                let filter = try filters.filter()
                var count = 0
                var last: Int64 = 0
                while case let records = try await store.carts(filter, at: clock, after: last, limit: 1000), let newest = records.last {
                    last = newest.id
                    count += records.count
                    try handle.write(contentsOf: records.reduce(into: Data()) { $0 += $1.document + [UInt8(ascii: "\n")] })
                    progress.show(count)
                }
                return count
            }
            try output?.complete()
            progress.end()
            printToStandardError("Exported \(count) carts (\(progress.rate(count)) a second).")
        }
    }
}

/// A file that takes its name when it is complete, so that half of one is never taken for the whole.
private struct NewFile {
    let handle: FileHandle
    private let path: String
    private var unfinished: String { path + ".part" }

    init(path: String) throws {
        self.path = path
        // Names and addresses are nobody else's business.
        let descriptor = open(path + ".part", O_CREAT | O_TRUNC | O_WRONLY, 0o600)
        guard descriptor >= 0 else { throw Failure("\(path) cannot be written.") }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func complete() throws {
        try handle.synchronize()
        guard rename(unfinished, path) == 0 else { throw Failure("\(path) cannot be written.") }
    }
}
