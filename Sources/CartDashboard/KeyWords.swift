import CartCore

/// What the pages call roles, permissions and the rest of what keys are made of.
extension Role {
    var label: String {
        switch self {
        case .administrator: "administrator"
        case .shopManager: "shop manager"
        case .customer: "customer"
        }
    }
}

extension Permission {
    var label: String {
        switch self {
        case .read: "Read"
        case .write: "Write"
        case .readWrite: "Read and write"
        case .admin: "Admin"
        }
    }

    /// For whoever chooses one.
    var meaning: String {
        switch self {
        case .read: "Read carts"
        case .write: "Write and delete carts"
        case .readWrite: "Read and write"
        case .admin: "Admin: also keys and the audit trail"
        }
    }
}

extension ConsumerKey.Kind {
    var label: String {
        switch self {
        case .cocart: "Consumer key and secret (CoCart)"
        case .cscart: "API key (CS-Cart)"
        }
    }
}

extension KeyForm.Lifetime {
    var label: String {
        switch self {
        case .never: "Never"
        case .month: "In 30 days"
        case .quarter: "In 90 days"
        case .year: "In one year"
        }
    }
}

extension KeyGrace {
    var label: String {
        switch self {
        case .none: "Not at all"
        case .day: "1 day"
        case .week: "7 days"
        case .month: "30 days"
        }
    }
}
