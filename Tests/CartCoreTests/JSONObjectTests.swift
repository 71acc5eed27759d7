import CartCore
import Testing

@Suite("Objects that are kept verbatim")
struct JSONObjectTests {
    @Test(
        "Spelling, order and duplicates stay as they are",
        arguments: [
            "{}", #"{"z":1,"a":2}"#, #"{"a":1,"a":2,"a":{}}"#, #"{"n":1e2,"m":0.10,"k":-0,"l":1E+02}"#,
            #"{"e":"\u00e9\u00E9é\/\/ \ud83d\ude00"}"#, #"{"":"","deep":[[[{"x":[null,true,false,[]]}]]]}"#,
            #"{"n":123456789012345678901234567890.5}"#, "{\"e\u{301}\":1,\"\u{E9}\":2}",
        ])
    func keepsText(text: String) throws {
        #expect(Array(try JSONObject(text).text.utf8) == Array(text.utf8))
    }

    @Test("White space between tokens is dropped, and that within strings is kept")
    func dropsWhiteSpace() throws {
        let object = try JSONObject(" {\n \"a b\" :\t[ 1 , \"x  y\\n \" ,{ } , [ ]\r] , \"c\": null } \n")
        #expect(object.text == #"{"a b":[1,"x  y\n ",{},[]],"c":null}"#)
    }

    @Test("Only an object without a member is empty")
    func knowsEmpty() throws {
        #expect(try JSONObject(" { } ").isEmpty)
        #expect(JSONObject.empty.isEmpty)
        #expect(try !JSONObject(#"{"":0}"#).isEmpty)
    }

    @Test("Anything but one object is refused", arguments: ["", "[]", "1", "null", "\"{}\"", "{}{}", "{} x", "{\"a\":\"\\u0000\"}", "{"])
    func refusesOthers(text: String) {
        #expect(throws: CartError.self) { try JSONObject(text) }
    }
}
