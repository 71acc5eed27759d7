import CartCore
import Crypto
import Foundation

/// Somebody who has signed in to the dashboard.
struct Operator: Sendable {
    let user: User
    let secret: SessionSecret

    /// As the audit trail and the rules of permissions know the operator.
    var caller: Caller { Caller(credential: .password, user: user, permission: .admin) }

    /// Whether the operator may see and change keys, and see the audit trail.
    var mayManage: Bool { user.role == .administrator }
}

/// What a browser shows to prove a session: 256 random bits.
struct SessionSecret: Sendable {
    /// 64 hexadecimal digits.
    let text: String

    init(random: some RandomSource) { text = Hex.encode(random.bytes(32)) }

    /// - Returns: nil for anything else than 64 hexadecimal digits.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else { return nil }
        self.text = String(text)
    }

    /// Under which the store knows the session; it does not tell the secret.
    var sessionID: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    /// What forms of the session send back. Pages of others cannot know it.
    var csrf: String {
        Hex.encode(HMAC<SHA256>.authenticationCode(for: Data("csrf".utf8), using: SymmetricKey(data: Data(text.utf8))).prefix(16))
    }

    /// Whether a form sent the right text, compared in constant time.
    func accepts(csrf text: String?) -> Bool {
        guard let text else { return false }
        let (sent, own) = (Array(text.utf8), Array(csrf.utf8))
        return sent.count == own.count && zip(sent, own).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
