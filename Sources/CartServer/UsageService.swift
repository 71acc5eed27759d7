import CartCore
import Logging
import ServiceLifecycle

/// Writes the counts of accepted requests to the store every second, and once more at the end.
struct UsageService: Service {
    let usage: UsageRecorder
    let store: any CredentialStore
    let logger: Logger

    func run() async throws {
        while !Task.isShuttingDownGracefully {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
            if Task.isCancelled { break }
            await flush()
        }
        await flush()
    }

    private func flush() async {
        do {
            try await usage.flush(to: store)
        } catch {
            logger.warning("The usage of keys could not be written and will be tried again", metadata: ["reason": "\(error.reason)"])
        }
    }
}
