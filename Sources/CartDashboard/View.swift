import Mustache

/// What a template is filled with. Its properties are the template's names.
///
/// A property that is nil is nothing, and is not looked for further out, as Mustache would.
protocol View: MustacheParent, Sendable {}

extension View {
    func child(named name: String) -> Any? {
        for child in Mirror(reflecting: self).children where child.label == name {
            let value = Mirror(reflecting: child.value)
            guard value.displayStyle == .optional else { return child.value }
            return value.children.first?.value ?? Nothing()
        }
        return nil
    }
}

/// A property that is nil.
private struct Nothing: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}

/// A page: its own content within the frame that all pages have.
struct Page<Content: View>: MustacheParent {
    var frame: FrameView
    var content: Content

    func child(named name: String) -> Any? { content.child(named: name) ?? frame.child(named: name) }
}
