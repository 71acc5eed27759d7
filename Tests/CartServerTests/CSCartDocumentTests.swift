import CartCore
import CartSamples
import CartTesting
import Foundation
import Testing

/// A command that a page shows, and what the page says comes out.
private struct Example: Sendable {
    let command: String
    /// What the block below the command is declared as, `json` or `text`; empty if there is none.
    var language = ""
    /// What stands in that block.
    var shown = ""

    init(command: String) { self.command = command }

    /// What is shown and did not come out; nil if nothing is missing. Members and elements that are shown as `…` were left out.
    func missing(from output: String) -> String? {
        switch language {
        case "json":
            guard let shown = Self.json(shown) else { return "JSON in the page" }
            guard let actual = Self.json(output) else { return "JSON" }
            return Self.missing(shown, from: actual, at: "$")
        case "text":
            let lines = Set(output.split(whereSeparator: \.isNewline))
            return shown.split(whereSeparator: \.isNewline).first { !lines.contains($0) }.map { "the line \($0)" }
        default:
            return nil
        }
    }

    private static func json(_ text: String) -> Any? { try? JSONSerialization.jsonObject(with: Data(text.utf8)) }

    /// Members, elements and texts count, their values do not.
    private static func missing(_ shown: Any, from actual: Any, at path: String) -> String? {
        switch (shown, actual) {
        case (let shown as [String: Any], let actual as [String: Any]):
            for (name, value) in shown where name != "…" {
                guard let member = actual[name] else { return "\(path).\(name)" }
                if let found = missing(value, from: member, at: "\(path).\(name)") { return found }
            }
            return nil
        case (let shown as [Any], let actual as [Any]):
            guard actual.count >= shown.count else { return "\(path)[\(actual.count)]" }
            for (place, value) in shown.enumerated() where value as? String != "…" {
                if let found = missing(value, from: actual[place], at: "\(path)[\(place)]") { return found }
            }
            return nil
        case (is [String: Any], _): return "an object at \(path)"
        case (is [Any], _): return "an array at \(path)"
        case (is String, is NSNumber): return "a text at \(path)"
        default: return nil
        }
    }
}

/// The Markdown files of the project.
private enum Document {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The text of a file, or of one of its sections.
    static func text(_ path: String, section: String?) throws -> String {
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        guard let section else { return text }
        return try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix(section + "\n") }, "There is no section \(section).")
    }

    /// The blocks of the language `sh`, each with the block below it if nothing stands between the two.
    static func examples(in text: String) -> [Example] {
        var examples: [Example] = []
        var language: Substring?
        var lines: [Substring] = []
        var isBelow = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let opened = language {
                guard line == "```" else {
                    lines.append(line)
                    continue
                }
                let block = lines.joined(separator: "\n")
                if opened == "sh" {
                    examples.append(Example(command: block))
                } else if isBelow, let last = examples.indices.last {
                    examples[last].language = String(opened)
                    examples[last].shown = block
                }
                isBelow = opened == "sh"
                language = nil
                lines = []
            } else if line.hasPrefix("```") {
                language = line.dropFirst(3)
            } else if !line.isEmpty {
                isBelow = false
            }
        }
        return examples
    }
}

@Suite("The documentation of CS-Cart's Carts API")
struct CSCartDocumentTests {
    @Test(
        "shows commands that work, with members that come out",
        arguments: zip(["docs/cscart.md", "README.md"], [nil, "Shops on CS-Cart"] as [String?]))
    func commands(path: String, section: String?) async throws {
        let examples = Document.examples(in: try Document.text(path, section: section))
        try #require(!examples.isEmpty && examples.allSatisfy { !$0.shown.isEmpty })
        try await TestServer.run { server in
            // What `make run` serves.
            let shop = SampleShop(seed: 1, now: SystemWallClock().now, policy: CartPolicy())
            _ = try await server.store.apply((0..<2000).map { .save(shop.cart($0), wasAbandoned: false, replacing: nil) })
            let key = try await server.cscartKey(.readWrite)
            for example in examples {
                var shell = Program.named("bash", "-c", example.command)
                shell.environment = ["URL": server.url, "LOGIN": key.login, "API_KEY": key.apiKey, "NO_PROXY": "127.0.0.1"]
                let result = try await shell.run()
                #expect(result.status == 0, "\(example.command)\n\(result.errors)")
                let missing = example.missing(from: result.output)
                #expect(missing == nil, "\(example.command)\n\(result.output)")
            }
        }
    }
}
