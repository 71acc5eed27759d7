import ArgumentParser
import CartHTTP
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// A plain Hummingbird server that gives one answer from memory: as fast as any server with this listener can be.
struct StaticServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "static", abstract: "Serves the bytes of a file to each GET, whatever its path: no store, no callers.")

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "The port to listen on, which must be free.")
    var port: Int
    @Option(help: "The answer: lines `Name: value`, an empty line, and the body; lines end with CR LF.")
    var response: String

    func run() async throws {
        // It is made once. Its body is one buffer, which goes out with the head in one write.
        let answer = try Self.answer(in: Data(contentsOf: URL(filePath: response)))
        let router = Router(context: BasicRequestContext.self)
        router.get("**") { _, _ in answer }
        var logger = Logger(label: "static")
        logger.logLevel = .warning
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { [host, port] _ in
                FileHandle.standardError.write(Data("static listens on http://\(host):\(port)\n".utf8))
            }, logger: logger)
        try await application.runService()
    }

    /// Reads the answer of a file.
    ///
    /// - Throws: `ValidationError` if there is no empty line behind the headers, or if a header is none.
    private static func answer(in file: Data) throws -> Response {
        guard let gap = file.range(of: Data("\r\n\r\n".utf8)) else { throw ValidationError("--response has no empty line.") }
        var headers = HTTPFields()
        for line in String(decoding: file[..<gap.lowerBound], as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else {
                throw ValidationError("--response has a line that is no header: \(line)")
            }
            headers.append(HTTPField(name: name, value: parts[1].trimmingCharacters(in: .whitespaces)))
        }
        return Response(headers: headers, bytes: Array(file[gap.upperBound...]))
    }
}
