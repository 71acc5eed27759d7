import Foundation

/// Lets all other programs go first from now on, as a server beside this one must: for work that nobody waits for.
func yieldToOthers() {
    // On Linux a priority is a thread's own, and new threads have that of the one that makes them.
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    for thread in threads.compactMap(id_t.init) { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), thread, 19) }
    if threads.isEmpty { nice(19) }
}
