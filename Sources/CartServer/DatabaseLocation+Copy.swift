import CartCore

extension DatabaseLocation {
    /// Opens the store as ``open(creating:abandonedAfter:)`` does, unless a copy into it was not finished.
    ///
    /// - Throws: ``CartError`` `.unavailable` that says why the store cannot be used.
    public func openWhole(
        creating: Bool, abandonedAfter: TimeSpan = CartPolicy().abandonedAfter
    ) async throws(CartError) -> any Store {
        let store = try open(creating: creating, abandonedAfter: abandonedAfter)
        do throws(CartError) {
            guard try await StoreCopy.unfinished(store) else { return store }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        throw CartError(.unavailable, "A copy into this store was not finished; run corral copy again. It is \(self).")
    }

    /// Copies everything that a store keeps into another one, which is made if there is none, and compares both.
    ///
    /// - Parameters:
    ///   - restarting, shouldStop, progress: see ``StoreCopy/run(restarting:shouldStop:progress:)``.
    /// - Throws: as ``StoreCopy/run(restarting:shouldStop:progress:)``.
    package static func copy(
        from source: DatabaseLocation, to target: DatabaseLocation, restarting: Bool, shouldStop: @escaping @Sendable () -> Bool,
        progress: @escaping @Sendable (_ step: StoreCopy.Step, _ done: Int, _ total: Int) async -> Void
    ) async throws(CartError) -> StoreCopy.Report {
        let given = try source.open(creating: false)
        let report: Result<StoreCopy.Report, CartError>
        do throws(CartError) {
            let taking = try target.open(creating: true)
            report = await copy(given, named: source.description, taking, restarting, shouldStop, progress)
            await taking.close()
        } catch {
            report = .failure(error)
        }
        await given.close()
        return try report.get()
    }

    private static func copy(
        _ source: any Store, named name: String, _ target: any Store, _ restarting: Bool, _ shouldStop: @escaping @Sendable () -> Bool,
        _ progress: @escaping @Sendable (_ step: StoreCopy.Step, _ done: Int, _ total: Int) async -> Void
    ) async -> Result<StoreCopy.Report, CartError> {
        guard let source = source as? any CopyableStore, let target = target as? any CopyableStore else {
            return .failure(CartError(.unavailable, "One of the stores cannot be copied."))
        }
        do throws(CartError) {
            return .success(
                try await StoreCopy(from: source, named: name, to: target)
                    .run(restarting: restarting, shouldStop: shouldStop, progress: progress))
        } catch {
            return .failure(error)
        }
    }
}
