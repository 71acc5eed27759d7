/// What all pages have around their content.
struct FrameView: View {
    var title: String
    var assets: AssetsView
    /// What the forms of the page send back, to prove that they were this page's.
    var csrf: String
    /// nil: nobody has signed in.
    var user: UserView?
    var nav: [NavigationView]
    var notice: NoticeView?
}

/// Where the browser finds what the pages are made with.
struct AssetsView: View {
    var style: String
    var script: String
    var icon: String
}

/// Who has signed in.
struct UserView: View {
    var name: String
    var role: String
}

struct NavigationView: View {
    var id: String
    var label: String
    var href: String
    var isCurrent: Bool
}

/// A message at the top of a page.
struct NoticeView: View {
    enum Tone: String {
        case good, bad, warn, info
    }

    var tone: String
    var message: String
    /// Whether a screen reader says it at once.
    var isAlert: Bool
    var link: LinkView?
    /// Whether what was selected in the list of carts is forgotten.
    var clearsSelection = false

    init(_ tone: Tone, _ message: String, link: LinkView? = nil, clearsSelection: Bool = false) {
        self.tone = tone.rawValue
        self.message = message
        isAlert = tone == .bad
        self.link = link
        self.clearsSelection = clearsSelection
    }
}

struct LinkView: View {
    var href: String
    var label: String
}

/// A moment, in the shop's zone.
struct TimeView: View {
    var iso: String
    var utc: String
    var text: String
    /// How long ago, or in how long.
    var ago: String?
}

/// One choice of a selection.
struct OptionView: View {
    var value: String
    var label: String
    var isSelected: Bool
}

/// A field that is sent back as it is.
struct FieldView: View {
    var name: String
    var value: String
}

/// A name with a text or a moment.
struct FactView: View {
    var name: String
    var value: String?
    var time: TimeView?
    /// Whether the value is something to copy, and not to read.
    var isCode = false

    init(_ name: String, _ value: String?, isCode: Bool = false) {
        self.name = name
        self.value = value
        self.isCode = isCode
    }

    init(_ name: String, _ time: TimeView) {
        self.name = name
        self.time = time
    }
}

/// A state with the name that people read.
struct StateView: View {
    var id: String
    var name: String
}

/// Where a page hears of changes, and up to which it has heard.
struct LiveView: View {
    var revision: String
    var events = "/events"
    var changes = "/changes"

    init(revision: Int64) { self.revision = String(revision) }
}
