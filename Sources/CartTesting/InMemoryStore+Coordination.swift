import CartCore
import Synchronization

extension InMemoryStore: CoordinationStore {
    public func take(_ lease: Lease, at now: Timestamp) async throws(CartError) -> Bool {
        state.withLock { $0.take(lease, at: now) }
    }

    public func giveBack(_ lease: Lease) async throws(CartError) {
        state.withLock { state in
            if state.leases[lease.name]?.holder == lease.holder { state.leases[lease.name] = nil }
        }
    }

    public func leave(_ note: [UInt8], as name: String) async throws(CartError) { state.withLock { $0.notes[name] = note } }

    public func note(_ name: String) async throws(CartError) -> [UInt8]? { state.withLock { $0.notes[name] } }

    public func forgetExpired(at now: Timestamp, limit: Int) async throws(CartError) -> Int {
        state.withLock { state in
            let answers = state.answers.filter { $0.value.expires <= now }.keys.prefix(limit)
            let sessions = state.sessions.filter { $0.value.expires <= now }.keys.prefix(limit)
            for id in answers { state.answers[id] = nil }
            for id in sessions { state.sessions[id] = nil }
            return answers.count + sessions.count
        }
    }
}

extension InMemoryStore: SessionStore {
    public func insert(_ session: Session, by author: Author) async throws(CartError) {
        state.withLock { state in
            state.sessions[session.id] = session
            state.note(.session(.userSignIn, of: session.userID, by: author))
        }
    }

    public func session(_ id: [UInt8], at now: Timestamp) async throws(CartError) -> (session: Session, user: User)? {
        state.withLock { state in
            guard let session = state.sessions[id], session.expires > now else { return nil }
            return state.users.first { $0.id == session.userID }.map { (session, $0) }
        }
    }

    public func deleteSession(_ id: [UInt8], by author: Author) async throws(CartError) {
        state.withLock { state in
            guard let session = state.sessions.removeValue(forKey: id) else { return }
            state.note(.session(.userSignOut, of: session.userID, by: author))
        }
    }
}

extension InMemoryStore.State {
    mutating func take(_ lease: Lease, at now: Timestamp) -> Bool {
        if let held = leases[lease.name], held.holder != lease.holder, held.expires > now, held.expires <= now + lease.duration + .days(1) {
            return false
        }
        leases[lease.name] = (lease.holder, now + lease.duration)
        return true
    }
}
