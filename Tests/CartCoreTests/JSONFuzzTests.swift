import CartCore
import CartTesting
import Foundation
import Testing

@Suite("JSON that was damaged at random")
struct JSONFuzzTests {
    /// Pieces that a mutation puts in: what a parser is most likely to stumble over.
    private static let pieces: [[UInt8]] =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\u0000", "0", "-", ".", "e", "E+", "1e99", "null", "true", " ",
            "\n",
            "\"a\":", "[[[[", "}}}}", "9999999999999999999", "\u{FEFF}", "é",
        ].map { Array($0.utf8) } + [[0x00], [0x1F], [0x80], [0xC3], [0xFF], [0xED, 0xA0, 0x80]]

    private func mutate(_ document: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = document
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...8, using: &random))
            let piece = Self.pieces.randomElement(using: &random) ?? []
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: piece, at: place)
            case 3: bytes.replaceSubrange(place..<end, with: piece)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes.removeLast(min(bytes.count, Int.random(in: 1...20, using: &random)))
            }
        }
        return bytes
    }

    private func isJSON(_ bytes: [UInt8]) -> Bool {
        var reader = JSONReader(bytes)
        do {
            try reader.skip()
            try reader.end()
            return true
        } catch {
            return false
        }
    }

    private func holdsLargeExponent(_ bytes: [UInt8]) throws -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(try Regex("[0-9][eE][+-]?[0-9]{3}"))
    }

    @Test("Twenty thousand damaged documents crash nothing, and what is accepted is JSON for others, too", arguments: [1, 2] as [UInt64])
    func mutations(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var generator = CartGenerator(seed: seed)
        var accepted = 0
        for round in 0..<10_000 {
            let bytes = mutate(generator.cart().document, &random)
            let isAccepted = isJSON(bytes)
            let isDraft = (try? CartDraft(document: bytes)) != nil
            #expect(isAccepted || !isDraft, "seed \(seed), round \(round): a document that is not JSON was read as a cart")
            let facts = CartFacts(generator.cart(), wasAbandoned: false)
            let isShown = (try? CartRecord(id: 1, revision: 1, facts: facts, document: bytes).withStoredCart { _ in }) != nil
            #expect(isAccepted || !isShown, "seed \(seed), round \(round): a document that is not JSON would be copied into answers")
            // Foundation refuses numbers beyond its Double, which are JSON all the same.
            guard isAccepted, try !holdsLargeExponent(bytes) else { continue }
            accepted += 1
            #expect(throws: Never.self, "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))") {
                try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            }
        }
        // Damage within a string or a number leaves JSON; were there none, the comparison above would say nothing.
        #expect(accepted > 200)
    }

    @Test("Every beginning of a document is refused")
    func truncations() {
        var generator = CartGenerator(seed: 9)
        let document = generator.cart().document
        for count in 0..<document.count {
            #expect(throws: CartError.self) { try CartDraft(document: Array(document.prefix(count))) }
        }
    }
}
