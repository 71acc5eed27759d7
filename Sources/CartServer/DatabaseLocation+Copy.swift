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
        throw CartError(.unavailable, "\(CartError.copyIsUnfinished.reason) It is \(self).")
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
        let given = try source.openCopyable(creating: false)
        let report: Result<StoreCopy.Report, CartError>
        do throws(CartError) {
            let taking = try target.openCopyable(creating: true)
            do throws(CartError) {
                report = .success(
                    try await StoreCopy(from: given, named: source.description, to: taking)
                        .run(restarting: restarting, shouldStop: shouldStop, progress: progress))
            } catch {
                report = .failure(error)
            }
            await taking.close()
        } catch {
            report = .failure(error)
        }
        await given.close()
        return try report.get()
    }
}
