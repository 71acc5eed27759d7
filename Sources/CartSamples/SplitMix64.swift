/// Sebastiano Vigna's SplitMix64: every state gives a different stream at once, with no warming up, so that each cart can
/// have a generator of its own.
struct SplitMix64: Sendable {
    /// What a stream is for; streams of equal number and different subject have nothing in common.
    enum Subject: UInt64 {
        case cart = 0x63617274
        case customer = 0x70657273
        case catalogue = 0x676f6f64
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var state: UInt64

    /// Different numbers give different states, since mixing is a bijection; so no two carts of one seed begin alike.
    init(seed: UInt64, subject: Subject, number: UInt64) {
        state = Self.mixed(seed &+ Self.mixed(subject.rawValue)) &+ Self.mixed(number &+ Self.step)
    }

    mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
    }

    /// A number from 0 up to but without `bound`; 0 if there is none.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 0 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A number from 0 up to but without 1.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
