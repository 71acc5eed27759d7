import ArgumentParser
import CartCore
import CartServer
import Foundation

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks at settings, store, disk, clock, users and keys, and says what to mend.",
        discussion: "It changes nothing and may run beside a server. The exit code is 1 if something is broken; a warning leaves it 0.")

    @OptionGroup var store: StoreOptions
    @Option(help: "How to print.")
    var format = OutputFormat.table

    func run() async throws {
        let checkup = Checkup()
        if let settings = await checkup.settings({ try await store.settings() }) {
            await checkup.store(settings)
        }
        switch format {
        case .table:
            var table = Table("", "ABOUT", "FOUND")
            for finding in checkup.findings { table.add(finding.level.rawValue, finding.about, finding.text) }
            print(table.text)
        case .json:
            var json = JSONWriter()
            json.beginArray()
            for finding in checkup.findings {
                json.beginObject()
                json.name("level")
                json.string(finding.level.rawValue)
                json.name("about")
                json.string(finding.about)
                json.name("found")
                json.string(finding.text)
                json.endObject()
            }
            json.endArray()
            printJSON(json)
        }
        if checkup.findings.contains(where: { $0.level == .broken }) { throw ExitCode(1) }
    }
}

/// Looks at one thing after the other and gathers what it finds.
private final class Checkup {
    enum Level: String {
        case ok, warning, broken
    }

    struct Finding {
        var level: Level
        var about: String
        var text: String
    }

    private(set) var findings: [Finding] = []
    private let now = SystemWallClock().now

    private func find(_ level: Level, _ about: String, _ text: String) {
        findings.append(Finding(level: level, about: about, text: text))
    }

    func settings(_ read: () async throws -> Settings) async -> Settings? {
        let settings: Settings
        do {
            settings = try await read()
        } catch {
            find(.broken, "settings", "\(error)")
            return nil
        }
        find(.ok, "settings", "They can be used.")
        if settings.isExposed {
            find(
                .warning, "settings",
                """
                server.host is beyond this machine, without TLS and without a trusted proxy: keys cross the network in clear. \
                Set tls.certificate and tls.key, or server.trustedProxies.
                """)
        }
        if let certificate = settings.certificate {
            do {
                let expires = try certificate.expires
                let level: Level = expires < now ? .broken : expires < now + .days(14) ? .warning : .ok
                find(level, "certificate", "It is valid until \(expires.iso8601).")
            } catch {
                find(.broken, "certificate", "\(error)")
            }
        }
        return settings
    }

    func store(_ settings: Settings) async {
        let store: any Store
        do throws(CartError) {
            store = try await settings.database.openWhole(creating: false, abandonedAfter: settings.policy.abandonedAfter)
        } catch {
            find(.broken, "store", error.reason)
            return
        }
        do throws(CartError) {
            let wrong = try await store.verify()
            for text in wrong { find(.broken, "store", text + " Restore a backup.") }
            if wrong.isEmpty { find(.ok, "store", "\(settings.database) is whole.") }
            await disk(settings.database, store)
            try await clock(store)
            try await users(store)
            try await keys(store, settings)
        } catch {
            find(.broken, "store", error.reason)
        }
        await store.close()
    }

    private func disk(_ database: DatabaseLocation, _ store: any Store) async {
        if let exposure = database.exposure { find(.warning, "store", exposure) }
        guard let space = await database.diskSpace(of: store) else { return }
        let used = space.used.formatted(.byteCount(style: .file))
        guard let free = space.free else { return find(.ok, "disk", "The store takes up \(used) at the database's server.") }
        let text = free.formatted(.byteCount(style: .file))
        // Room to write everything anew, as a backup or a restore does.
        if free < max(space.used, 1 << 30) {
            find(.warning, "disk", "\(text) are free beside a store of \(used). Make room for at least as much again.")
        } else {
            find(.ok, "disk", "\(text) are free beside a store of \(used).")
        }
    }

    private func clock(_ store: any Store) async throws(CartError) {
        let newest = try await store.audit(AuditQuery(limit: 1)).entries.first?.at
        if let newest, newest > now + .minutes(5) {
            find(
                .broken, "clock",
                "It shows \(now.iso8601), but the store was written to at \(newest.iso8601). Set the clock, or wait until it has caught up."
            )
        } else {
            find(.ok, "clock", "It shows \(now.iso8601).")
        }
    }

    private func users(_ store: any Store) async throws(CartError) {
        let users = try await store.users()
        if users.contains(where: { $0.role == .administrator }) {
            find(.ok, "users", "There \(users.count == 1 ? "is 1 user" : "are \(users.count) users").")
        } else {
            find(.warning, "users", "There is no administrator. Create one with 'corral users create'.")
        }
    }

    private func keys(_ store: any Store, _ settings: Settings) async throws(CartError) {
        let keys = try await store.keys()
        let usable = keys.count { $0.key.state(at: now) == .active }
        find(.ok, "keys", "\(usable) of \(keys.count) can be used.")
        for entry in keys {
            let usage = try await store.usage(ofKey: entry.key.id)
            let about = "key \(entry.key.id), …\(entry.key.truncatedKey), \(entry.key.description)"
            for concern in KeyConcern.all(about: entry, usage, disabledAfter: settings.disableKeysUnusedFor, at: now) {
                find(.warning, "keys", "\(about): \(concern.advice)")
            }
        }
    }
}

extension KeyConcern {
    /// What it means, and what to do.
    fileprivate var advice: String {
        switch self {
        case .willBeDisabled(let moment):
            "nobody uses it, and it is disabled from \(moment.iso8601) on. Use it, or revoke it."
        case .willExpire(let moment): "it expires at \(moment.iso8601). Create its successor."
        case .neverUsed(let created): "it was never used since \(created.iso8601). Revoke it if nobody needs it."
        case .neverExpires: "it never expires. Create a successor with --expires, and revoke this one."
        case .manyAddresses(let count):
            "it was used from \(count) addresses or more within a month. Was it passed on? Rotate it, and bind it with --allow-ip."
        case .usedByPage(let last):
            "a page in a browser used it, last at \(last.iso8601), where everybody can read its secret. Call from a server, and rotate it."
        case .userMayNot: "its user's role does not allow what the key is for. Revoke it, or change the role with 'corral users role'."
        }
    }
}
