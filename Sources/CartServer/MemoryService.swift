import CMemory
import ServiceLifecycle

/// Gives freed memory back to the system every few seconds: the allocator of Linux keeps it for ever, after a flood some hundred megabytes.
struct MemoryService: Service {
    private static let interval = Duration.seconds(10)

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            corral_release_free_memory()
        }
    }
}
