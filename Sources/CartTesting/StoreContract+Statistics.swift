import CartCore
import Synchronization

extension StoreContract {
    static let statisticsChecks: [Check] = figureChecks + (0..<8).map(randomCheck)

    private static let figureChecks: [Check] = [
        Check("A store that never had a cart has no figures.") { trial in
            try expect(try await trial.store.statistics(at: Trial.clock, days: [ShopDiary.quarter]), is: [:], "figures")
        },
        Check("A store that is filled has the figures of its carts, all of them created.") { trial in
            let day = ShopDiary.quarter - .hours(12)
            let carts = try (0..<20).map { number in
                try Trial.cart("k\(number)") { cart in
                    cart.storeID = number < 15 ? 1 : 2
                    cart.created = Trial.base - .minutes(Int64(number))
                    cart.updated = cart.created
                    cart.items = number % 2 == 0 ? [Trial.item(Int64(number % 3 + 1)), Trial.item(9, .wishlist)] : []
                    cart.totals.total = 100
                }
            }
            let batches = Mutex([carts])
            _ = try await trial.store.fill({ batches.withLock { $0.popLast() ?? [] } }, by: .tester(at: Trial.base))
            let found = try await trial.store.statistics(at: Trial.clock, days: [day])
            let (first, second) = (try require(found[1], "the first store"), try require(found[2], "the second store"))
            try expect(first.days.map(\.events), is: [[.created: 15]], "events of the first store")
            try expect(second.days.map(\.events), is: [[.created: 5]], "events of the second store")
            try expect(first.states[.active]?.carts, is: 15, "active carts")
            try expect(first.states[.active]?.withItems, is: 8, "active carts with items")
            try expect(first.states[.active]?.items, is: 8, "items of active carts")
            try expect(first.states[.active]?.value, is: ["USD": 1500], "value of active carts")
            try expect(second.total.carts, is: 5, "carts of the second store")
            try expect(second.total.items, is: 2, "items of the second store")
            let later = StateClock(now: Trial.base + .hours(2), abandonedAfter: .hours(1))
            let rested = try require(try await trial.store.statistics(at: later, days: [day])[1], "the first store, later")
            try expect(rested.days.map(\.events), is: [[.created: 15, .abandoned: 8]], "events two hours later")
            try expect(rested.abandonedProducts, is: [1: 3, 2: 2, 3: 3], "products of abandoned carts")
            try expect(rested.topProducts(2).map(\.product), is: [1, 3], "products in the most abandoned carts")
        },
        Check("Events from before a moment are forgotten, and later ones are not.") { trial in
            let (first, second) = (ShopDiary.quarter - .hours(2), ShopDiary.quarter - .hours(1))
            for (key, created) in [("a", first), ("b", second - TimeSpan(milliseconds: 1)), ("c", second), ("d", second + .minutes(20))] {
                let cart = try Trial.cart(key) { $0.created = created }
                _ = try await trial.store.apply([.save(cart, wasAbandoned: false, replacing: nil)], by: .tester(at: Trial.base))
            }
            for expected in [[2, 2], [0, 2]] as [[Int64]] {
                let found = try await trial.store.statistics(at: Trial.clock, days: [first, second])
                try expect(found[1]?.days.map { $0.events[.created, default: 0] }, is: expected, "carts created by hour")
                try await trial.store.forgetEvents(before: second)
            }
        },
        Check("A cart of the future was created when it was written.") { trial in
            let day = ShopDiary.quarter - .hours(1)
            let cart = try Trial.cart("a") { $0.created = .latest }
            _ = try await trial.store.apply([.save(cart, wasAbandoned: false, replacing: nil)], by: .tester(at: day))
            let found = try await trial.store.statistics(at: Trial.clock, days: [day, ShopDiary.quarter])
            try expect(found[1]?.days.map(\.events), is: [[.created: 1], [:]], "events")
        },
        Check("What happened to a cart that moves to another store stays with the store where it happened.") { trial in
            let cart = try Trial.cart("a") { cart in
                cart.items = [Trial.item(1)]
                cart.created = ShopDiary.quarter
                cart.updated = ShopDiary.quarter
            }
            _ = try await trial.store.apply(
                [.save(cart, wasAbandoned: false, replacing: nil)], by: .tester(at: ShopDiary.quarter))
            var moved = cart
            moved.storeID = 2
            moved.updated = ShopDiary.quarter + .hours(3)
            _ = try await trial.store.apply([.save(moved, wasAbandoned: true, replacing: 1)], by: .tester(at: moved.updated))
            let clock = StateClock(now: moved.updated, abandonedAfter: .hours(1))
            let found = try await trial.store.statistics(at: clock, days: [ShopDiary.quarter])
            try expect(
                found[1]?.days.map(\.events), is: [[.created: 1, .abandoned: 1, .recovered: 1]], "events of the store from before")
            try expect(found[1]?.total.carts, is: 0, "carts of the store from before")
            try expect(found[2]?.total.carts, is: 1, "carts of the new store")
        },
    ]

    private static func randomCheck(_ number: Int) -> Check {
        let calendar = ShopDiary.calendars[number % ShopDiary.calendars.count]
        return Check("After any sequence of writes the figures are what a plain count says: \(calendar.name), seed \(number).") { trial in
            var diary = try ShopDiary(store: trial.store, calendar: calendar, seed: UInt64(number + 1))
            try await diary.live()
        }
    }
}
