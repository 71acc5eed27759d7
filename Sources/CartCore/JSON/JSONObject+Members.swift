extension JSONObject {
    /// The names of the members, each as often as it stands.
    public var names: [String] {
        var names: [String] = []
        read { (reader, name) throws(CartError) in
            names.append(name)
            try reader.skip()
        }
        return names
    }

    /// The text of a member; of several with one name the last. nil if there is none, or it is no string.
    public func string(_ name: String) -> String? {
        var text: String?
        read { (reader, found) throws(CartError) in
            guard Array(found.utf8) == Array(name.utf8) else { return try reader.skip() }
            if try reader.peek() == .string {
                text = try reader.string()
            } else {
                text = nil
                try reader.skip()
            }
        }
        return text
    }

    /// The members that are texts or numbers, in their order.
    public var texts: [(name: String, value: String)] {
        var texts: [(String, String)] = []
        read { (reader, name) throws(CartError) in
            switch try reader.peek() {
            case .string: texts.append((name, try reader.string()))
            case .number: texts.append((name, try reader.number()))
            default: try reader.skip()
            }
        }
        return texts
    }

    /// The text was read once when it was kept, so it is an object.
    private func read(_ member: (inout JSONReader, String) throws(CartError) -> Void) {
        var reader = JSONReader(Array(text.utf8), maximumDepth: .max)
        try? reader.object(allowingDuplicates: true, member)
    }
}
