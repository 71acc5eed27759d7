import CartCore
import Synchronization

/// The generator SplitMix64: fast, and every seed gives a sequence of its own that is the same on every machine.
///
/// It is not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter seed: any number; equal seeds give equal sequences.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A source of random bytes that gives the same bytes for the same seed and the same order of calls.
public final class SeededRandom: RandomSource {
    private let generator: Mutex<SplitMix64>

    /// - Parameter seed: any number; equal seeds give equal bytes.
    public init(seed: UInt64 = 1) { generator = Mutex(SplitMix64(seed: seed)) }

    /// The next bytes.
    ///
    /// - Parameter count: 0 or more bytes.
    public func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) } }
    }
}
