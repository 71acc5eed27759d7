import CartCore
import Foundation
import NIOHTTP1
import Testing

@Suite("A document that is damaged in the file")
struct DamagedDocumentTests {
    /// What becomes of the document, in SQL.
    enum Damage: String, CaseIterable {
        case cut = "X'7B'"
        case cutLate = "CAST(substr(CAST(document AS TEXT), 1, length(document) - 40) AS BLOB)"
        case control = "CAST(replace(CAST(document AS TEXT), 'Ada', 'A' || char(1) || 'a') AS BLOB)"
        case escape = "CAST(replace(CAST(document AS TEXT), 'Ada', 'A\\qa') AS BLOB)"
        case noUTF8 = "CAST(replace(CAST(document AS TEXT), 'Ada', 'A' || CAST(X'FF' AS TEXT) || 'a') AS BLOB)"
        case noObject = "CAST(replace(CAST(document AS TEXT), '\"profile\":{}', '\"profile\":1') AS BLOB)"
        case nothing = "CAST(replace(CAST(document AS TEXT), '\"order_id\":null', '\"order_id\":') AS BLOB)"
        case hugeNumber = "CAST(replace(CAST(document AS TEXT), '\"unit_price\":7', '\"unit_price\":700000000000000000000') AS BLOB)"
        case hugeQuantity = "CAST(replace(CAST(document AS TEXT), '\"quantity\":3', '\"quantity\":9000000000000') AS BLOB)"
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
            try SQLiteFile(path: server.path).execute(
                "UPDATE cart_documents SET document = \(damage.rawValue) WHERE id = (SELECT id FROM carts WHERE key = 'b')")
            let key = try await server.key(.read).authorization
            let cscart = try await server.cscartKey(.read).authorization
            let lists = [("/v1/carts", key, "data"), ("/wp-json/cocart/v2/sessions", key, nil), ("/api/carts", cscart, "carts")]
            for (path, authorization, member) in lists {
                let answer = try await server.send(.GET, path, authorization)
                #expect(answer.status == 200)
                let json = try JSONSerialization.jsonObject(with: Data(answer.body))
                let rows = member.map { (json as? [String: Any])?[$0] as? [Any] } ?? json as? [Any]
                #expect(rows?.count == 2, "\(path)")
            }
            let shown = [
                ("/v1/carts/b", key), ("/wp-json/cocart/v2/session/b", key), ("/wp-json/cocart/v2/sessions/b", key),
                ("/api/carts/2", cscart),
            ]
            for (path, authorization) in shown {
                let answer = try await server.send(.GET, path, authorization)
                #expect(answer.status == 503, "\(path)")
            }
        }
    }
}
