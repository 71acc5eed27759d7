import ArgumentParser
import CartCore
import CartServer

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts a backup in place of what the store holds.",
        discussion: """
            Nothing else may have the store open: stop the server first. The backup is verified before anything is changed, and until all of it \
            is written the store holds what it held before, also if the machine fails. Everybody who was signed in has to sign in again. \
            A PostgreSQL database is restored with pg_restore.
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The file that 'corral backup' wrote.")
    var file: String
    @Flag(help: "Replace what the store holds without asking.")
    var replace = false
    @Option(help: "How to print.")
    var format = OutputFormat.table

    func run() async throws {
        let database = try await store.settings().database
        let interruption = Interruption()
        let start = ContinuousClock.now
        let content: StoreContent
        do throws(CartError) {
            content = try await database.restore(
                from: file, by: .atCommandLine(),
                replacing: { [replace] standing in replace || Self.mayReplace(standing, in: database, interruption) },
                shouldStop: { interruption.isRequested })
        } catch {
            guard error.code == .conflict else { throw error }
            throw Failure("\(error.reason) It was not replaced. To replace it: --replace")
        }
        content.print("Restored", file: file, took: ContinuousClock.now - start, as: format)
    }

    /// Asks whether what a store holds may go; without a terminal it may not.
    private static func mayReplace(_ standing: StoreContent?, in database: DatabaseLocation, _ interruption: Interruption) -> Bool {
        guard Prompt.isPossible else { return false }
        let held = standing?.description ?? "nobody knows what, for it is damaged"
        let typed = interruption.breakable("Nothing was changed.") { Prompt.line("\(database) holds \(held). Replace it? Type yes:") }
        return typed == "yes"
    }
}
