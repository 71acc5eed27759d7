import CartCore
import CartHTTP
import Foundation
import Testing

@testable import CartDashboard

@Suite("What pages are filled with")
struct PageTests {
    private struct Text: View {
        var text: String
        var missing: String?
        var inner: Inner

        struct Inner: View {
            var text: String?
        }
    }

    private static func filled(_ template: String, _ text: String) -> String {
        let renderer = PageRenderer(
            templates: ["page": template, "part": "[{{text}}]"], assets: AssetsView(style: "", script: "", icon: ""))
        let frame = FrameView(title: "t", assets: renderer.assets, csrf: "", user: nil, nav: [], notice: nil)
        return renderer.html("page", Page(frame: frame, content: Text(text: text, missing: nil, inner: Text.Inner(text: nil))))
    }

    @Test(
        "Whatever a text holds, it cannot leave the attribute or the element that it stands in",
        arguments: [
            "\"", "'", "<b>", "&", "\"\u{301} onclick=", "<\u{301}script>", "\u{1F468}\u{200D}\"", "'\u{FE0F}", "{{text}}", "{{{text}}}",
        ])
    func escaping(text: String) {
        let html = Self.filled(#"<a title="{{text}}">{{> part}}{{#inner}}{{^text}}nothing{{/text}}{{/inner}}</a>"#, text)
        // Scalar by scalar: a quotation mark with an accent is one Character.
        let scalars = Array(html.unicodeScalars)
        #expect(scalars.count { $0 == "\"" } == 2)
        #expect(scalars.count { $0 == "<" } == 2)
        #expect(!scalars.contains("'"))
        #expect(!html.contains("& "))
    }

    @Test("What is missing inside is not looked for outside")
    func missing() {
        #expect(Self.filled("{{#inner}}<{{text}}>{{/inner}}{{^missing}}none{{/missing}}", "outer") == "<>none")
    }

    @Test("JSON is laid out without a change to any value")
    func indented() throws {
        let json = #"{"a":[1.50,{"b":"x, {y}: \"z\" \\"}],"e":{},"f":[],"g":1e400,"h":null}"#
        let text = Pages.indented(Array(json.utf8))
        #expect(
            text == """
                {
                  "a": [
                    1.50,
                    {
                      "b": "x, {y}: \\"z\\" \\\\"
                    }
                  ],
                  "e": {},
                  "f": [],
                  "g": 1e400,
                  "h": null
                }
                """)
    }

    @Test("A secret's text proves a form, and nothing else does")
    func csrf() throws {
        let secret = SessionSecret(random: SystemRandomSource())
        #expect(secret.accepts(csrf: secret.csrf))
        for wrong in [nil, "", "0", String(secret.csrf.dropLast()), secret.csrf + "0", SessionSecret(random: SystemRandomSource()).csrf] {
            #expect(!secret.accepts(csrf: wrong))
        }
        #expect(SessionSecret(secret.text)?.csrf == secret.csrf)
        #expect(SessionSecret("") == nil)
    }
}
