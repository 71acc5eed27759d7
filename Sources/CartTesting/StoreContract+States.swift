import CartCore

extension StoreContract {
    /// Updated at the base, expiring two hours later, abandoned after one: the states at every border.
    static let stateChecks = [
        Check("A cart with items is active, abandoned and expired in turn, each from its very millisecond on.") { trial in
            try await trial.keep([try timed("cart") { $0.items = [Trial.item(1)] }])
            try await expectStates([(0, .active), (hour - 1, .active), (hour, .abandoned), (2 * hour - 1, .abandoned)], of: "cart", trial)
            try await expectStates([(2 * hour, .expired), (1000 * hour, .expired), (-1, .active)], of: "cart", trial)
        },
        Check("A cart without items to buy is never abandoned.") { trial in
            try await trial.keep([try timed("wish") { $0.items = [Trial.item(1, .wishlist), Trial.item(2, .removed)] }])
            try await expectStates([(0, .active), (hour, .active), (2 * hour - 1, .active), (2 * hour, .expired)], of: "wish", trial)
        },
        Check("A cart that was abandoned before is recovered until it is abandoned again.") { trial in
            try await trial.keep([try timed("back") { $0.items = [Trial.item(1)] }], wasAbandoned: true)
            try await expectStates([(0, .recovered), (hour - 1, .recovered), (hour, .abandoned), (2 * hour, .expired)], of: "back", trial)
        },
        Check("A cart that was abandoned before and emptied since stays recovered until it expires.") { trial in
            try await trial.keep([try timed("emptied")], wasAbandoned: true)
            try await expectStates([(hour, .recovered), (2 * hour - 1, .recovered), (2 * hour, .expired)], of: "emptied", trial)
        },
        Check("A cart with an order is converted at any time.") { trial in
            try await trial.keep([
                try timed("order") { cart in
                    cart.items = [Trial.item(1)]
                    cart.orderID = 7
                }
            ])
            try await expectStates([(0, .converted), (hour, .converted), (1000 * hour, .converted)], of: "order", trial)
        },
        Check("States depend on the span that the question names.") { trial in
            try await trial.keep([try timed("cart") { $0.items = [Trial.item(1)] }])
            for (span, state) in [(TimeSpan.minutes(30), CartState.abandoned), (.minutes(31), .active), (.seconds(0), .abandoned)] {
                let clock = StateClock(now: Trial.base + .minutes(30), abandonedAfter: span)
                try await expectState(state, of: "cart", at: clock, trial)
            }
        },
        Check("Every cart is in exactly one state, the one that the rule says.") { trial in
            var generator = CartGenerator(seed: 5)
            var records: [CartRecord] = []
            for round in 0..<60 { records += try await trial.keep([generator.cart()], wasAbandoned: round % 3 == 0) }
            for offset in stride(from: -4 * hour, through: 5 * hour, by: Int64.Stride(hour / 2)) {
                let clock = StateClock(now: Trial.base + TimeSpan(milliseconds: offset), abandonedAfter: .hours(1))
                for state in CartState.allCases {
                    let keys = try records.filter { record in
                        try record.cart().state(at: clock.now, wasAbandoned: record.wasAbandoned, abandonedAfter: .hours(1)) == state
                    }
                    try await trial.expectFound(keys.map(\.keyText), by: "\(state) at \(clock.now.iso8601)", at: clock) { $0.state = state }
                }
            }
        },
    ]

    private static let hour: Int64 = 3_600_000

    private static func timed(_ key: String, _ change: (inout Cart) -> Void = { _ in }) throws -> Cart {
        try Trial.cart(key) { cart in
            cart.expires = Trial.base + .hours(2)
            change(&cart)
        }
    }

    private static func expectStates(_ states: [(after: Int64, CartState)], of key: String, _ trial: Trial) async throws {
        for (milliseconds, state) in states {
            let clock = StateClock(now: Trial.base + TimeSpan(milliseconds: milliseconds), abandonedAfter: .hours(1))
            try await expectState(state, of: key, at: clock, trial)
        }
    }

    private static func expectState(_ expected: CartState, of key: String, at clock: StateClock, _ trial: Trial) async throws {
        for state in CartState.allCases {
            let what = "\(state) at \(clock.now.iso8601), when the cart is \(expected)"
            try await trial.expectFound(state == expected ? [key] : [], by: what, at: clock) { $0.state = state }
        }
    }
}
