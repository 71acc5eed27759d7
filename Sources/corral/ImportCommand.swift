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

        /// Carts in one transaction, and bytes of their lines.
        private static let batch = 1000
        private static let batchBytes = 16 << 20

        @OptionGroup var store: StoreOptions
        @Argument(help: "The file; - is stdin.")
        var file: String

        func run() async throws {
            guard let handle = file == "-" ? .standardInput : FileHandle(forReadingAtPath: file) else {
                throw Failure("\(file) cannot be read.")
            }
            let progress = Progress("Importing", of: nil)
            let (taken, refused) = try await store.withStore(creating: true) { store, settings in
                let service = CartService(store: store, policy: settings.policy, random: SystemRandomSource())
                var lines = LineReader(handle, longest: settings.limits.body)
                var taken = 0
                var refused = 0
                while let batch = try nextBatch(&lines, depth: settings.limits.jsonDepth) {
                    refused += batch.refused
                    for (line, result) in zip(batch.numbers, try await service.put(batch.drafts, at: SystemWallClock().now)) {
                        switch result {
                        case .success: taken += 1
                        case .failure(let error):
                            refused += 1
                            refuse(line, error)
                        }
                    }
                    progress.show(taken)
                }
                return (taken, refused)
            }
            progress.end()
            print("Imported \(taken) carts, refused \(refused) (\(progress.rate(taken)) a second).")
            if refused > 0 { throw ExitCode.failure }
        }

        /// The next carts to write, with the numbers of their lines; nil at the end of the file.
        private func nextBatch(
            _ lines: inout LineReader, depth: Int
        ) throws -> (drafts: [CartDraft], numbers: [Int], refused: Int)? {
            var drafts: [CartDraft] = []
            var numbers: [Int] = []
            var refused = 0
            var bytesTaken = 0
            while drafts.count < Self.batch, bytesTaken < Self.batchBytes, let line = try lines.next() {
                do throws(CartError) {
                    guard let bytes = line.bytes else { throw CartError(.tooLarge, "The line is too long for a cart.") }
                    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                    bytesTaken += bytes.count
                    drafts.append(try CartDraft(document: bytes, maximumDepth: depth))
                    numbers.append(line.number)
                } catch {
                    refused += 1
                    refuse(line.number, error)
                }
            }
            return drafts.isEmpty && refused == 0 ? nil : (drafts, numbers, refused)
        }

        private func refuse(_ line: Int, _ error: CartError) {
            printToStandardError("Line \(line): \(error.reason)")
        }
    }
}
