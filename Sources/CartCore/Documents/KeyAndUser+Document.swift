/// A key as the API and the command line show it, without anything that could be used in its place.
extension KeyAndUser {
    /// Writes the key as an object.
    ///
    /// - Parameter secret: what is shown this once.
    public func write(to json: inout JSONWriter, at now: Timestamp, secret: KeySecret? = nil) {
        json.beginObject()
        json.name("id")
        json.integer(key.id)
        if let secret {
            for text in secret.shown(for: self) {
                json.name(text.name)
                json.string(text.value)
            }
        }
        json.name("kind")
        json.string(key.kind.rawValue)
        json.name("truncated_key")
        json.string(key.truncatedKey)
        json.name("description")
        json.string(key.description)
        json.name("user")
        json.string(user.name)
        json.name("permissions")
        json.string(key.permission.rawValue)
        json.name("store_id")
        if let storeID = key.storeID { json.integer(storeID) } else { json.null() }
        json.name("allowed_ips")
        json.beginArray()
        for range in key.allowedRanges { json.string(range.text) }
        json.endArray()
        json.name("state")
        json.string(key.state(at: now).rawValue)
        let times: [(String, Timestamp?)] = [
            ("created", key.created), ("expires", key.expires), ("revoked", key.revoked), ("disabled", key.disabled),
            ("grace_until", key.previous?.until), ("last_access", key.lastAccess),
        ]
        for (name, time) in times {
            json.name(name)
            json.optional(time)
        }
        json.name("last_address")
        if let address = key.lastAddress { json.string(address.description) } else { json.null() }
        json.name("requests")
        json.integer(key.requests)
        json.endObject()
    }
}

extension KeySecret {
    /// The texts to show, with their names in JSON and for people. A consumer key that was rotated is known to its programs, and to nobody
    /// else; only its new secret is shown.
    public func shown(for entry: KeyAndUser) -> [(label: String, name: String, value: String)] {
        switch self {
        case .pair(let pair) where entry.key.keyHash == ConsumerKey.lookupHash(of: pair.consumerKey):
            [("Consumer key", "consumer_key", pair.consumerKey), ("Consumer secret", "consumer_secret", pair.consumerSecret)]
        case .pair(let pair): [("Consumer secret", "consumer_secret", pair.consumerSecret)]
        case .apiKey(let apiKey): [("Login", "login", entry.user.email), ("API key", "api_key", apiKey.text)]
        }
    }
}

extension KeyUsageReport {
    /// Writes the days, newest first, each with its kinds of requests, and the addresses, newest first.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("days")
        json.beginArray()
        for day in Set(requests.keys.map(\.day)).sorted(by: >) {
            json.beginObject()
            json.name("day")
            json.string(String(Timestamp(day: day).iso8601.prefix(10)))
            for kind in RequestKind.allCases {
                json.name(kind.rawValue)
                json.integer(requests[KeyUsage.Count(day: day, kind: kind)] ?? 0)
            }
            json.endObject()
        }
        json.endArray()
        json.name("addresses")
        json.beginArray()
        for (address, lastAccess) in newestAddresses {
            json.beginObject()
            json.name("address")
            json.string(address.description)
            json.name("last_access")
            json.timestamp(lastAccess)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    /// The addresses, the one used last first.
    public var newestAddresses: [(address: NetworkAddress, lastAccess: Timestamp)] {
        addresses.sorted { ($0.value, $0.key.description) > ($1.value, $1.key.description) }.map { ($0.key, $0.value) }
    }
}

extension JSONWriter {
    /// Writes a time, or `null`.
    public mutating func optional(_ value: Timestamp?) {
        if let value { timestamp(value) } else { null() }
    }
}
