import ArgumentParser
import CartCore
import CartServer
import Foundation

struct CartsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carts", abstract: "The carts themselves.", subcommands: [List.self, Show.self, Delete.self, Export.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists carts, newest first.")

        @OptionGroup var store: StoreOptions
        @OptionGroup(title: "Filters") var filters: CartFilterOptions
        @Option(help: "How many, 1 to 1000.")
        var limit = 20
        @Option(help: "How to print.")
        var format = OutputFormat.table

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000.") }
            _ = try filters.filter()
        }

        func run() async throws {
            let (page, clock) = try await store.withStore { store, settings in
                let clock = StateClock(now: SystemWallClock().now, abandonedAfter: settings.policy.abandonedAfter)
                let page = try await store.page(
                    CartQuery(filter: try filters.filter(), clock: clock, sort: CartSort(.created, .descending), limit: limit))
                return (page, clock)
            }
            let rows = page.records.compactMap { Row($0, at: clock) }
            switch format {
            case .table:
                var table = Table("KEY", "CUSTOMER", "ITEMS", "TOTAL", "STATE", "UPDATED", "EXPIRES")
                for row in rows {
                    let cart = row.cart
                    table.add(
                        cart.key.text,
                        cart.customer.fullName.isEmpty ? "\(cart.owner.kind.rawValue) \(cart.owner.id)" : cart.customer.fullName,
                        String(cart.items.count { $0.kind == .cart }),
                        "\(cart.currency.decimal(cart.totals.total)) \(cart.currency.code)", row.state.rawValue,
                        Timestamp(seconds: cart.updated.seconds).iso8601, Timestamp(seconds: cart.expires.seconds).iso8601)
                }
                print(table.text)
                printToStandardError("\(rows.count) of \(page.total) carts.")
            case .json:
                var json = JSONWriter()
                json.beginArray()
                for row in rows { json.raw(row.record.answer(state: row.state)) }
                json.endArray()
                printJSON(json)
            }
        }
    }

    private struct Row {
        var record: CartRecord
        var cart: Cart
        var state: CartState

        /// nil, with a line on stderr, for a damaged cart: one must not take the list with it.
        init?(_ record: CartRecord, at clock: StateClock) {
            do throws(CartError) {
                cart = try record.cart()
            } catch {
                printToStandardError(error.reason)
                return nil
            }
            self.record = record
            state = record.state(at: clock)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a cart's document.")

        @OptionGroup var store: StoreOptions
        @Argument(help: "The cart's key.")
        var key: String

        func run() async throws {
            let record = try await store.withStore { store, _ in
                guard let cartKey = CartKey(key), let record = try await store.cart(cartKey) else {
                    throw Failure("There is no cart \(key).")
                }
                return record
            }
            var json = JSONWriter()
            json.raw(record.document)
            printJSON(json)
        }
    }
}
