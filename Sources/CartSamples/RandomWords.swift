import CartCore

/// 128 bits that were drawn already, for those who ask for bytes.
struct RandomWords: RandomSource {
    private let high: UInt64
    private let low: UInt64

    init(_ high: UInt64, _ low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter count: 0 or more; after 16 bytes they come again.
    func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { place in
            let word = place & 8 == 0 ? high : low
            return UInt8(truncatingIfNeeded: word >> UInt64(56 - (place & 7) * 8))
        }
    }
}
