import Foundation

/// The folding under which names and e-mail addresses are compared, sorted and searched.
public enum Folding {
    /// Folds case for all of Unicode, and brings equal texts to equal bytes.
    ///
    /// Each text is brought to normalisation form C, lower-cased, upper-cased and lower-cased again by Unicode's full mappings without
    /// regard to a language, and normalised once more: one round is not enough for `ẞ`. So `STRASSE` equals `straße`, `ΣΑΣ` equals `σας`; accents stay: `é` is not `e`. Control characters
    /// become spaces, so that none is ever part of a folded text.
    public static func fold(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x80).contains($0) }) { return text.lowercased() }
        let folded = text.precomposedStringWithCanonicalMapping.lowercased().uppercased().lowercased()
            .precomposedStringWithCanonicalMapping
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: folded.unicodeScalars.lazy.map { $0.value < 0x20 ? " " : $0 })
        return String(scalars)
    }
}
