import CartCore
import CartHTTP
import Foundation
import HTTPTypes
import Hummingbird

/// The form of all lists of this API.
enum List {
    static func response<Element>(
        _ page: ArraySlice<Element>, next: String?, total: Int, _ write: (Element, inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(capacity: 256 + page.count * 2048)
        json.beginObject()
        json.name("data")
        json.beginArray()
        for element in page { write(element, &json) }
        json.endArray()
        json.name("next_cursor")
        if let next { json.string(next) } else { json.null() }
        json.name("total")
        json.integer(Int64(total))
        json.endObject()
        return Response(headers: .native, json: json)
    }
}

/// Places in lists as clients get them. A cursor looks like nothing in particular, so that what it says can change.
enum Cursor {
    static func encode(_ text: String) -> String {
        String(Data(text.utf8).base64EncodedString().prefix { $0 != "=" })
    }

    /// - Returns: nil for what ``encode(_:)`` would not have written.
    static func decode(_ cursor: String) -> String? {
        let padding = String(repeating: "=", count: (4 - cursor.utf8.count % 4) % 4)
        guard let text = Data(base64Encoded: cursor + padding).map({ String(decoding: $0, as: UTF8.self) }), cursor == encode(text)
        else { return nil }
        return text
    }
}
