import Foundation

/// Lets all other programs go first from now on: for work that nobody waits for, neither a person nor, with a lock, a server beside it.
func yieldToOthers() {
    #if os(Linux)
    // A priority is a thread's own there, and new threads have that of the one that makes them.
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    for thread in threads.compactMap(id_t.init) { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), thread, 19) }
    #else
    nice(19)
    #endif
}
