import ArgumentParser

/// What is measured beside the product.
@main
struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corral-measure", abstract: "References to compare Corral with, and measurements inside the process.",
        subcommands: [
            OpenServerCommand.self, StaticServerCommand.self, TimingCommand.self, RawWritesCommand.self, RawInsertsCommand.self,
            UngroupedServerCommand.self,
        ])
}
