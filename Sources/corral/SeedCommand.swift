import ArgumentParser
import CartCore
import CartServer

struct SeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Fills a store with sample carts, the same for the same seed.",
        discussion: "Their ages are counted back from now.")

    @OptionGroup var store: StoreOptions

    @Option(help: "How many carts, 1 to 10000000.")
    var carts: Int

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...10_000_000).contains(carts) else { throw ValidationError("--carts must be from 1 to 10000000.") }
    }

    func run() async throws {
        let progress = Progress("", of: nil)
        let written = try await store.withStore(creating: true) { store, settings in
            try await Seeding(store: store, policy: settings.policy, seed: seed, now: SystemWallClock().now).seed(carts)
        }
        let standing = carts - written
        print(
            "Seeded \(written) carts (\(progress.rate(written)) a second)." + (standing == 0 ? "" : " \(standing) stood there already."))
    }
}
