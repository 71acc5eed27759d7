import CartCore
import Hummingbird
import Logging

extension CartRequestContext {
    /// Records with their carts. One that is damaged is left out, with a line in the log: it must not take a list with it.
    public func readable(_ records: [CartRecord]) -> [(record: CartRecord, cart: Cart)] {
        records.compactMap { record in
            guard let cart = try? record.cart() else {
                logLeftOut(record)
                return nil
            }
            return (record, cart)
        }
    }

    /// Calls `body` with the cart of a record, to write it into a list; not with one that is damaged, see ``readable(_:)``.
    public func withReadable(_ record: CartRecord, _ body: (StoredCart) -> Void) {
        do throws(CartError) { try record.withStoredCart { body($0) } } catch { logLeftOut(record) }
    }

    private func logLeftOut(_ record: CartRecord) {
        logger.error("A cart cannot be read and is left out of a list", metadata: ["cart_id": "\(record.id)"])
    }
}
