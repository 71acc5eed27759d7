import Crypto
import Foundation

/// Keeps an answer that holds a secret so that only whoever asked can read it again: sealed under a key that is made of the caller's own
/// secret (HKDF-SHA256, AES-256-GCM). What lies in the store is of no use without that secret.
public struct AnswerSeal: Sendable {
    public let request: IdempotentRequest
    private let key: SymmetricKey

    /// - Parameter secret: what the caller showed.
    public init(request: IdempotentRequest, secret: String) {
        self.request = request
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)), salt: Data(request.id), info: Data("corral kept answer".utf8),
            outputByteCount: 32)
    }

    /// - Returns: the sealed form of an answer; empty, which nothing opens, if it cannot be sealed.
    func close(_ answer: [UInt8]) -> [UInt8] {
        let box = try? AES.GCM.seal(answer, using: key, authenticating: request.bodyHash)
        return box?.combined.map(Array.init) ?? []
    }

    /// - Returns: nil if it was sealed under another secret, or for a request with another body.
    func open(_ sealed: [UInt8]) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let answer = try? AES.GCM.open(box, using: key, authenticating: request.bodyHash)
        else { return nil }
        return Array(answer)
    }
}
