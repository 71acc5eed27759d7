import CartCore
import Logging
import ServiceLifecycle

/// Writes what was counted in memory to the store: the use of keys every second, refused calls every minute, and both once more at the
/// end.
struct CountsService: Service {
    let usage: UsageRecorder
    let refusals: RefusalRecorder
    let store: any Store
    let logger: Logger

    func run() async throws {
        var seconds = 0
        while !Task.isShuttingDownGracefully {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
            if Task.isCancelled { break }
            seconds += 1
            await flush(refused: seconds.isMultiple(of: 60))
        }
        await flush(refused: true)
    }

    private func flush(refused: Bool) async {
        do {
            try await usage.flush(to: store)
            if refused { try await refusals.flush(to: store) }
        } catch {
            logger.warning(
                "The use of keys and refused calls could not be written and will be tried again", metadata: ["reason": "\(error.reason)"])
        }
    }
}
