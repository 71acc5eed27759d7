import CartCore
import Foundation
import NIOHTTP1
import Testing

@Suite("A document that is damaged in the database")
struct DamagedDocumentTests {
    /// What becomes of the document.
    enum Damage: String, CaseIterable {
        case cut, cutLate, control, escape, noUTF8, noObject, nothing, hugeNumber, hugeQuantity

        func done(to document: [UInt8]) -> [UInt8] {
            switch self {
            case .cut: Array("{".utf8)
            case .cutLate: Array(document.dropLast(41))
            case .control: Self.replacing("Ada", in: document, by: Array("A\u{1}a".utf8))
            case .escape: Self.replacing("Ada", in: document, by: Array(#"A\qa"#.utf8))
            case .noUTF8: Self.replacing("Ada", in: document, by: [0x41, 0xFF, 0x61])
            case .noObject: Self.replacing(#""profile":{}"#, in: document, by: Array(#""profile":1"#.utf8))
            case .nothing: Self.replacing(#""order_id":null"#, in: document, by: Array(#""order_id":"#.utf8))
            case .hugeNumber: Self.replacing(#""unit_price":7"#, in: document, by: Array(#""unit_price":700000000000000000000"#.utf8))
            case .hugeQuantity: Self.replacing(#""quantity":3"#, in: document, by: Array(#""quantity":9000000000000"#.utf8))
            }
        }

        private static func replacing(_ text: String, in document: [UInt8], by bytes: [UInt8]) -> [UInt8] {
            document.replacing(Array(text.utf8), with: bytes)
        }
    }

    @Test("takes nothing with it: its own answers are 503, and lists are whole without it", arguments: Damage.allCases)
    func damaged(by damage: Damage) async throws {
        try await TestServer.run { server in
            let item = #"{"product_id":1,"unit_price":7,"quantity":3}"#
            for (key, owner) in [("a", 1), ("b", 2), ("c", 3)] {
                try await server.keep(
                    """
                    {"key":"\(key)","owner":{"type":"customer","id":"\(owner)"},"customer":{"first_name":"Ada"},"items":[\(item),\(item)]}
                    """)
            }
            let key = try #require(CartKey("b"))
            let document = try #require(try await server.store.cart(key)).document
            let damaged = damage.done(to: document)
            #expect(damaged != document)
            try await server.database.execute(
                """
                UPDATE cart_documents SET document = \(server.database.literal(damaged))
                WHERE id = (SELECT id FROM carts WHERE key = 'b')
                """)
            let cocart = try await server.key(.read).authorization
            let cscart = try await server.cscartKey(.read).authorization
            let lists = [("/v1/carts", cocart, "data"), ("/wp-json/cocart/v2/sessions", cocart, nil), ("/api/carts", cscart, "carts")]
            for (path, authorization, member) in lists {
                let answer = try await server.send(.GET, path, authorization)
                #expect(answer.status == 200)
                let json = try JSONSerialization.jsonObject(with: Data(answer.body))
                let rows = member.map { (json as? [String: Any])?[$0] as? [Any] } ?? json as? [Any]
                #expect(rows?.count == 2, "\(path)")
            }
            let shown = [
                ("/v1/carts/b", cocart), ("/wp-json/cocart/v2/session/b", cocart), ("/wp-json/cocart/v2/sessions/b", cocart),
                ("/api/carts/2", cscart),
            ]
            for (path, authorization) in shown {
                let answer = try await server.send(.GET, path, authorization)
                #expect(answer.status == 503, "\(path)")
            }
        }
    }
}
