import CartCore
import Testing

@Suite("Cart documents that are refused")
struct CartDocumentErrorTests {
    private func field(of document: String) throws -> String? {
        let error = try #require(throws: CartError.self, "\(document)") { try CartDraft(document: Array(document.utf8)) }
        #expect(error.code == .invalid, "\(document)")
        #expect(error.fields.count == 1, "\(document)")
        return error.fields.first?.name
    }

    @Test(
        "An unknown field is named with its path",
        arguments: [
            ("{\"x\":1}", "x"), ("{\"Key\":\"a\"}", "Key"), ("{\"owner\":{\"name\":1}}", "owner.name"),
            ("{\"customer\":{\"a\":1}}", "customer.a"),
            ("{\"customer\":{\"billing\":{\"address_3\":\"\"}}}", "customer.billing.address_3"),
            ("{\"customer\":{\"shipping\":{\"zip\":\"\"}}}", "customer.shipping.zip"),
            ("{\"items\":[{\"product_id\":1},{\"qty\":1}]}", "items[1].qty"),
            ("{\"items\":[{\"product\":{\"price\":1}}]}", "items[0].product.price"), ("{\"coupons\":[{\"id\":1}]}", "coupons[0].id"),
            ("{\"fees\":[{\"code\":1}]}", "fees[0].code"), ("{\"totals\":{\"sum\":1}}", "totals.sum"), ("{\"\":1}", ""),
        ])
    func unknown(document: String, name: String) throws {
        #expect(try field(of: document) == name)
    }

    @Test(
        "A field that stands twice is named with its path",
        arguments: [
            ("{\"key\":\"a\",\"key\":\"a\"}", "key"), ("{\"id\":1,\"id\":1}", "id"),
            ("{\"customer\":{\"email\":\"\",\"email\":\"\"}}", "customer.email"),
            ("{\"items\":[{\"product_id\":1,\"product_id\":1}]}", "items[0].product_id"),
            ("{\"totals\":{\"tax\":1,\"tax\":1}}", "totals.tax"),
            ("{\"items\":[],\"\\u0069tems\":[]}", "items"),
        ])
    func duplicate(document: String, name: String) throws {
        #expect(try field(of: document) == name)
    }

    @Test(
        "A value of a wrong type is named with its path",
        arguments: [
            ("[]", ""), ("\"a\"", ""), ("{\"key\":1}", "key"), ("{\"key\":null}", "key"), ("{\"store_id\":\"1\"}", "store_id"),
            ("{\"owner\":\"1\"}", "owner"), ("{\"owner\":{\"type\":\"guest\",\"id\":3810267128}}", "owner.id"),
            ("{\"customer\":[]}", "customer"),
            ("{\"customer\":{\"email\":null}}", "customer.email"), ("{\"customer\":{\"profile\":[]}}", "customer.profile"),
            ("{\"currency\":840}", "currency"), ("{\"items\":{}}", "items"), ("{\"items\":[1]}", "items[0]"),
            ("{\"items\":[{\"product_id\":1},{\"product_id\":1},{\"product_id\":1,\"quantity\":\"2\"}]}", "items[2].quantity"),
            ("{\"items\":[{\"extra\":null}]}", "items[0].extra"), ("{\"items\":[{\"product\":{\"title\":1}}]}", "items[0].product.title"),
            ("{\"coupons\":[{\"code\":1}]}", "coupons[0].code"), ("{\"totals\":[]}", "totals"),
            ("{\"totals\":{\"tax\":\"1\"}}", "totals.tax"),
            ("{\"order_id\":\"1\"}", "order_id"), ("{\"created\":1728412200}", "created"), ("{\"expires\":null}", "expires"),
        ])
    func wrongType(document: String, name: String) throws {
        #expect(try field(of: document) == name)
    }

    @Test(
        "A value out of its range is named with its path",
        arguments: [
            ("{\"key\":\"\"}", "key"), ("{\"key\":\"a b\"}", "key"), ("{\"store_id\":0}", "store_id"),
            ("{\"store_id\":2147483648}", "store_id"),
            ("{\"store_id\":1.5}", "store_id"), ("{\"currency\":\"usd\"}", "currency"), ("{\"currency\":\"EURO\"}", "currency"),
            ("{\"items\":[{\"product_id\":0}]}", "items[0].product_id"), ("{\"items\":[{\"product_id\":-1}]}", "items[0].product_id"),
            ("{\"items\":[{}]}", "items[0].product_id"), ("{\"items\":[{\"variation_id\":-1}]}", "items[0].variation_id"),
            ("{\"items\":[{\"kind\":\"Cart\"}]}", "items[0].kind"), ("{\"items\":[{\"key\":\"\"}]}", "items[0].key"),
            ("{\"items\":[{\"key\":\"a b\"}]}", "items[0].key"), ("{\"items\":[{\"quantity\":0}]}", "items[0].quantity"),
            ("{\"items\":[{\"quantity\":-1}]}", "items[0].quantity"),
            ("{\"items\":[{\"quantity\":1000000000.000001}]}", "items[0].quantity"),
            ("{\"items\":[{\"quantity\":0.0000001}]}", "items[0].quantity"), ("{\"items\":[{\"quantity\":1e400}]}", "items[0].quantity"),
            ("{\"items\":[{\"unit_price\":18.5}]}", "items[0].unit_price"),
            ("{\"items\":[{\"unit_price\":9007199254740992}]}", "items[0].unit_price"),
            ("{\"items\":[{\"total\":-9007199254740992}]}", "items[0].total"), ("{\"totals\":{\"total\":1e16}}", "totals.total"),
            ("{\"items\":[{\"key\":\"a\",\"product_id\":1},{\"key\":\"a\",\"product_id\":2}]}", "items[1].key"),
            ("{\"coupons\":[{}]}", "coupons[0].code"), ("{\"fees\":[{\"id\":\"\"}]}", "fees[0].id"),
            ("{\"fees\":[{\"id\":\"a\"},{\"id\":\"a\"}]}", "fees[1].id"), ("{\"order_id\":0}", "order_id"),
            ("{\"created\":\"yesterday\"}", "created"), ("{\"updated\":\"2023-02-29\"}", "updated"),
            ("{\"ip_address\":\"\(String(repeating: "1", count: 65))\"}", "ip_address"),
            ("{\"source\":\"\(String(repeating: "é", count: 513))\"}", "source"),
        ])
    func outOfRange(document: String, name: String) throws {
        #expect(try field(of: document) == name)
    }

    @Test(
        "An owner is a decimal number of the range of its type",
        arguments: [
            ("guest", "2147483647", "owner.id"), ("guest", "4294967296", "owner.id"), ("guest", "0", "owner.id"),
            ("customer", "0", "owner.id"),
            ("customer", "2147483648", "owner.id"), ("customer", "-1", "owner.id"), ("customer", "+1", "owner.id"),
            ("customer", "", "owner.id"),
            ("customer", "1.0", "owner.id"), ("customer", "1 ", "owner.id"), ("customer", "٣", "owner.id"), ("customer", "0x1", "owner.id"),
            ("customer", "99999999999999999999", "owner.id"), ("admin", "1", "owner.type"), ("", "1", "owner.type"),
        ])
    func owner(type: String, id: String, name: String) throws {
        #expect(try field(of: "{\"owner\":{\"type\":\"\(type)\",\"id\":\"\(id)\"}}") == name)
    }

    @Test(
        "An owner needs a type and a number",
        arguments: [("{}", "owner.type"), ("{\"id\":\"1\"}", "owner.type"), ("{\"type\":\"guest\"}", "owner.id")])
    func incompleteOwner(owner: String, name: String) throws {
        #expect(try field(of: "{\"owner\":\(owner)}") == name)
    }

    @Test("Fees whose ids differ in their code points are different fees")
    func feesByBytes() {
        #expect(throws: Never.self) { try CartDraft(document: Array("{\"fees\":[{\"id\":\"\u{E9}\"},{\"id\":\"e\u{301}\"}]}".utf8)) }
    }

    @Test("A thousand items are accepted and one more is refused")
    func manyItems() throws {
        func document(_ count: Int) -> String {
            "{\"items\":[" + Array(repeating: "{\"product_id\":1}", count: count).joined(separator: ",") + "]}"
        }
        #expect(try CartDraft(document: Array(document(1000).utf8)).items.count == 1000)
        #expect(try field(of: document(1001)) == "items[1000]")
    }

    @Test("What follows the document is refused", arguments: ["{} {}", "{},", "{}x", "{}\u{0}"])
    func trailing(document: String) throws {
        let error = try #require(throws: CartError.self) { try CartDraft(document: Array(document.utf8)) }
        #expect(error.code == .malformedJSON)
    }

    @Test("The reason names the field in a sentence")
    func reason() throws {
        let error = try #require(throws: CartError.self) { try CartDraft(document: Array("{\"items\":[{\"quantity\":true}]}".utf8)) }
        #expect(error.reason == "items[0].quantity must be a number, not a boolean.")
    }
}
