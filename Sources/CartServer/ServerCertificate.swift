import CartCore
import Foundation
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// Where a certificate and its private key lie, in PEM; behind the certificate may stand those that vouch for it.
public struct CertificateFiles: Hashable, Sendable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// - Throws: ``SettingsError`` that names the setting whose file cannot be used.
    func context() throws -> NIOSSLContext {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(certificate), !chain.isEmpty else {
            throw SettingsError(key: "tls.certificate", rule: "must name a file with a certificate in PEM")
        }
        guard let key = try? NIOSSLPrivateKey(file: key, format: .pem) else {
            throw SettingsError(key: "tls.key", rule: "must name a file with a private key in PEM, without a passphrase")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw SettingsError(key: "tls.key", rule: "must name the private key of the certificate")
        }
    }

    /// When the certificate can be used no longer.
    ///
    /// - Throws: ``SettingsError`` that names the setting whose file cannot be used.
    public var expires: Timestamp {
        get throws {
            _ = try context()
            let seconds = try NIOSSLCertificate.fromPEMFile(certificate).first?.notValidAfter ?? 0
            return Timestamp(seconds: Int64(seconds))
        }
    }

    /// What changes when one of the files does.
    fileprivate var stamp: [String] {
        [certificate, key].map { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: URL(filePath: path).resolvingSymlinksInPath().path)
            return "\(attributes?[.modificationDate] ?? "") \(attributes?[.size] ?? "") \(attributes?[.systemFileNumber] ?? "")"
        }
    }
}

/// The certificate that new connections are answered with, read again when its files change.
package final class ServerCertificate: Service {
    private static let interval = Duration.seconds(5)

    private let files: CertificateFiles
    private let current: Mutex<NIOSSLContext>
    private let stamp: Mutex<[String]>
    private let logger: Logger

    /// - Throws: ``SettingsError`` that names the setting whose file cannot be used.
    init(_ files: CertificateFiles, logger: Logger) throws {
        self.files = files
        self.logger = logger
        stamp = Mutex(files.stamp)
        current = Mutex(try files.context())
    }

    var context: NIOSSLContext { current.withLock { $0 } }

    package func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            reloadIfChanged()
        }
    }

    /// Takes new files, if they fit together. Until then, as while one of the two is new, the old certificate serves.
    func reloadIfChanged() {
        let new = files.stamp
        guard stamp.withLock({ $0 != new }) else { return }
        do {
            let context = try files.context()
            current.withLock { $0 = context }
            logger.notice("The new certificate is in use")
        } catch {
            logger.error("The new certificate cannot be used; the old one stays", metadata: ["reason": "\(error)"])
        }
        stamp.withLock { $0 = new }
    }
}

/// HTTP inside TLS, with the certificate of the moment for each new connection.
struct SecureChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let certificate: ServerCertificate

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context))
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

extension ServerChildChannel {
    /// The same inside TLS.
    func secured(by certificate: ServerCertificate) -> any ServerChildChannel { SecureChannel(base: self, certificate: certificate) }
}
