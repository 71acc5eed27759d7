/// What a write did, or what in the store kept it from being done.
enum WriteOutcome: Sendable {
    case saved(CartService.Saved)
    case deleted
    case refused(Refusal)

    /// Why the store's carts did not allow a write. What is wrong with the request itself is no outcome: it is as wrong the next time.
    enum Refusal: String, CaseIterable {
        case cartNotFound, stands, stale

        var error: CartError {
            switch self {
            case .cartNotFound: .noCart
            case .stands: .stands
            case .stale: .stale
            }
        }

        init?(_ error: CartError) {
            guard let refusal = Self.allCases.first(where: { $0.error.code == error.code && $0.error.reason == error.reason }) else {
                return nil
            }
            self = refusal
        }
    }
}

/// The form in which a store keeps an outcome for the repetitions of a request.
extension WriteOutcome {
    func kept(for request: IdempotentRequest) -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        json.name("body")
        json.string(Hex.encode(request.bodyHash))
        switch self {
        case .saved(let saved):
            json.name("id")
            json.integer(saved.record.id)
            json.name("revision")
            json.integer(saved.record.revision)
            json.name("state")
            json.string(saved.state.rawValue)
            json.name("was_abandoned")
            json.bool(saved.record.wasAbandoned)
            json.name("is_new")
            json.bool(saved.isNew)
            json.name("document")
            json.raw(saved.record.document)
        case .deleted: break
        case .refused(let reason):
            json.name("refused")
            json.string(reason.rawValue)
        }
        json.endObject()
        return json.bytes
    }

    /// - Throws: ``CartError`` `.invalid` if the request was sent first with another body, `.unavailable` if the answer is damaged.
    init(kept answer: [UInt8], for request: IdempotentRequest) throws(CartError) {
        var bodyHash = ""
        var (id, revision, wasAbandoned, document): (Int64, Int64, Bool, [UInt8]) = (0, 0, false, [])
        var cart: Cart?
        var state = CartState.active
        var isNew = false
        var refusal: Refusal?
        do {
            var json = JSONReader(answer, maximumDepth: 512)
            try json.object { (json, name) throws(CartError) in
                switch name {
                case "body": bodyHash = try json.string()
                case "id": id = try json.integer(in: 0 ... .max)
                case "revision": revision = try json.integer(in: 0 ... .max)
                case "state": state = try json.choice()
                case "was_abandoned": wasAbandoned = try json.bool()
                case "is_new": isNew = try json.bool()
                case "document": document = try json.verbatim()
                case "refused": refusal = try json.choice()
                default: throw .unknownField
                }
            }
            if !document.isEmpty { cart = try Cart(storedDocument: document) }
        } catch {
            throw CartError(.unavailable, "The answer that was kept for the request is damaged.")
        }
        guard bodyHash == Hex.encode(request.bodyHash) else {
            throw .invalid("Idempotency-Key", "was sent before with another body")
        }
        if let refusal {
            self = .refused(refusal)
        } else if let cart {
            let record = CartRecord(id: id, revision: revision, facts: CartFacts(cart, wasAbandoned: wasAbandoned), document: document)
            self = .saved(CartService.Saved(record: record, cart: cart, state: state, isNew: isNew))
        } else {
            self = .deleted
        }
    }
}
