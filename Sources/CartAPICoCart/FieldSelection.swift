import CartCore
import CartHTTP

/// WordPress's parameter `_fields`: which members of an answer a client wants.
struct FieldSelection {
    private let root: Node?

    /// A name's own selection; nil is all of it.
    private struct Node {
        var members: [String: Node?] = [:]
    }

    /// Names parted by commas or spaces; a dot goes into an object.
    init(_ parameters: QueryParameters) {
        let names = parameters.list("_fields").flatMap { $0.split { $0 == "," || $0.isWhitespace } }
        guard !names.isEmpty else {
            root = nil
            return
        }
        var root = Node()
        for name in names { Self.add(name.split(separator: ".").prefix(16), to: &root) }
        self.root = root
    }

    private static func add(_ path: ArraySlice<Substring>, to node: inout Node) {
        guard let name = path.first.map(String.init) else { return }
        let rest = path.dropFirst()
        // A name that was asked for whole stays whole.
        if let known = node.members[name], known == nil { return }
        guard !rest.isEmpty else {
            node.members[name] = .some(nil)
            return
        }
        var child = (node.members[name] ?? nil) ?? Node()
        add(rest, to: &child)
        node.members[name] = child
    }

    /// The answer with nothing but what is selected. Of a list, each row is selected from.
    func apply(to json: consuming JSONWriter) throws(CartError) -> JSONWriter {
        guard let root else { return json }
        var reader = JSONReader(json.bytes, maximumDepth: 512)
        var output = JSONWriter(capacity: 4096)
        if try reader.peek() == .array {
            output.beginArray()
            try reader.array { (reader, _) throws(CartError) in try Self.select(root, from: &reader, to: &output) }
            output.endArray()
        } else {
            try Self.select(root, from: &reader, to: &output)
        }
        return output
    }

    /// Copies what is selected of the next value; values that are neither objects nor arrays have no parts to choose from.
    private static func select(_ node: Node, from reader: inout JSONReader, to output: inout JSONWriter) throws(CartError) {
        switch try reader.peek() {
        case .object:
            output.beginObject()
            try reader.object { (reader, name) throws(CartError) in
                guard let member = node.members[name] else { return try reader.skip() }
                output.name(name)
                try copy(member, from: &reader, to: &output)
            }
            output.endObject()
        case .array:
            output.beginArray()
            try reader.array { (reader, place) throws(CartError) in
                guard let member = node.members[String(place)] else { return try reader.skip() }
                try copy(member, from: &reader, to: &output)
            }
            output.endArray()
        case .string, .number, .bool, .null:
            output.raw(try reader.verbatim())
        }
    }

    private static func copy(_ member: Node?, from reader: inout JSONReader, to output: inout JSONWriter) throws(CartError) {
        if let member {
            try select(member, from: &reader, to: &output)
        } else {
            output.raw(try reader.verbatim())
        }
    }
}
