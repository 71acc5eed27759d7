/// The list of carts.
struct CartsView: View {
    var live: LiveView
    var filters: FiltersView
    var hasChips: Bool
    var chips: [ChipView]
    var clearHref: String
    var exports: [LinkView]
    var empty: EmptyShopView?
    var noMatch: NoMatchView?
    var list: CartListView?
}

/// The form of the filter.
struct FiltersView: View {
    var search: String
    var customerName: String
    var customerEmail: String
    var totalMin: String
    var totalMax: String
    var timeFrom: String
    var timeTo: String
    var productIDs: String
    var source: String
    var storeID: String
    var withContact: Bool
    var states: [OptionView]
    var periods: [OptionView]
    var usersTypes: [OptionView]
    var contents: [OptionView]
    var keep: [FieldView]
    var isMoreOpen: Bool
    var moreCount: String?
}

/// A filter that is in use, with the address of the list without it.
struct ChipView: View {
    var label: String
    var value: String
    var href: String
}

/// What to do in a shop without carts.
struct EmptyShopView: View {
    var importCommand: String
    var putCommand: String
}

struct NoMatchView: View {
    var sentence: String
    var href: String
}

/// The carts of a page.
struct CartListView: View {
    var range: String
    var total: String
    var asOf: TimeView
    var back: String
    var sorts: SortsView
    var rows: [CartRowView]
    var prev: String?
    var next: String?
    var numbers: [PageNumberView]
    var perPage: [PageNumberView]
    var deleteFound: DeleteFoundView?
}

struct SortsView: View {
    var customer: SortView
    var total: SortView
    var changed: SortView
    var expires: SortView
}

/// The heading of a column that the list can be ordered by.
struct SortView: View {
    var direction: String
    var href: String
    var isUp: Bool
    var isDown: Bool
    var isUnsorted: Bool
}

struct CartRowView: View {
    var key: String
    var href: String
    var customer: String
    var email: String?
    var lines: String
    var quantity: String
    var total: String
    var state: StateView
    var changed: TimeView
    var expires: TimeView
    var source: String?
}

struct PageNumberView: View {
    var label: String
    var href: String
    var isCurrent: Bool
    var isGap = false
}

struct DeleteFoundView: View {
    var label: String
    var fields: [FieldView]
}
