import ArgumentParser
import CartCore
import CartHTTP
import CartServer
import Foundation

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Takes carts over from elsewhere.", subcommands: [NDJSON.self])

    struct NDJSON: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ndjson", abstract: "Reads one cart document a line.",
            discussion: """
                Carts with the same key are replaced, so an import that was interrupted can be run again. Lines that are refused are \
                named on stderr with their reasons; if there are any, the exit code is 1.
                """)

        /// Carts in one transaction.
        private static let batch = 1000

        @OptionGroup var store: StoreOptions
        @Argument(help: "The file; - is stdin.")
        var file: String

        func run() async throws {
            let settings = try await store.settings()
            let handle = file == "-" ? .standardInput : FileHandle(forReadingAtPath: file)
            guard let handle else { throw Failure("\(file) cannot be read.") }
            let service = CartService(
                store: try settings.database.open(creating: true), policy: settings.policy, clock: SystemWallClock(),
                random: SystemRandomSource())
            let progress = Progress("Importing", of: nil)
            var lines = LineReader(handle, longest: settings.limits.body)
            var taken = 0
            var refused = 0
            while true {
                var drafts: [(line: Int, draft: CartDraft)] = []
                var isAtEnd = false
                while drafts.count < Self.batch {
                    guard let line = try lines.next() else {
                        isAtEnd = true
                        break
                    }
                    do throws(CartError) {
                        guard let bytes = line.bytes else {
                            throw CartError(.tooLarge, "The line is longer than \(settings.limits.body) bytes.")
                        }
                        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                        drafts.append((line.number, try CartDraft(document: bytes, maximumDepth: settings.limits.jsonDepth)))
                    } catch {
                        refused += 1
                        refuse(line.number, error)
                    }
                }
                for ((line, _), result) in zip(drafts, try await service.put(drafts.map(\.draft))) {
                    switch result {
                    case .success: taken += 1
                    case .failure(let error):
                        refused += 1
                        refuse(line, error)
                    }
                }
                progress.show(taken)
                if isAtEnd { break }
            }
            progress.end()
            print("Imported \(taken) carts, refused \(refused) (\(progress.rate(taken)) a second).")
            if refused > 0 { throw ExitCode.failure }
        }

        private func refuse(_ line: Int, _ error: CartError) {
            printToStandardError("Line \(line): \(error.reason)")
        }
    }
}
