import CartCore
import Hummingbird
import Logging

extension CartRequestContext {
    /// Records with their carts. One that is damaged is left out, with a line in the log: it must not take a list with it.
    public func readable(_ records: [CartRecord]) -> [(record: CartRecord, cart: Cart)] {
        records.compactMap { record in
            guard let cart = try? record.cart() else {
                logger.error("A cart cannot be read and is left out of a list", metadata: ["cart_id": "\(record.id)"])
                return nil
            }
            return (record, cart)
        }
    }
}
