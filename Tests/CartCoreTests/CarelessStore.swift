import CartCore
import CartTesting

/// A store that is careless in one thing which only the checks of the ports can notice.
struct CarelessStore: WholeStoreInFront {
    enum Fault: String, CaseIterable, Sendable {
        case deletesWithoutLooking, deletesWithoutLease, forgetsEvents, countsNoDays, ordersIDsBackwards, skipsEntries, sharesLeases,
            givesBackForOthers, keepsFirstNote, forgetsTooMuch, keepsExpiredSessions, keepsOldRoles, hidesSignOuts
    }

    let fault: Fault
    let store = InMemoryStore()

    init(fault: Fault) { self.fault = fault }

    func ids(_ filter: CartFilter, at clock: StateClock) async throws(CartError) -> [Int64] {
        let ids = try await store.ids(filter, at: clock)
        return fault == .ordersIDsBackwards ? ids.reversed() : ids
    }

    func delete(
        _ ids: [Int64], meeting filter: CartFilter, at clock: StateClock, by author: Author, under lease: Lease?
    ) async throws(CartError) -> Int? {
        try await store.delete(
            ids, meeting: fault == .deletesWithoutLooking ? CartFilter() : filter, at: clock, by: author,
            under: fault == .deletesWithoutLease ? nil : lease)
    }

    func statistics(at clock: StateClock, days: [Timestamp]) async throws(CartError) -> [Int64: CartStatistics] {
        if fault == .forgetsEvents { try await store.forgetEvents(before: .latest) }
        var figures = try await store.statistics(at: clock, days: days)
        if fault == .countsNoDays, let first = days.first {
            // Days of 24 hours, whatever the zone.
            let even = days.indices.map { first + .days(Int64($0)) }
            for (storeID, counted) in try await store.statistics(at: clock, days: even) {
                for place in days.indices { figures[storeID]?.days[place].events = counted.days[place].events }
            }
        }
        return figures
    }

    func entries(after id: Int64, limit: Int) async throws(CartError) -> [AuditEntry] {
        try await store.entries(after: fault == .skipsEntries && id > 0 ? id + 1 : id, limit: limit)
    }

    func take(_ lease: Lease, at now: Timestamp) async throws(CartError) -> Bool {
        let isTaken = try await store.take(lease, at: now)
        return isTaken || fault == .sharesLeases
    }

    func giveBack(_ lease: Lease) async throws(CartError) {
        var lease = lease
        if fault == .givesBackForOthers { lease.holder = lease.holder == "me" ? "other" : "me" }
        try await store.giveBack(lease)
    }

    func leave(_ note: [UInt8], as name: String) async throws(CartError) {
        if fault == .keepsFirstNote, try await store.note(name) != nil { return }
        try await store.leave(note, as: name)
    }

    func forgetExpired(at now: Timestamp, limit: Int) async throws(CartError) -> Int {
        try await store.forgetExpired(at: now, limit: fault == .forgetsTooMuch ? .max : limit)
    }

    func session(_ id: [UInt8], at now: Timestamp) async throws(CartError) -> (session: Session, user: User)? {
        guard var found = try await store.session(id, at: fault == .keepsExpiredSessions ? .earliest : now) else { return nil }
        if fault == .keepsOldRoles { found.user.role = .administrator }
        return found
    }

    func deleteSession(_ id: [UInt8], by author: Author) async throws(CartError) {
        try await store.deleteSession(id, by: fault == .hidesSignOuts ? Author(.anonymous, at: author.now) : author)
    }
}
