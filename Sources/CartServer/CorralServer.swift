import CartAPICSCart
import CartAPICoCart
import CartAPINative
import CartCore
import CartDashboard
import CartHTTP
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The server: its dialects in front of a store.
public struct CorralServer: Sendable {
    public let settings: Settings
    public let store: any Store
    private let clock: any WallClock
    private let random: any RandomSource
    private let logger: Logger

    public init(
        settings: Settings, store: any Store, clock: any WallClock = SystemWallClock(), random: any RandomSource = SystemRandomSource(),
        logger: Logger
    ) {
        self.settings = settings
        self.store = store
        self.clock = clock
        self.random = random
        self.logger = logger
    }

    /// Serves until it is told to stop by a signal, by graceful shutdown of the surrounding services, or by cancellation of the task;
    /// then it finishes what is in flight, and closes the store.
    ///
    /// - Parameter onRunning: called with the port when the server listens.
    /// - Throws: ``SettingsError`` if the certificate cannot be used; if the address cannot be listened on.
    public func run(
        stoppingOn signals: [UnixSignal] = [.sigterm, .sigint], onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        let live = Live()
        let (usage, refusals) = (live.usage, live.refusals)
        let certificate = try settings.certificate.map { try ServerCertificate($0, logger: logger) }
        warnOfExposure()
        var application = try application(answering: frontDoor(live), certificate, onRunning: onRunning)
        application.addServices(
            StoreService(store: store), CountsService(usage: usage, refusals: refusals, store: store, logger: logger),
            DailyService(
                care: DailyCare(
                    store: store, disableKeysUnusedFor: settings.disableKeysUnusedFor, auditRetention: settings.auditRetention,
                    logger: logger), clock: clock, logger: logger), MemoryService(store: store),
            StatisticsService(
                sweeper: sweeper, latest: live.statistics, abandonedAfter: settings.policy.abandonedAfter, timeZone: settings.timeZone,
                clock: clock, logger: logger))
        if settings.sweeps {
            application.addServices(
                SweepService(
                    sweeper: sweeper, interval: settings.sweepInterval, clock: clock, metrics: live.sweep, logger: logger))
        }
        if let certificate { application.addServices(certificate) }
        try await application.runService(gracefulShutdownSignals: signals)
    }

    /// The listener with all its limits, in front of any responder: measurements put others there.
    package func application<Responder: HTTPResponder<CartRequestContext>>(
        answering responder: Responder, _ certificate: ServerCertificate? = nil, onRunning: @escaping @Sendable (Int) async -> Void
    ) throws -> Application<Responder> {
        Application(
            responder: responder,
            server: HTTPServerBuilder { [channelConfiguration] responder in
                let plain = HTTP1Channel(responder: responder, configuration: channelConfiguration)
                return certificate.map(plain.secured) ?? plain
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "Corral",
                availableConnectionsDelegate: MaximumAvailableConnections(settings.limits.connections)),
            onServerRunning: { await onRunning($0.localAddress?.port ?? 0) }, logger: logger)
    }

    /// Says so if keys would cross a network in clear.
    private func warnOfExposure() {
        guard settings.isExposed else { return }
        logger.warning(
            """
            Corral listens on \(settings.host), beyond this machine, WITHOUT TLS and without a trusted proxy in front: keys and passwords \
            cross the network in clear. Set tls.certificate and tls.key, or put a proxy with TLS in front and name it in \
            server.trustedProxies.
            """)
    }

    private var channelConfiguration: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                DeadlineHandler(
                    head: .milliseconds(settings.limits.headerTimeout.milliseconds),
                    body: .milliseconds(settings.limits.bodyTimeout.milliseconds),
                    response: .milliseconds(settings.limits.responseTimeout.milliseconds)), ContinueHandler(),
            ],
            idleTimeout: .milliseconds(settings.limits.idleTimeout.milliseconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: settings.limits.header, maxHeaderListSize: settings.limits.header,
                maxHeaderFieldCount: settings.limits.headerCount))
    }

    /// The version of the program.
    public static let version = "0.1.0"

    /// Every page of the dashboard.
    public var pages: [Route] { dashboard(gate(), Live()).routes }

    /// Every route of every dialect of the API.
    public var routes: [Route] {
        let gate = gate()
        return cocart(gate).routes + cscart(gate).routes + native(gate, Live()).routes
    }

    /// What the requests and the services of one run tell each other.
    private struct Live {
        let usage = UsageRecorder()
        let refusals = RefusalRecorder()
        let metrics = Metrics()
        let statistics = LatestStatistics()
        let sweep = SweepMetrics()
    }

    private var sweeper: Sweeper {
        Sweeper(store: store, policy: settings.sweep, abandonedAfter: settings.policy.abandonedAfter, clock: clock, random: random)
    }

    private func frontDoor(_ live: Live) -> FrontDoor {
        let gate = gate()
        return FrontDoor(
            dialects: [cocart(gate), cscart(gate)] + (settings.hasDashboard ? [dashboard(gate, live)] : []), fallback: native(gate, live),
            gate: gate,
            proxies: TrustedProxies(settings.trustedProxies, ownScheme: settings.scheme), clock: clock, limits: settings.limits,
            crossOrigin: CrossOrigin(origins: settings.origins, publicURL: settings.publicURL), metrics: live.metrics, usage: live.usage,
            refusals: live.refusals,
            accessLog: settings.logsAccess ? AccessLog(logger: logger) : nil)
    }

    private func gate() -> Gate { Gate(authenticator: Authenticator(store: store), limits: settings.limits) }

    private var baseURL: BaseURL {
        BaseURL(publicURL: settings.publicURL, fallback: "\(settings.scheme)://\(settings.host):\(settings.port)")
    }

    private func cocart(_ gate: Gate) -> CoCartAPI {
        CoCartAPI(carts: carts, gate: gate, baseURL: baseURL, limits: settings.limits, dateFormat: settings.dateFormat)
    }

    private func dashboard(_ gate: Gate, _ live: Live) -> Dashboard {
        Dashboard(
            Dashboard.Parts(
                carts: carts, keys: KeyService(store: store, random: random), store: store, statistics: live.statistics, sweeper: sweeper,
                sweepMetrics: live.sweep, gate: gate, limits: settings.limits, baseURL: baseURL, clock: clock, random: random,
                settings: SettingsShown(
                    timeZone: settings.timeZone, currency: settings.policy.currency, sweeps: settings.sweeps,
                    sweepInterval: settings.sweepInterval, database: settings.database.description,
                    diskSpace: { [database = settings.database, store] in await database.diskSpace(of: store) }, version: Self.version,
                    all: settings.shown),
                documents: [
                    DocumentForm(id: "native", name: "Cart document") { record, cart, clock in
                        ("/v1/carts/\(cart.key.text)", record.answer(state: record.state(at: clock)))
                    },
                    DocumentForm(id: "cocart", name: "CoCart session") { _, cart, _ in CoCartAPI.document(of: cart) },
                    DocumentForm(id: "cscart", name: "CS-Cart cart") { _, cart, _ in CSCartAPI.document(of: cart) },
                ], files: Assets.dashboard))
    }

    private func cscart(_ gate: Gate) -> CSCartAPI { CSCartAPI(carts: carts, gate: gate, timeZone: settings.timeZone) }

    private func native(_ gate: Gate, _ live: Live) -> NativeAPI {
        NativeAPI(
            carts: carts, keys: KeyService(store: store, random: random), audit: store, statistics: live.statistics,
            timeZone: settings.timeZone, gate: gate, limits: settings.limits, openAPI: Assets.openAPI, metrics: live.metrics,
            sweep: live.sweep)
    }

    private var carts: CartService {
        var policy = settings.policy
        // With number, revision and state in front, the document must fit into the body that writes it back.
        policy.largestDocument = settings.limits.body - 256
        return CartService(store: store, policy: policy, random: random)
    }
}

/// Closes the store when everything that uses it has ended.
private struct StoreService: Service {
    let store: any Store

    func run() async throws {
        // It throws if the task is cancelled instead, which ends the server as well.
        try? await gracefulShutdown()
        await store.close()
    }
}
