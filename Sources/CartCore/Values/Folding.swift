import Foundation

/// The folding under which names and e-mail addresses are compared, sorted and searched.
public enum Folding {
    /// Folds case for all of Unicode, and brings equal texts to equal bytes.
    ///
    /// Each text is upper-cased and then lower-cased by Unicode's full mappings without regard to a language, and brought to
    /// normalisation form C. So `STRASSE` equals `straße`, `ΣΑΣ` equals `σας`; accents stay: `é` is not `e`.
    public static func fold(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        return text.uppercased().lowercased().precomposedStringWithCanonicalMapping
    }
}
