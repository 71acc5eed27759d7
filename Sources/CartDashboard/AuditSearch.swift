import CartCore
import CartHTTP
import Foundation

/// Which entries of the audit trail somebody asks for, by the parameters of the page. What is wrong is left out and told.
struct AuditSearch: Sendable {
    private static let names = ["actor", "action", "subject", "from", "to"]
    /// Bytes of an actor or a subject.
    private static let longest = 1024

    /// What was typed, right or wrong.
    private let typed: [String: String]
    private(set) var filter = AuditFilter()
    /// nil: the newest are asked for.
    private(set) var after: AuditQuery.Place?
    private var problems: [String] = []
    private var wrong: Set<String> = []

    /// - Parameter timeZone: where the days begin.
    init(_ parameters: QueryParameters, in timeZone: TimeZone) {
        typed = Self.names.reduce(into: [:]) { typed, name in
            let text = (parameters[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
            if !text.isEmpty { typed[name] = text }
        }
        filter.actor = read("actor", "“Who” must be shorter.") { $0.utf8.count <= Self.longest ? $0 : nil }
        filter.action = read("action", "There is no such action.", AuditAction.init(rawValue:))
        filter.subject = read("subject", "“About” must be shorter.") { $0.utf8.count <= Self.longest ? $0 : nil }
        let rule = "must be a date such as 2026-11-21."
        filter.from = read("from", "“From” \(rule)") { CartsQuery.day($0, in: timeZone)?.from }.map(Timestamp.init(milliseconds:))
        filter.to = read("to", "“To” \(rule)") { CartsQuery.day($0, in: timeZone)?.to }.map(Timestamp.init(milliseconds:))
        if let cursor = parameters["cursor"], !cursor.isEmpty {
            after = Self.place(cursor)
            if after == nil { problems.append("The link to older entries was not whole; these are the newest.") }
        }
    }

    /// What was typed for a parameter; empty if nothing was.
    subscript(name: String) -> String { typed[name] ?? "" }

    var isFiltered: Bool { !typed.isEmpty }

    var notice: NoticeView? {
        guard !problems.isEmpty else { return nil }
        let end = wrong.isEmpty ? "" : wrong.count == 1 ? " That filter was left out." : " Those filters were left out."
        return NoticeView(.bad, problems.joined(separator: " ") + end)
    }

    /// The page of the same entries.
    ///
    /// - Parameter place: behind which the page begins; nil: the newest.
    func href(after place: AuditQuery.Place? = nil) -> String {
        var pairs: [(String, String)] = Self.names.compactMap { name in wrong.contains(name) ? nil : typed[name].map { (name, $0) } }
        if let place { pairs.append(("cursor", "\(place.at.milliseconds).\(place.id)")) }
        let query = pairs.map { "\($0.0)=\(QueryParameters.encode($0.1))" }.joined(separator: "&")
        return query.isEmpty ? "/audit" : "/audit?" + query
    }

    private mutating func read<Value>(_ name: String, _ rule: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = typed[name] else { return nil }
        if let value = parse(text) { return value }
        wrong.insert(name)
        problems.append(rule)
        return nil
    }

    private static func place(_ cursor: String) -> AuditQuery.Place? {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let at = Int64(parts[0]), let id = Int64(parts[1]) else { return nil }
        return AuditQuery.Place(at: Timestamp(milliseconds: at), id: id)
    }
}
