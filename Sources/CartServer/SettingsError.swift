/// A setting that cannot be used. It names the key and the rule, never the value: that may be a secret.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    public let key: String
    public let rule: String

    public init(key: String, rule: String) {
        self.key = key
        self.rule = rule
    }

    public var description: String { "The setting \(key) \(rule)." }
}
