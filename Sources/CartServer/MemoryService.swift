import CMemory
import CartCore
import ServiceLifecycle

/// Gives memory back to the system every few seconds: what the store keeps to be faster, and what was freed, which the allocator of Linux
/// keeps for ever, after a flood some hundred megabytes.
struct MemoryService: Service {
    let store: any Store

    private static let interval = Duration.seconds(10)

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            store.releaseMemory()
            corral_release_free_memory()
        }
    }
}
