import CartCore
import Testing

@testable import CartStoreSQLite

@Suite("No page of the audit trail sorts or reads what it does not show")
struct AuditPlanTests {
    private static let filters: [(name: String, filter: AuditFilter)] = {
        var filters: [(String, AuditFilter)] = [("audit_at", AuditFilter())]
        func add(_ index: String, _ set: (inout AuditFilter) -> Void) {
            var filter = AuditFilter()
            set(&filter)
            filters.append((index, filter))
        }
        add("audit_actor") { $0.actor = "key:3" }
        add("audit_action") { $0.action = .keyRevoke }
        add("audit_subject") { $0.subject = "cart:a" }
        add("audit_at") { $0.from = Timestamp(seconds: 0) }
        add("audit_at") { $0.to = Timestamp(seconds: 0) }
        add("audit_subject") { filter in
            filter.actor = "key:3"
            filter.action = .cartDelete
            filter.subject = "cart:a"
            filter.from = Timestamp(seconds: 0)
        }
        return filters
    }()

    @Test("each condition has an index in the order of the trail", arguments: filters)
    func plans(index: String, filter: AuditFilter) async throws {
        try await withTemporaryStore { store, _ in
            for after in [nil, AuditQuery.Place(at: Timestamp(seconds: 5), id: 5)] {
                let plans = try store.readers.read { connection in
                    try connection.plans { connection in
                        _ = try AuditReader(connection: connection, query: AuditQuery(filter: filter, after: after)).page()
                    }
                }
                let page = try #require(plans.first { $0.sql.contains("ORDER BY") }?.plan)
                #expect(page.allSatisfy { $0.contains(" INDEX \(index)") && !$0.contains("TEMP") }, "\(page)")
                let count = try #require(plans.first { $0.sql.contains("count(*)") }?.plan)
                #expect(count.allSatisfy { $0.contains("INDEX audit_") }, "\(count)")
            }
        }
    }
}
