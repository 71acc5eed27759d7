import ArgumentParser
import CartServer
import Foundation

/// The command line: each command opens the store itself, so that it works beside a running server and without one.
@main
struct Corral: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corral",
        abstract: "Keeps every shopper's cart and gives the back office one API over all of them.",
        discussion: "Start with 'corral demo': a server over sample carts, with a key to try it.",
        version: CorralServer.version,
        subcommands: [
            DemoCommand.self, ServeCommand.self, UsersCommand.self, KeysCommand.self, CartsCommand.self, ImportCommand.self,
            SeedCommand.self, SweepCommand.self, BackupCommand.self, RestoreCommand.self, CopyCommand.self, AuditCommand.self,
            DoctorCommand.self,
        ])

    static func main() async {
        // A file that may grow no further is a write that fails, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        await main(nil)
    }
}
