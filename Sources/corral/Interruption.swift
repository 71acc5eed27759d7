import Foundation
import Synchronization
import UnixSignals

/// Notes that the user wants the program to end (SIGINT, SIGTERM), so that long work can stop where it can be resumed. A second signal
/// ends the program at once.
final class Interruption: Sendable {
    private let requested = Mutex(false)

    init() {
        Task { [weak self] in
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                let isSecond = self?.requested.withLock { requested in
                    defer { requested = true }
                    return requested
                }
                if isSecond ?? true { exit(130) }
            }
        }
    }

    var isRequested: Bool { requested.withLock { $0 } }
}
