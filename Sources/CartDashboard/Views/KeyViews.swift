import CartCore

/// All keys, and the form for a new one.
struct KeysView: View {
    struct Row: View {
        var href: String
        var description: String
        var truncated: String
        var userName: String
        var permission: String
        var state: StateView
        var created: TimeView
        var expires: TimeView?
        var lastUsed: TimeView?
        var requests: String

        init(_ entry: KeyAndUser, _ wording: Wording) {
            let key = entry.key
            href = KeyView.href(key)
            description = key.description
            truncated = key.shownEnd
            userName = entry.user.name
            permission = key.permission.label
            state = StateView(key.state(at: wording.now))
            created = wording.time(key.created, isRelative: false)
            expires = key.expires.map { wording.time($0, isRelative: false) }
            lastUsed = key.lastAccess.map { wording.time($0) }
            requests = Wording.number(key.requests)
        }
    }

    var hasKeys: Bool
    var keys: [Row]
    var form: KeyFormView
}

/// The form for a new key, as it was typed.
struct KeyFormView: View {
    var hasProblems: Bool
    var problems: [KeyForm.Problem]
    var description: String
    var users: [OptionView]
    var permissions: [OptionView]
    var kinds: [OptionView]
    var expiries: [OptionView]
    var storeID: String
    var networks: String

    /// - Parameter users: in whose name a key can act.
    init(_ form: KeyForm, users: [User]) {
        hasProblems = !form.problems.isEmpty
        problems = form.problems
        description = form.description
        self.users = users.map {
            OptionView(value: $0.name, label: "\($0.name), \($0.role.label)", isSelected: $0.name == form.user)
        }
        permissions = Permission.allCases.map {
            OptionView(value: $0.rawValue, label: $0.meaning, isSelected: $0.rawValue == form.permission)
        }
        kinds = ConsumerKey.Kind.allCases.map {
            OptionView(value: $0.rawValue, label: $0.label, isSelected: $0.rawValue == form.kind)
        }
        expiries = KeyForm.Lifetime.allCases.map {
            OptionView(value: $0.rawValue, label: $0.label, isSelected: $0.rawValue == form.expires)
        }
        storeID = form.storeID
        networks = form.networks
    }
}

/// One key: what it is, how it was used, and what can be done with it.
struct KeyView: View {
    struct Address: View {
        var address: String
        var at: TimeView
    }

    struct Actions: View {
        var rotate: Rotate
        var disable: Action?
        var enable: Action?
        var revoke: Action
    }

    struct Rotate: View {
        var action: String
        var graces: [OptionView]
    }

    struct Action: View {
        /// Where the form is sent.
        var action: String
    }

    var id: String
    var description: String
    var truncated: String
    var state: StateView
    var facts: [FactView]
    var usage: KeyUsageView
    var addresses: [Address]
    /// nil: the key was revoked.
    var actions: Actions?

    static func href(_ key: ConsumerKey) -> String { "/keys/\(key.id)" }

    init(_ entry: KeyAndUser, _ report: KeyUsageReport, _ wording: Wording) {
        let key = entry.key
        id = String(key.id)
        description = key.description
        truncated = key.shownEnd
        state = StateView(key.state(at: wording.now))
        facts = Self.facts(entry, wording)
        usage = KeyUsageView(report, wording)
        addresses = report.newestAddresses.map { Address(address: $0.address.description, at: wording.time($0.lastAccess)) }
        guard key.revoked == nil else { return }
        let href = Self.href(key)
        actions = Actions(
            rotate: Rotate(
                action: href + "/rotate",
                graces: KeyGrace.allCases.map { OptionView(value: $0.rawValue, label: $0.label, isSelected: $0 == .week) }),
            disable: key.disabled == nil ? Action(action: href + "/disable") : nil,
            enable: key.disabled == nil ? nil : Action(action: href + "/enable"), revoke: Action(action: href + "/revoke"))
    }

    private static func facts(_ entry: KeyAndUser, _ wording: Wording) -> [FactView] {
        let key = entry.key
        var facts = [
            FactView("User", "\(entry.user.name), \(entry.user.role.label)"), FactView("Permission", key.permission.label),
            FactView("Kind", key.kind.label), FactView("Store", key.storeID.map(String.init) ?? "all"),
            FactView(
                "Allowed addresses", key.allowedRanges.isEmpty ? "any" : key.allowedRanges.map(\.text).joined(separator: ", "),
                isCode: !key.allowedRanges.isEmpty),
            FactView("Created", wording.time(key.created, isRelative: false)),
            key.expires.map { FactView("Expires", wording.time($0)) } ?? FactView("Expires", "never"),
        ]
        if let disabled = key.disabled { facts.append(FactView("Disabled", wording.time(disabled))) }
        if let revoked = key.revoked { facts.append(FactView("Revoked", wording.time(revoked))) }
        facts.append(key.lastAccess.map { FactView("Last used", wording.time($0)) } ?? FactView("Last used", "never"))
        if let address = key.lastAddress { facts.append(FactView("Last used from", address.description, isCode: true)) }
        if let last = key.lastFromPage { facts.append(FactView("Last used by a page in a browser", wording.time(last))) }
        if let previous = key.previous, previous.until > wording.now {
            facts.append(FactView("Old secret works until", wording.time(previous.until, isRelative: false)))
        }
        facts.append(FactView("Requests ever", Wording.number(key.requests)))
        return facts
    }
}

/// A secret, this once, and how to try it.
struct SecretView: View {
    struct Secret: View {
        var id: String
        var label: String
        var value: String
    }

    var heading: String
    var warning: String
    var secrets: [Secret]
    /// What becomes of the old secret; nil: there is none.
    var grace: String?
    var curlHint: String
    var curl: String
    var keyHref: String

    /// - Parameter baseURL: what the address in the example begins with.
    init(created issued: KeyService.Issued, baseURL: String) {
        self.init(issued, baseURL: baseURL, heading: "The key “\(issued.entry.key.description.isolated)” is ready")
        warning += " Keep it in a password manager or in the program’s settings."
    }

    init(rotated issued: KeyService.Issued, baseURL: String, _ wording: Wording) {
        let key = issued.entry.key
        let noun = key.kind == .cocart ? "secret" : "API key"
        self.init(issued, baseURL: baseURL, heading: "“\(key.description.isolated)” has a new \(noun)")
        let until = key.previous.flatMap { $0.until > wording.now ? $0.until : nil }
        grace = until.map { "The old \(noun) works until \(wording.text($0))." } ?? "The old \(noun) works no longer."
    }

    private init(_ issued: KeyService.Issued, baseURL: String, heading: String) {
        let key = issued.entry.key
        self.heading = heading
        warning = "The \(key.kind == .cocart ? "secret" : "API key") is shown this once and cannot be shown again."
        secrets = (issued.secret?.shown(for: issued.entry) ?? []).map { Secret(id: $0.name, label: $0.label, value: $0.value) }
        curlHint =
            if key.permission.allowsReading {
                "This reads one cart. Put what you copied in place of the names:"
            } else {
                "This key does not allow reading, so this is refused with 403, and with 401 if the key is mistyped:"
            }
        curl =
            switch key.kind {
            case .cocart: "KEY=ck_…\nSECRET=cs_…\ncurl -u \"$KEY:$SECRET\" '\(baseURL)/v1/carts?limit=1'"
            case .cscart: "LOGIN=…\nAPI_KEY=…\ncurl -u \"$LOGIN:$API_KEY\" '\(baseURL)/api/carts?items_per_page=1'"
            }
        keyHref = KeyView.href(key)
    }
}

extension StateView {
    init(_ state: ConsumerKey.State) {
        self.init(id: state.rawValue, name: state.rawValue.prefix(1).uppercased() + state.rawValue.dropFirst())
    }
}

extension ConsumerKey {
    /// What is kept of the key's text, by which people tell keys apart.
    fileprivate var shownEnd: String { (kind == .cocart ? Self.keyPrefix : "") + "…" + truncatedKey }
}
