import CartCore
import CartTesting
import Foundation
import NIOHTTP1
import Testing

@Suite("Deleting all carts that a filter finds, over /v1/carts/delete")
struct BulkDeleteRouteTests {
    private static let path = "/v1/carts/delete"
    private static let ofTill = #"{"source":"till"}"#

    private func ask(
        _ body: String, _ authorization: String, named name: String? = nil, on server: TestServer
    ) async throws -> TestServer.Answer {
        try await server.send(
            .POST, Self.path, authorization, headers: name.map { [("Idempotency-Key", $0)] } ?? [], body: Array(body.utf8))
    }

    /// What a dry run tells of a filter.
    private func look(_ filter: String, _ authorization: String, on server: TestServer) async throws -> (count: Int, confirmation: String) {
        let answer = try await ask(#"{"filter":\#(filter),"dry_run":true}"#, authorization, on: server)
        try #require(answer.status == 200, "\(answer.text)")
        return (try #require(answer.object["count"] as? Int), try #require(answer.object["confirmation"] as? String))
    }

    private func delete(
        _ filter: String, _ confirmation: String, _ authorization: String, named name: String? = nil, on server: TestServer
    ) async throws -> TestServer.Answer {
        try await ask(#"{"filter":\#(filter),"confirmation":"\#(confirmation)"}"#, authorization, named: name, on: server)
    }

    private func keep(_ keys: [String], source: String = "till", store: Int = 1, on server: TestServer) async throws {
        for key in keys { try await server.keep(#"{"key":"\#(key)","source":"\#(source)","store_id":\#(store)}"#) }
    }

    private func deletions(on server: TestServer) async throws -> (entries: [AuditEntry], total: Int) {
        var filter = AuditFilter()
        filter.action = .cartDelete
        let page = try await server.store.audit(AuditQuery(filter: filter, limit: 1000))
        return (page.entries, page.total)
    }

    @Test("a dry run tells how many there are and deletes none; its confirmation deletes these alone, each with its entry")
    func twoSteps() async throws {
        try await TestServer.run { server in
            try await keep(["a", "b", "c"], on: server)
            try await keep(["d"], source: "shop", on: server)
            let key = try await server.key(.write)
            let dry = try await ask(#"{"filter":\#(Self.ofTill),"dry_run":true}"#, key.authorization, on: server)
            #expect(dry.status == 200, "\(dry.text)")
            #expect(dry.headers.first(name: "Content-Type") == "application/json")
            #expect(Set(dry.object.keys) == ["count", "confirmation"])
            #expect(dry.object["count"] as? Int == 3)
            let confirmation = try #require(dry.object["confirmation"] as? String)
            #expect(confirmation.wholeMatch(of: /3-[0-9a-f]{16}/) != nil, "\(confirmation)")
            let standing = try await server.cartKeys()
            #expect(standing == ["a", "b", "c", "d"])

            let done = try await delete(Self.ofTill, confirmation, key.authorization, on: server)
            #expect(done.status == 200, "\(done.text)")
            #expect(done.text == #"{"deleted":3}"#)
            let left = try await server.cartKeys()
            #expect(left == ["d"])
            let entries = try await deletions(on: server).entries
            #expect(entries.map(\.subject).sorted() == ["cart:a", "cart:b", "cart:c"])
            #expect(entries.allSatisfy { $0.actor == "key:\(key.id)" })
        }
    }

    @Test("a dry run with a confirmation is a dry run")
    func dryRunWithConfirmation() async throws {
        try await TestServer.run { server in
            try await keep(["a"], on: server)
            let key = try await server.key(.write).authorization
            let found = try await look("{}", key, on: server)
            let answer = try await ask(#"{"filter":{},"confirmation":"\#(found.confirmation)","dry_run":true}"#, key, on: server)
            #expect(answer.object["count"] as? Int == 1)
            let left = try await server.cartKeys()
            #expect(left == ["a"])
        }
    }

    @Test("if there are more carts than were confirmed nothing is deleted; fewer are deleted")
    func moreThanConfirmed() async throws {
        try await TestServer.run { server in
            try await keep(["a", "b", "c"], on: server)
            let key = try await server.key(.write).authorization
            let found = try await look(Self.ofTill, key, on: server)
            try await keep(["d"], on: server)
            let refused = try await delete(Self.ofTill, found.confirmation, key, on: server)
            #expect(refused.status == 409, "\(refused.text)")
            #expect(refused.headers.first(name: "Content-Type") == "application/problem+json")
            let detail = try #require(refused.object["detail"] as? String)
            #expect(detail.contains("4") && detail.contains("3"), "\(detail)")
            let standing = try await server.cartKeys()
            #expect(standing == ["a", "b", "c", "d"])
            for name in ["c", "d"] { _ = try await server.send(.DELETE, "/v1/carts/\(name)", key) }
            let done = try await delete(Self.ofTill, found.confirmation, key, on: server)
            #expect(done.object["deleted"] as? Int == 2)
            let left = try await server.cartKeys()
            #expect(left.isEmpty)
        }
    }

    @Test("a confirmation is that of its conditions, in whatever order they stand, and of no others")
    func otherFilter() async throws {
        try await TestServer.run { server in
            try await keep(["a"], on: server)
            let key = try await server.key(.write).authorization
            let found = try await look(#"{"source":"till","empty":true}"#, key, on: server)
            for filter in [
                "{}", Self.ofTill, #"{"source":"till","empty":false}"#, #"{"source":"Till","empty":true}"#,
                #"{"source":"till","empty":true,"store_id":1}"#, #"{"source":"till","empty":true,"total_min":0}"#,
            ] {
                let refused = try await delete(filter, found.confirmation, key, on: server)
                #expect(refused.status == 422, "\(filter): \(refused.text)")
                #expect(refused.wrongFields == ["confirmation"], "\(filter): \(refused.text)")
            }
            let hash = found.confirmation.dropFirst(2)
            for confirmation in [
                "", "1", "1-", "-1-\(hash)", "+1-\(hash)", "01-\(hash)", "1-\(hash)0", "1-\(hash.dropLast())", "x-\(hash)",
            ] {
                let refused = try await delete(#"{"source":"till","empty":true}"#, confirmation, key, on: server)
                #expect(refused.status == 422, "\(confirmation): \(refused.text)")
            }
            let standing = try await server.cartKeys()
            #expect(standing == ["a"])
            let done = try await delete(#"{"empty":true,"source":"till"}"#, found.confirmation, key, on: server)
            #expect(done.object["deleted"] as? Int == 1, "\(done.text)")
        }
    }

    @Test("a field that is missing, unknown, stands twice or has a wrong value is 422 and named, and nothing goes")
    func wrongBodies() async throws {
        try await TestServer.run { server in
            try await keep(["a"], on: server)
            let key = try await server.key(.write).authorization
            let wrong: [(body: String, field: String)] = [
                ("{}", "filter"), ("[]", ""), ("null", ""), (#"{"dry_run":true}"#, "filter"),
                (#"{"filter":null,"dry_run":true}"#, "filter"),
                (#"{"filter":[],"dry_run":true}"#, "filter"), (#"{"filter":"all","dry_run":true}"#, "filter"),
                (#"{"filter":{}}"#, "confirmation"), (#"{"filter":{},"dry_run":false}"#, "confirmation"),
                (#"{"filter":{},"confirmation":1}"#, "confirmation"), (#"{"filter":{},"confirmation":null}"#, "confirmation"),
                (#"{"filter":{},"dry_run":"true"}"#, "dry_run"), (#"{"filter":{},"dry_run":1}"#, "dry_run"),
                (#"{"filter":{},"dry_run":true,"colour":"red"}"#, "colour"), (#"{"filter":{},"dry_run":true,"limit":1}"#, "limit"),
                (#"{"filter":{},"filter":{},"dry_run":true}"#, "filter"), (#"{"filter":{},"dry_run":true,"dry_run":true}"#, "dry_run"),
                (#"{"filter":{"colour":"red"},"dry_run":true}"#, "filter.colour"),
                (#"{"filter":{"source":"a","source":"b"},"dry_run":true}"#, "filter.source"),
                (#"{"filter":{"state":"gone"},"dry_run":true}"#, "filter.state"),
                (#"{"filter":{"state":null},"dry_run":true}"#, "filter.state"),
                (#"{"filter":{"owner_type":"ghost"},"dry_run":true}"#, "filter.owner_type"),
                (#"{"filter":{"owner_id":4294967296},"dry_run":true}"#, "filter.owner_id"),
                (#"{"filter":{"owner_id":"7"},"dry_run":true}"#, "filter.owner_id"),
                (#"{"filter":{"email":""},"dry_run":true}"#, "filter.email"), (#"{"filter":{"name":" "},"dry_run":true}"#, "filter.name"),
                (#"{"filter":{"source":""},"dry_run":true}"#, "filter.source"),
                (#"{"filter":{"product_ids":[]},"dry_run":true}"#, "filter.product_ids"),
                (#"{"filter":{"product_ids":[1,0]},"dry_run":true}"#, "filter.product_ids[1]"),
                (#"{"filter":{"total_min":1.5},"dry_run":true}"#, "filter.total_min"),
                (#"{"filter":{"created_after":"yesterday"},"dry_run":true}"#, "filter.created_after"),
                (#"{"filter":{"expires_before":0},"dry_run":true}"#, "filter.expires_before"),
                (#"{"filter":{"store_id":0},"dry_run":true}"#, "filter.store_id"),
                (#"{"filter":{"has_contact":"true"},"dry_run":true}"#, "filter.has_contact"),
            ]
            for (body, field) in wrong {
                let answer = try await ask(body, key, on: server)
                #expect(answer.status == 422, "\(body): \(answer.text)")
                #expect(answer.wrongFields == [field], "\(body): \(answer.text)")
            }
            for body in ["", "{", #"{"filter":}"#, #"{"filter":{},"dry_run":true} x"#] {
                let answer = try await ask(body, key, on: server)
                #expect(answer.status == 400, "\(body): \(answer.text)")
            }
            let left = try await server.cartKeys()
            #expect(left == ["a"])
            let entries = try await deletions(on: server).total
            #expect(entries == 0)
        }
    }

    @Test("an empty filter is all carts, and of a key that is bound to a store all carts of that store")
    func emptyFilter() async throws {
        try await TestServer.run { server in
            try await keep(["a", "b"], store: 1, on: server)
            try await keep(["c", "d", "e"], store: 2, on: server)
            let all = try await server.key(.write).authorization
            let bound = try await server.key(.write, storeID: 2).authorization
            let everything = try await look("{}", all, on: server)
            #expect(everything.count == 5)
            let own = try await look("{}", bound, on: server)
            #expect(own.count == 3)
            // The conditions are not the same, though the filters are.
            let foreign = try await delete("{}", everything.confirmation, bound, on: server)
            #expect(foreign.status == 422, "\(foreign.text)")
            for body in [#"{"filter":{"store_id":1},"dry_run":true}"#, #"{"filter":{"store_id":1},"confirmation":"2-0000000000000000"}"#] {
                let refused = try await ask(body, bound, on: server)
                #expect(refused.status == 422, "\(refused.text)")
                #expect(refused.wrongFields.first?.hasSuffix("store_id") == true, "\(refused.text)")
            }
            let named = try await look(#"{"store_id":2}"#, bound, on: server)
            #expect(named.count == 3)
            let done = try await delete("{}", own.confirmation, bound, on: server)
            #expect(done.object["deleted"] as? Int == 3)
            let left = try await server.cartKeys()
            #expect(left == ["a", "b"])
            let rest = try await delete("{}", everything.confirmation, all, on: server)
            #expect(rest.object["deleted"] as? Int == 2)
        }
    }

    @Test("a request that is sent again under its name is answered as it was and deletes nothing; with another body it is refused")
    func sentAgain() async throws {
        try await TestServer.run { server in
            try await keep(["a", "b"], on: server)
            let key = try await server.key(.write).authorization
            let found = try await look(Self.ofTill, key, on: server)
            let first = try await delete(Self.ofTill, found.confirmation, key, named: "night-1", on: server)
            #expect(first.status == 200 && first.object["deleted"] as? Int == 2, "\(first.text)")
            try await keep(["c", "d"], on: server)
            for _ in 0..<2 {
                let again = try await delete(Self.ofTill, found.confirmation, key, named: "night-1", on: server)
                #expect(again.status == 200)
                #expect(again.body == first.body)
            }
            let other = try await delete("{}", found.confirmation, key, named: "night-1", on: server)
            #expect(other.status == 422, "\(other.text)")
            #expect(other.wrongFields == ["Idempotency-Key"])
            let wrong = try await delete(Self.ofTill, found.confirmation, key, named: "two words", on: server)
            #expect(wrong.status == 422 && wrong.wrongFields == ["Idempotency-Key"], "\(wrong.text)")
            let standing = try await server.cartKeys()
            #expect(standing == ["c", "d"])
            // The name is the key's own.
            let another = try await server.key(.write).authorization
            let done = try await delete(Self.ofTill, found.confirmation, another, named: "night-1", on: server)
            #expect(done.object["deleted"] as? Int == 2)
        }
    }

    @Test("what was refused is not kept under its name: the request may be sent again when it can be done")
    func refusedUnderName() async throws {
        try await TestServer.run { server in
            try await keep(["a"], on: server)
            let key = try await server.key(.write).authorization
            let found = try await look(Self.ofTill, key, on: server)
            try await keep(["b"], on: server)
            let refused = try await delete(Self.ofTill, found.confirmation, key, named: "night-2", on: server)
            #expect(refused.status == 409)
            _ = try await server.send(.DELETE, "/v1/carts/b", key)
            let done = try await delete(Self.ofTill, found.confirmation, key, named: "night-2", on: server)
            #expect(done.object["deleted"] as? Int == 1, "\(done.text)")
        }
    }

    @Test("more carts than go in one batch all go, each with its entry, and both requests are counted as deletions")
    func many() async throws {
        try await TestServer.run { server in
            try await server.fill(1203)
            try await keep(["kept"], source: "shop", on: server)
            let key = try await server.key(.write)
            let filter = #"{"product_ids":[1]}"#
            let found = try await look(filter, key.authorization, on: server)
            #expect(found.count == 1203)
            let done = try await delete(filter, found.confirmation, key.authorization, on: server)
            #expect(done.object["deleted"] as? Int == 1203)
            let left = try await server.cartKeys()
            #expect(left == ["kept"])
            let total = try await deletions(on: server).total
            #expect(total == 1203)
            // The counts are written each second.
            var counted: [RequestKind: Int64] = [:]
            for _ in 0..<100 where counted != [.delete: 2] {
                try await Task.sleep(for: .milliseconds(100))
                counted = [:]
                for (count, requests) in try await server.store.usage(ofKey: key.id).requests {
                    counted[count.kind, default: 0] += requests
                }
            }
            #expect(counted == [.delete: 2])
        }
    }
}
