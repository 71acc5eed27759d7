import CartCore

/// When a cart was begun and when it was last changed; neither is later than the present moment.
struct Visit {
    let created: Timestamp
    let updated: Timestamp

    private static let span = 40 * 86_400
    /// How busy the shop is in each hour of the day in UTC, in hundredths of the busiest.
    private static let business = [
        20, 12, 8, 6, 6, 8, 15, 30, 45, 60, 70, 75, 80, 75, 70, 70, 75, 80, 90, 100, 100, 90, 65, 40,
    ]

    init(until now: Timestamp, using random: inout SplitMix64) {
        var age = 0
        for _ in 0..<4 {
            let fraction = random.fraction()
            age = Int(Double(Self.span) * fraction * fraction * fraction)
            let ofDay = (now.seconds - Int64(age)) % 86_400
            let hour = Int((ofDay + 86_400) % 86_400 / 3600)
            if random.chance(Self.business[hour]) { break }
        }
        let roll = random.below(100)
        var pause =
            roll < 60
            ? random.number(60...3600) : roll < 85 ? random.number(3600...43_200) : random.number(43_200...432_000)
        if pause > age { pause = random.below(age + 1) }
        created = Timestamp(seconds: now.seconds - Int64(age))
        updated = Timestamp(seconds: now.seconds - Int64(age - pause))
    }
}
