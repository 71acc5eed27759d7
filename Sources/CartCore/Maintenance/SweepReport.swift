/// What a run of the sweep found and did. It is left in the store for everybody to see.
public struct SweepReport: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        case running
        /// Everything that was due is gone.
        case done
        /// More carts were due than a run may remove by itself; nothing was removed.
        case unconfirmed
        /// The server was stopped, or another process took over; the next run goes on.
        case interrupted
        /// The clock was set; nothing is removed until it has gone right for a day, or somebody runs the sweep by hand.
        case clockJumped = "clock_jumped"
        /// The store could not be read or written.
        case failed
    }

    public var outcome: Outcome
    public var started: Timestamp
    /// When it was last heard of.
    public var updated: Timestamp
    /// Carts that were due when it began.
    public var due: Int
    /// All carts when it began.
    public var total: Int
    public var removed: Int

    public init(outcome: Outcome, started: Timestamp, updated: Timestamp, due: Int = 0, total: Int = 0, removed: Int = 0) {
        self.outcome = outcome
        self.started = started
        self.updated = updated
        self.due = due
        self.total = total
        self.removed = removed
    }

    /// Carts that were due and still stand, as far as the run knows.
    public var backlog: Int { max(0, due - removed) }
    public var duration: TimeSpan { TimeSpan(milliseconds: max(0, updated.milliseconds - started.milliseconds)) }

    /// The report as JSON, as the API and the command line show it and the store keeps it.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.name("outcome")
        json.string(outcome.rawValue)
        json.name("started")
        json.timestamp(started)
        json.name("updated")
        json.timestamp(updated)
        json.name("due")
        json.integer(Int64(due))
        json.name("total")
        json.integer(Int64(total))
        json.name("removed")
        json.integer(Int64(removed))
        json.endObject()
    }

    var note: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    /// - Returns: nil if it cannot be read, as one that a newer version wrote.
    init?(note: [UInt8]) {
        var report = SweepReport(outcome: .done, started: .earliest, updated: .earliest)
        do throws(CartError) {
            var json = JSONReader(note, maximumDepth: 4)
            try json.object { (json, name) throws(CartError) in
                switch name {
                case "outcome": report.outcome = try json.choice()
                case "started": report.started = try json.timestamp()
                case "updated": report.updated = try json.timestamp()
                case "due": report.due = Int(try json.integer(in: 0 ... .max))
                case "total": report.total = Int(try json.integer(in: 0 ... .max))
                case "removed": report.removed = Int(try json.integer(in: 0 ... .max))
                default: throw .unknownField
                }
            }
        } catch {
            return nil
        }
        self = report
    }
}
