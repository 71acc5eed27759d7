import CartCore

extension StoreContract {
    static let usageChecks = [
        Check("Usage adds up, and the last access only rises.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"))
            let other = try await trial.store.insert(Trial.key(of: ann, "ck_2"))
            let later = Trial.base + .hours(1)
            let (first, second) = (try Trial.address("192.0.2.1"), try Trial.address("2001:db8::1"))
            try await trial.store.add([] as [KeyUsage])
            try await trial.store.add([
                KeyUsage(keyID: key.id, requests: [.list(1): 2, .read(1): 1], lastAccess: later, addresses: [first: later])
            ])
            try await trial.store.add([
                KeyUsage(keyID: 4711, requests: [.list(1): 9], lastAccess: later, addresses: [first: later]),
                KeyUsage(
                    keyID: key.id, requests: [.list(1): 3, .list(2): 1], lastAccess: Trial.base, lastFromPage: Trial.base,
                    addresses: [first: Trial.base, second: Trial.base]),
                KeyUsage(keyID: key.id, requests: [.read(1): 1], lastAccess: Trial.base - .hours(1)),
            ])
            let used = try require(try await trial.store.key(id: key.id)?.key, "the key")
            try expect(used.requests, is: 8, "requests")
            try expect(used.lastAccess, is: later, "last access")
            try expect(used.lastFromPage, is: Trial.base, "last use by a page")
            try expect(used.lastAddress.map { [first, second].contains($0) }, is: true, "last address")
            let report = try await trial.store.usage(ofKey: key.id)
            try expect(report.requests, is: [.list(1): 5, .read(1): 2, .list(2): 1], "requests by day and kind")
            try expect(report.addresses, is: [first: later, second: Trial.base], "addresses")
            try expect(try await trial.store.key(id: other.id)?.key, is: other, "the key that was not used")
            for id in [other.id, 4711, -1] {
                try expect(try await trial.store.usage(ofKey: id), is: KeyUsageReport(), "the usage of key \(id)")
            }
        },
        Check("Of many addresses those that were used last are remembered.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"))
            var newest: [NetworkAddress: Timestamp] = [:]
            for number in 1...50 {
                let (address, at) = (try Trial.address("192.0.2.\(number)"), Trial.base + .seconds(Int64(number)))
                try await trial.store.add([KeyUsage(keyID: key.id, lastAccess: at, addresses: [address: at])])
                if number > 50 - KeyUsageReport.mostAddresses { newest[address] = at }
            }
            try expect(try await trial.store.usage(ofKey: key.id).addresses, is: newest, "addresses")
        },
        Check("Old days of usage are forgotten, and the sums stay.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"))
            try await trial.store.add([
                KeyUsage(keyID: key.id, requests: [.list(7): 1, .list(8): 2, .read(9): 3], lastAccess: Trial.base)
            ])
            try await trial.store.forgetUsage(before: 8)
            try expect(try await trial.store.usage(ofKey: key.id).requests, is: [.list(8): 2, .read(9): 3], "requests")
            try expect(try await trial.store.key(id: key.id)?.key.requests, is: 6, "the sum")
        },
        Check("The usage of a deleted user's keys goes with them.") { trial in
            let ann = try await trial.store.insert(Trial.user("ann"))
            let key = try await trial.store.insert(Trial.key(of: ann, "ck_1"))
            try await trial.store.add([KeyUsage(keyID: key.id, requests: [.list(7): 1], lastAccess: Trial.base)])
            _ = try await trial.store.deleteUser(name: "ann")
            try expect(try await trial.store.usage(ofKey: key.id), is: KeyUsageReport(), "usage")
        },
    ]
}

extension Trial {
    fileprivate static func address(_ text: String) throws -> NetworkAddress { try require(NetworkAddress(text), "the address \(text)") }
}

extension KeyUsage.Count {
    fileprivate static func list(_ day: Int64) -> KeyUsage.Count { KeyUsage.Count(day: day, kind: .list) }
    fileprivate static func read(_ day: Int64) -> KeyUsage.Count { KeyUsage.Count(day: day, kind: .read) }
}
