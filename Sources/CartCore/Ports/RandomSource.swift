/// Where random bytes come from, so that a test can know them.
public protocol RandomSource: Sendable {
    /// - Parameter count: 0 or more bytes.
    func bytes(_ count: Int) -> [UInt8]
}

/// The system's cryptographically secure source.
public struct SystemRandomSource: RandomSource {
    public init() {}

    public func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
