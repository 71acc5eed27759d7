import Crypto
import CryptoExtras
import Foundation

/// A person's password, kept as scrypt with N = 2^15, r = 8, p = 3 and 16 random bytes of salt.
public struct PasswordHash: Hashable, Sendable {
    /// `scrypt$15$8$3$salt$hash`, the last two in base 64.
    public let text: String

    /// Takes over a hash as a store keeps it.
    public init(stored text: String) { self.text = text }

    /// Hashes a password. It takes about 200 ms of one core: never call it where many tasks share a thread.
    ///
    /// - Throws: ``CartError`` `.invalid` unless the password has 8 to 1024 bytes.
    public init(_ password: String, random: some RandomSource) throws(CartError) {
        guard (8...1024).contains(password.utf8.count) else { throw .invalid("password", "must have 8 to 1024 bytes") }
        let salt = random.bytes(16)
        guard let hash = Self.scrypt(password, salt: salt) else {
            throw CartError(.unavailable, "The password could not be hashed.", retryAfter: 1)
        }
        text = "scrypt$15$8$3$\(Data(salt).base64EncodedString())$\(Data(hash).base64EncodedString())"
    }

    /// Whether `password` is the one that was hashed. It costs the same whatever the answer, and as much as hashing.
    public func matches(_ password: String) -> Bool {
        let parts = text.split(separator: "$")
        let isReadable = parts.count == 6 && parts[0] == "scrypt" && parts[1] == "15" && parts[2] == "8" && parts[3] == "3"
        let salt = isReadable ? Data(base64Encoded: String(parts[4])) : nil
        let expected = isReadable ? Data(base64Encoded: String(parts[5])) : nil
        guard let hash = Self.scrypt(password, salt: salt.map(Array.init) ?? Array(repeating: 0, count: 16)) else { return false }
        guard salt != nil, let expected, expected.count == hash.count else { return false }
        return zip(expected, hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The hash of a password that nobody has, for users who do not exist.
    public static let nobody = PasswordHash(stored: "")

    private static func scrypt(_ password: String, salt: [UInt8]) -> [UInt8]? {
        // N = 2^15 with r = 8 needs 32 MiB, the largest amount that the library allows without being told.
        let key = try? KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << 15, blockSize: 8, parallelism: 3,
            maxMemory: 64 << 20)
        return key?.withUnsafeBytes(Array.init)
    }
}
