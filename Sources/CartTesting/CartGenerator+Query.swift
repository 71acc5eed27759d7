import CartCore

extension CartGenerator {
    /// A random page of a list: of any filter, in any order, from any place on.
    ///
    /// The filter's values are taken from carts that this generator has made, so that they often match.
    ///
    /// - Parameter standing: carts of the store that is asked; pages begin after some of them.
    public mutating func query(over standing: [CartRecord] = []) -> CartQuery {
        let sort = CartSort(pick(CartSort.Field.allCases), pick(CartSort.Direction.allCases))
        let clock = StateClock(
            now: time() + TimeSpan(milliseconds: Int64(number(-1...1))),
            abandonedAfter: pick([Self.abandonedAfter, Self.abandonedAfter, .minutes(30), .seconds(0)]))
        let start: CartQuery.Start = chance(50) ? .offset(chance(60) ? 0 : number(0...40)) : .after(position(in: sort.field, standing))
        return CartQuery(filter: filter(), clock: clock, sort: sort, start: start, limit: number(1...50))
    }

    /// A filter that sets each of its fields with some probability.
    public mutating func filter() -> CartFilter {
        var filter = CartFilter()
        // Many conditions together find nothing, so some filters have few.
        let density = pick([0, 5, 5, 10, 25])
        if chance(density) { filter.state = pick(CartState.allCases) }
        if chance(density) { filter.ownerKind = pick(Owner.Kind.allCases) }
        if chance(density) { filter.ownerID = owner().id }
        if chance(density) { filter.email = inSomeCase(earlierCart().customer.email) }
        if chance(density) { filter.emailPart = part(of: earlierCart().customer.email) }
        if chance(density) { filter.name = namePart() }
        if chance(density) {
            let cart = earlierCart()
            filter.search = part(of: pick([cart.customer.fullName, cart.customer.email, cart.key.text]))
        }
        if chance(density) { setProducts(of: &filter) }
        if chance(density) { filter.holdsAny = contents() }
        if chance(density) { filter.isEmpty = chance(50) }
        if chance(density) { filter.total = bounds { $0.totals.total } }
        if chance(density) { filter.productsTotal = bounds { $0.productsTotal } }
        if chance(density) { filter.created = bounds { $0.created.milliseconds } }
        if chance(density) { filter.updated = bounds { $0.updated.milliseconds } }
        if chance(density) { filter.expires = bounds { $0.expires.milliseconds } }
        if chance(density) { filter.source = pick(Self.sources) }
        if chance(density) { filter.storeID = Int64(number(1...4)) }
        if chance(density) { filter.hasContact = chance(50) }
        return filter
    }

    private mutating func namePart() -> CartFilter.NamePart {
        let customer = earlierCart().customer
        if chance(40) { return .both(first: part(of: customer.firstName), last: part(of: customer.lastName)) }
        return .either(part(of: chance(50) ? customer.firstName : customer.lastName))
    }

    /// Mostly products that stand together in a cart, so that the condition on all of them can hold.
    private mutating func setProducts(of filter: inout CartFilter) {
        filter.productKinds = contents()
        let together = earlierCart().items.map(\.productID)
        for _ in 0..<number(1...3) {
            filter.productIDs.insert(together.isEmpty || chance(20) ? Int64(number(1...13)) : pick(together))
        }
    }

    private mutating func contents() -> CartContents {
        CartContents(rawValue: chance(40) ? CartContents.cart.rawValue : number(1...7))
    }

    /// Bounds of which one or both are values that occur; seldom the wrong way round, when nothing lies between them.
    private mutating func bounds(_ value: (Cart) -> Int64) -> CartFilter.Bounds {
        let values = [value(earlierCart()), value(earlierCart())].sorted()
        switch number(1...10) {
        case 1: return CartFilter.Bounds(from: values[1], to: values[0])
        case 2...4: return CartFilter.Bounds(from: values[0])
        case 5...7: return CartFilter.Bounds(to: values[1])
        default: return CartFilter.Bounds(from: values[0], to: values[1])
        }
    }

    private mutating func position(in field: CartSort.Field, _ standing: [CartRecord]) -> CartPosition {
        if !standing.isEmpty, chance(70) {
            let record = pick(standing)
            if let cart = try? record.cart() { return record.position(in: field, of: cart) }
        }
        let id = Int64(number(0...200))
        let cart = earlierCart()
        return CartRecord(id: id, revision: 1, facts: CartFacts(cart, wasAbandoned: false), document: []).position(in: field, of: cart)
    }
}
