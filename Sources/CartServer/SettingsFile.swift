import Foundation
import Yams

/// The configuration file: YAML whose mappings spell the keys, `server:` with `port:` in it for `server.port`.
enum SettingsFile {
    /// Reads every key and its value as text; a list is joined by commas.
    ///
    /// - Parameter known: the keys that there are.
    /// - Throws: ``SettingsError`` for any other key, and for a file that cannot be read or is no YAML.
    static func read(path: String, known: Set<String>) throws -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
            throw SettingsError(key: "config", rule: "names a file that cannot be read")
        }
        guard let root = try? compose(yaml: text) else {
            // An empty file sets nothing; everything else that has no root is not YAML.
            if text.split(whereSeparator: \.isNewline).allSatisfy({ $0.isEmpty || $0.hasPrefix("#") }) { return [:] }
            throw SettingsError(key: "config", rule: "names a file that is not YAML")
        }
        var values: [String: String] = [:]
        try flatten(root, under: "", into: &values, known: known)
        return values
    }

    private static func compose(yaml: String) throws -> Node? { try Yams.compose(yaml: yaml) }

    private static func flatten(_ node: Node, under key: String, into values: inout [String: String], known: Set<String>) throws {
        switch node {
        case .mapping(let mapping):
            for (name, value) in mapping {
                let name = name.string ?? ""
                try flatten(value, under: key.isEmpty ? name : "\(key).\(name)", into: &values, known: known)
            }
        case .scalar(let scalar):
            try check(key, known)
            values[key] = scalar.string
        case .sequence(let sequence):
            try check(key, known)
            values[key] = sequence.compactMap(\.string).joined(separator: ",")
        case .alias:
            throw SettingsError(key: key, rule: "must not be an alias")
        }
    }

    private static func check(_ key: String, _ known: Set<String>) throws(SettingsError) {
        guard known.contains(key) else { throw SettingsError(key: key, rule: "is not known") }
    }
}
