import Foundation

/// The requests to write that wait for the one thread that writes, which takes all of them at once so that they share a transaction.
package final class WriteQueue<Job: Sendable>: @unchecked Sendable {
    private let mostInGroup: Int
    private let condition = NSCondition()
    // What follows is guarded by the condition.
    private var waiting: [Job] = []
    private var isClosing = false
    private var isRestAskedFor = false
    private var hasEnded = false
    private var closers: [CheckedContinuation<Void, Never>] = []
    private var written = WriteCounts()

    /// - Parameter mostInGroup: requests in one transaction.
    package init(mostInGroup: Int) { self.mostInGroup = mostInGroup }

    /// - Returns: false if the queue is closed; then nobody will do the work.
    package func add(_ job: Job) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosing else { return false }
        waiting.append(job)
        condition.signal()
        return true
    }

    /// Has the thread that writes do what it does when it rests, once nothing waits.
    package func askForRest() {
        condition.lock()
        isRestAskedFor = true
        condition.signal()
        condition.unlock()
    }

    /// Waits for work, and takes as much as one transaction may hold.
    ///
    /// - Parameter rest: done while nothing waits, when ``askForRest()`` was called.
    /// - Returns: nil if there is none and never will be.
    package func nextGroup(resting rest: () -> Void = {}) -> [Job]? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isClosing {
            if isRestAskedFor {
                isRestAskedFor = false
                rest()
            } else {
                condition.wait()
            }
        }
        guard !waiting.isEmpty else { return nil }
        let group = Array(waiting.prefix(mostInGroup))
        waiting.removeFirst(group.count)
        return group
    }

    /// Takes everything that waits, for the thread that writes to refuse it.
    package func takeWaiting() -> [Job] {
        condition.lock()
        defer { condition.unlock() }
        defer { waiting.removeAll() }
        return waiting
    }

    /// Counts a transaction of so many requests that is on disk.
    package func noteCommit(of requests: Int) {
        condition.lock()
        written.add(requests)
        condition.unlock()
    }

    /// What was written so far.
    package var counts: WriteCounts {
        condition.lock()
        defer { condition.unlock() }
        return written
    }

    /// Takes no more work, and returns when what waits is done and the thread that writes has said so by ``end()``.
    package func close() async {
        await withCheckedContinuation { continuation in
            condition.lock()
            isClosing = true
            let hasEnded = hasEnded
            if !hasEnded { closers.append(continuation) }
            condition.signal()
            condition.unlock()
            if hasEnded { continuation.resume() }
        }
    }

    /// Called by the thread that writes, after the last group.
    package func end() {
        condition.lock()
        hasEnded = true
        let closers = closers
        condition.unlock()
        for closer in closers { closer.resume() }
    }
}
