import ArgumentParser
import CartCore
import CartServer

extension CartsCommand {
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes one cart, or all carts that meet filters.",
            discussion: """
                With filters it says how many carts they find and asks for that number; where there is no terminal, --confirm gives it. \
                Which carts they are is seen at one moment; one that is changed meanwhile and no longer meets the filters stays. What was deleted \
                before an interruption stays deleted.
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: "The cart's key, in place of filters.")
        var key: String?
        @OptionGroup(title: "Filters") var filters: CartFilterOptions
        @Flag(help: "Every cart, in place of filters.")
        var all = false
        @Flag(help: "Only say how many carts would be deleted.")
        var dryRun = false
        @Option(help: ArgumentHelp("Delete if at most so many carts are found, and ask nothing.", valueName: "count"))
        var confirm: Int?
        @Option(help: "How to print.")
        var format = OutputFormat.table

        func validate() throws {
            let isFiltered = try filters.filter() != CartFilter()
            if key == nil {
                guard isFiltered || all else { throw ValidationError("Name a cart by its key, or give filters, or --all for every cart.") }
                guard !(isFiltered && all) else { throw ValidationError("--all and filters exclude each other.") }
                guard !(dryRun && confirm != nil) else { throw ValidationError("--dry-run and --confirm exclude each other.") }
                guard confirm ?? 0 >= 0 else { throw ValidationError("--confirm must be 0 or more.") }
            } else {
                guard !isFiltered, !all, !dryRun, confirm == nil else {
                    throw ValidationError("A key excludes filters, --all, --dry-run and --confirm.")
                }
            }
        }

        func run() async throws {
            if let key { try await deleteOne(key) } else { try await deleteFound() }
        }

        private func deleteOne(_ key: String) async throws {
            try await store.withStore { store, _ in
                guard let cartKey = CartKey(key),
                    case .deleted = try await store.apply([.delete(cartKey, revision: nil)], by: .atCommandLine())[0]
                else {
                    throw Failure("There is no cart \(key).")
                }
            }
            show("deleted", 1, as: "Deleted cart \(key).")
        }

        private func deleteFound() async throws {
            try await store.withStore { store, settings in
                let clock = StateClock(now: SystemWallClock().now, abandonedAfter: settings.policy.abandonedAfter)
                let bulk = BulkDelete(try filters.filter(), in: store, at: clock)
                let count = try await bulk.count()
                if dryRun {
                    show("count", count, as: "\(count) carts would be deleted.")
                    return
                }
                try requireConfirmation(of: count)
                let progress = Progress("Deleting", of: count)
                let deleted: Int
                do {
                    deleted = try await bulk.run(
                        confirmed: confirm ?? count, by: .atCommandLine(now: clock.now), progress: { progress.show($0) })
                } catch {
                    progress.end()
                    throw error
                }
                progress.end()
                show("deleted", deleted, as: "Deleted \(deleted) carts (\(progress.rate(deleted)) a second).")
            }
        }

        /// - Throws: ``Failure`` unless whoever runs this wants so many carts deleted.
        private func requireConfirmation(of count: Int) throws {
            if count <= confirm ?? 0 { return }
            if let confirm {
                throw Failure("\(count) carts are found, more than the \(confirm) that were confirmed. To delete them: --confirm \(count)")
            }
            guard Prompt.isPossible else { throw Failure("\(count) carts are found. To delete them: --confirm \(count)") }
            guard let typed = Prompt.line("\(count) carts will be deleted. Type their number to go on:"), Int(typed) == count else {
                throw Failure("No cart was deleted.")
            }
        }

        private func show(_ name: StaticString, _ count: Int, as text: String) {
            switch format {
            case .table: print(text)
            case .json:
                var json = JSONWriter()
                json.beginObject()
                json.name(name)
                json.integer(Int64(count))
                json.endObject()
                printJSON(json)
            }
        }
    }
}
