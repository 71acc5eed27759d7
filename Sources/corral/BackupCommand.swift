import ArgumentParser
import CartCore
import CartServer
import Foundation

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Writes a backup of the store into one file, also beside a running server.",
        discussion: """
            It holds everything that was acknowledged before it began. The file appears under its name when it was verified and is on disk, and \
            can be read by its owner alone; until then a backup of that name stays as it is. \
            A PostgreSQL database is backed up with pg_dump.
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The file. A backup that has this name is replaced.")
    var file: String
    @Option(help: "How to print.")
    var format = OutputFormat.table

    func validate() throws {
        guard file != "-", !file.isEmpty else { throw ValidationError("A backup needs the name of a file.") }
    }

    func run() async throws {
        yieldToOthers()
        let database = try await store.settings().database
        let interruption = Interruption()
        let start = ContinuousClock.now
        let content = try await database.backup(to: file) { interruption.isRequested }
        content.print("Backed up", file: file, took: ContinuousClock.now - start, as: format)
    }
}

extension StoreContent {
    /// Prints what was done.
    ///
    /// - Parameter action: the beginning of the sentence.
    func print(_ action: String, file: String, took time: Duration, as format: OutputFormat) {
        switch format {
        case .table:
            let size = bytes.formatted(.byteCount(style: .file))
            Swift.print(
                "\(action) \(self). File \(file), \(size), revision \(revision), in \(String(format: "%.1f", time.inSeconds)) s.")
        case .json:
            var json = JSONWriter()
            json.beginObject()
            json.name("file")
            json.string(file)
            json.name("carts")
            json.integer(Int64(carts))
            json.name("updated")
            if let updated { json.timestamp(updated) } else { json.null() }
            json.name("revision")
            json.integer(revision)
            json.name("bytes")
            json.integer(bytes)
            json.name("seconds")
            json.raw(String(format: "%.3f", time.inSeconds).utf8)
            json.endObject()
            printJSON(json)
        }
    }
}
