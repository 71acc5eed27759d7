import Foundation
import Synchronization
import Testing

/// A program that a test runs as a user would.
struct Program {
    let executable: URL
    var arguments: [String] = []
    var environment: [String: String] = [:]

    /// The command line tool that was built with these tests.
    static func corral(_ arguments: String..., environment: [String: String] = [:]) -> Program {
        let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return Program(executable: folder.appending(path: "corral"), arguments: arguments, environment: environment)
    }

    /// A program that is looked for in the search path.
    static func named(_ name: String, _ arguments: String...) -> Program {
        Program(executable: URL(filePath: "/usr/bin/env"), arguments: [name] + arguments)
    }

    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    fileprivate func process() -> Process {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return process
    }

    /// Foundation crashes now and then when several threads launch programs at once.
    private static let launching = NSLock()

    private static func launch(_ process: Process) throws { try launching.withLock { try process.run() } }

    /// Runs the program to its end.
    func run(input: String = "") async throws -> Result {
        let process = process()
        let (input:stdin, output:stdout, errors:stderr) = (input: Pipe(), output: Pipe(), errors: Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try Self.launch(process)
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        async let output = Self.read(stdout)
        async let errors = Self.read(stderr)
        let texts = await (output, errors)
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: texts.0, errors: texts.1)
    }

    /// Reads on a thread of its own: many programs that run long would take up all that the queues of the system share, and the servers
    /// in this process need some.
    private static func read(_ pipe: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
            }
        }
    }

    /// Starts the program and waits until what it has written satisfies `isReady`; gives up after 30 seconds.
    func start(until isReady: @escaping @Sendable (String) async -> Bool) async throws -> RunningProgram {
        let process = process()
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        let running = RunningProgram(process: process)
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            // At the end it would be called again and again.
            if data.isEmpty {
                handle.readabilityHandler = nil
                running.isRead.signal()
            }
            running.written.withLock { $0 += String(decoding: data, as: UTF8.self) }
        }
        try Self.launch(process)
        for _ in 0..<3000 {
            if await isReady(running.text) { return running }
            if !process.isRunning { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        process.terminate()
        throw ProgramFailure(text: running.text)
    }
}

struct ProgramFailure: Error {
    let text: String
}

/// A program that has been started.
final class RunningProgram: @unchecked Sendable {
    fileprivate let process: Process
    fileprivate let written = Mutex("")
    /// Signalled when all has been read that the program wrote.
    fileprivate let isRead = DispatchSemaphore(value: 0)

    fileprivate init(process: Process) { self.process = process }

    /// What the program has written so far.
    var text: String { written.withLock { $0 } }

    /// The port in the URL that a server says it listens on.
    var port: Int? {
        text.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
    }

    var processID: Int32 { process.processIdentifier }

    /// Stops the program at once, as a power failure would.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        waitUntilRead()
        expectNoSecrets()
    }

    /// Presses Ctrl-C.
    func interrupt() { process.interrupt() }

    /// Waits for the program's end.
    ///
    /// - Returns: its exit code.
    func wait() -> Int32 {
        waitUntilRead()
        return process.terminationStatus
    }

    /// Waits for the program's end and for its last words, which come through a pipe a little later.
    private func waitUntilRead() {
        process.waitUntilExit()
        _ = isRead.wait(timeout: .now() + 10)
        isRead.signal()
    }

    /// Asks the program to stop.
    ///
    /// - Returns: its exit code.
    func stop() -> Int32 {
        process.terminate()
        waitUntilRead()
        expectNoSecrets()
        return process.terminationStatus
    }

    /// Looks for keys, secrets and e-mail addresses in what a server wrote; the demo is there to show some.
    private func expectNoSecrets() {
        guard process.arguments?.first == "serve" else { return }
        for line in text.split(separator: "\n") where line.contains(/c[ks]_[0-9a-f]{40}/) || line.contains("@example.com") {
            Issue.record("A secret or an e-mail address stands in the log, in a line that begins with: \(line.prefix(40))")
        }
    }
}

/// A folder for one test, removed afterwards.
func withTemporaryFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "corral-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
