import CartCore

/// A page of the audit trail.
struct AuditView: View {
    struct Filters: View {
        var who: String
        var about: String
        var from: String
        var to: String
        var auditActions: [OptionView]

        init(_ search: AuditSearch) {
            who = search["actor"]
            about = search["subject"]
            from = search["from"]
            to = search["to"]
            let actions = AuditAction.allCases.map {
                OptionView(value: $0.rawValue, label: $0.label, isSelected: $0 == search.filter.action)
            }
            auditActions = [OptionView(value: "", label: "Any action", isSelected: search.filter.action == nil)] + actions
        }
    }

    /// What is said in place of entries.
    struct Message: View {
        var heading: String
        var sentence: String

        init(_ search: AuditSearch) {
            if search.after != nil {
                heading = "There are no older entries"
                sentence = "Begin with the newest."
            } else if search.isFiltered {
                heading = "No entry matches these filters"
                sentence = "“Who” and “About” are compared to the letter, such as key:3 or cart:my-cart."
            } else {
                heading = "There are no entries yet"
                sentence = "Every change to carts, keys and users will stand here, with who made it."
            }
        }
    }

    var filters: Filters
    var clearHref: String?
    var hasEntries: Bool
    var total: String
    var entries: [AuditEntryView]
    var nothing: Message?
    var newestHref: String?
    var olderHref: String?
}

/// One entry of the audit trail.
struct AuditEntryView: View {
    struct Subject: View {
        var label: String
        var href: String?
    }

    var at: TimeView
    var actor: String
    var address: String?
    var action: String
    var actionID: String
    var subject: Subject?
    var hasChanges: Bool
    var changes: [ChangeView]

    init(_ entry: AuditEntry, _ teller: AuditTeller) {
        at = teller.wording.time(entry.at)
        actor = teller.name(ofActor: entry.actor)
        address = entry.address
        action = entry.action.label
        actionID = entry.action.rawValue
        subject = entry.subject.isEmpty ? nil : Subject(label: entry.subject, href: teller.href(ofSubjectOf: entry))
        changes = teller.changes(of: entry)
        hasChanges = !changes.isEmpty
    }
}

/// One entry on the page of the cart that it is about.
struct HistoryView: View {
    var action: String
    var actor: String
    var address: String?
    var at: TimeView
    var hasChanges: Bool
    var changes: [ChangeView]

    init(_ entry: AuditEntry, _ teller: AuditTeller) {
        action =
            switch entry.action {
            case .cartCreate: "Created"
            case .cartReplace: "Replaced"
            case .cartDelete: "Deleted"
            case .cartsFill, .keyCreate, .keyRotate, .keyRevoke, .keyDisable, .keyEnable, .userCreate, .userRole, .userPassword,
                .userDelete, .userSignIn, .userSignOut, .storeRestore, .requestRefused:
                entry.action.label
            }
        actor = teller.name(ofActor: entry.actor)
        address = entry.address
        at = teller.wording.time(entry.at)
        changes = teller.changes(of: entry)
        hasChanges = !changes.isEmpty
    }
}

/// What something was and became.
struct ChangeView: View {
    var name: String
    /// nil: nothing, or not known.
    var before: String?
    var after: String?
}

extension AuditAction {
    fileprivate var label: String {
        switch self {
        case .cartCreate: "Cart created"
        case .cartReplace: "Cart replaced"
        case .cartDelete: "Cart deleted"
        case .cartsFill: "Store filled"
        case .keyCreate: "Key created"
        case .keyRotate: "Key rotated"
        case .keyRevoke: "Key revoked"
        case .keyDisable: "Key disabled"
        case .keyEnable: "Key enabled"
        case .userCreate: "User created"
        case .userRole: "Role changed"
        case .userPassword: "Password changed"
        case .userDelete: "User deleted"
        case .userSignIn: "Signed in"
        case .userSignOut: "Signed out"
        case .storeRestore: "Backup restored"
        case .requestRefused: "Request refused"
        }
    }
}
