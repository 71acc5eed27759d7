import ArgumentParser
import CartCore
import CartHTTP
import CartServer
import Crypto
import Foundation

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Takes carts over from elsewhere.", subcommands: [NDJSON.self])

    struct NDJSON: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ndjson", abstract: "Reads one cart document a line.",
            discussion: """
                Carts with the same key are replaced, and a line without a key always gets the same one, so the same file twice leaves \
                the same carts. An import that ends early says at which line it can be resumed. Lines that are refused are named on stderr \
                with their reasons; if there are any, the exit code is 1.
                """)

        /// Carts in one transaction, and bytes of their lines.
        private static let batch = 1000
        private static let batchBytes = 16 << 20
        /// Bytes of a line, and how deep it may be nested: more than any server takes, so that what one gave is taken back.
        private static let longestLine = 64 << 20
        private static let deepest = 512

        @OptionGroup var store: StoreOptions
        @Argument(help: "The file; - is stdin.")
        var file: String
        @Option(help: "The first line to take: where an earlier import ended.")
        var fromLine = 1

        func validate() throws {
            guard fromLine >= 1 else { throw ValidationError("--from-line must be 1 or more.") }
        }

        func run() async throws {
            guard let handle = file == "-" ? .standardInput : FileHandle(forReadingAtPath: file) else {
                throw Failure("\(file) cannot be read.")
            }
            let interruption = Interruption()
            let progress = Progress("Importing", of: nil)
            let count = try await store.withStore(creating: true) { store, settings in
                var policy = settings.policy
                policy.largestDocument = Self.longestLine
                let service = CartService(store: store, policy: policy, random: SystemRandomSource())
                var lines = LineReader(handle, longest: Self.longestLine)
                var count = Count(next: fromLine)
                do {
                    while let batch = try interruption.breakable(count.farewell, { try nextBatch(&lines) }) {
                        let results = try await service.put(batch.drafts, by: .atCommandLine())
                        for (line, result) in zip(batch.numbers, results) {
                            switch result {
                            case .success: count.taken += 1
                            case .failure(let error):
                                count.refused += 1
                                refuse(line, error)
                            }
                        }
                        count.refused += batch.refused
                        count.next = batch.last + 1
                        progress.show(count.taken)
                    }
                } catch {
                    progress.end()
                    printToStandardError(count.farewell)
                    throw error
                }
                return count
            }
            progress.end()
            print("\(count.text) (\(progress.rate(count.taken)) a second).")
            if count.refused > 0 { throw ExitCode.failure }
        }

        private struct Count {
            var taken = 0
            var refused = 0
            /// The first line that was not dealt with.
            var next: Int

            var text: String { "Imported \(taken) carts, refused \(refused)" }

            var farewell: String { "\(text). Resume with --from-line \(next)." }
        }

        private struct Batch {
            var drafts: [CartDraft] = []
            /// The lines of the drafts.
            var numbers: [Int] = []
            var refused = 0
            /// The last line that was looked at.
            var last = 0
        }

        /// The next carts to write; nil at the end of the file.
        private func nextBatch(_ lines: inout LineReader) throws -> Batch? {
            var batch = Batch()
            var bytesTaken = 0
            while batch.drafts.count < Self.batch, bytesTaken < Self.batchBytes, let line = try lines.next() {
                batch.last = line.number
                if line.number < fromLine { continue }
                do throws(CartError) {
                    guard let bytes = line.bytes else { throw CartError(.tooLarge, "The line is too long for a cart.") }
                    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                    bytesTaken += bytes.count
                    var draft = try CartDraft(document: bytes, maximumDepth: Self.deepest)
                    draft.wasAbandoned = draft.state == .recovered
                    draft.name(by: line.number, bytes)
                    batch.drafts.append(draft)
                    batch.numbers.append(line.number)
                } catch {
                    batch.refused += 1
                    refuse(line.number, error)
                }
            }
            return batch.last == 0 ? nil : batch
        }

        private func refuse(_ line: Int, _ error: CartError) {
            printToStandardError("Line \(line): \(error.reason)")
        }
    }
}

extension CartDraft {
    /// Gives the cart and its items the keys that they lack: the same each time the file is read, and others for an equal line elsewhere.
    fileprivate mutating func name(by line: Int, _ bytes: [UInt8]) {
        let name = Hex.encode(SHA256.hash(data: Data("\(line):".utf8) + bytes).prefix(16))
        key = key ?? CartKey(name)
        for place in items.indices where items[place].key == nil {
            items[place].key = Hex.encode(SHA256.hash(data: Data("\(name):\(place)".utf8)).prefix(16))
        }
    }
}
