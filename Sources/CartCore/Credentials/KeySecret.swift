/// What a program shows, in clear, as it is made and shown once.
public enum KeySecret: Sendable {
    /// For the kind `cocart`.
    case pair(ConsumerKeyPair)
    /// For the kind `cscart`.
    case apiKey(APIKey)

    public init(_ kind: ConsumerKey.Kind, random: some RandomSource) {
        self =
            switch kind {
            case .cocart: .pair(ConsumerKeyPair(random: random))
            case .cscart: .apiKey(APIKey(random: random))
            }
    }
}

/// A consumer key and secret in clear, as they are shown once.
public struct ConsumerKeyPair: Sendable {
    /// `ck_` and 40 hexadecimal digits.
    public let consumerKey: String
    /// `cs_` and 40 hexadecimal digits.
    public let consumerSecret: String

    public init(random: some RandomSource) {
        consumerKey = ConsumerKey.keyPrefix + Hex.encode(random.bytes(20))
        consumerSecret = ConsumerKey.secretPrefix + Hex.encode(random.bytes(20))
    }
}

/// An API key of CS-Cart's form in clear, as it is shown once.
public struct APIKey: Sendable {
    /// 32 letters and digits: 190 random bits.
    public let text: String

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    public init(random: some RandomSource) {
        var text = ""
        while text.utf8.count < 32 {
            // Bytes beyond the last whole multiple would make some letters likelier than others.
            for byte in random.bytes(32) where byte < 248 && text.utf8.count < 32 {
                text.append(Self.letters[Int(byte) % Self.letters.count])
            }
        }
        self.text = text
    }
}
