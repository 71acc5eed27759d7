import ArgumentParser
import CartCore
import CartHTTP
import CartServer
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// The same server as `corral serve` for one route, without asking who calls: what the asking costs is the difference.
struct OpenServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open-server", abstract: "Serves GET /v1/carts/{key} to everybody: no credentials, no limits, no counting.")

    @Option(help: "The database file.")
    var path: String
    @Option(help: "The port to listen on.")
    var port: Int

    func run() async throws {
        var settings = Settings()
        settings.port = port
        settings.database = .sqlite(path: path)
        var logger = Logger(label: "open-server")
        logger.logLevel = .warning
        let store = try settings.database.open(creating: false, abandonedAfter: settings.policy.abandonedAfter)
        let server = CorralServer(settings: settings, store: store, logger: logger)
        let carts = CartService(store: store, random: SystemRandomSource())
        let application = try server.application(answering: OpenDialect(carts: carts).responder) { port in
            FileHandle.standardError.write(Data("open-server listens on http://127.0.0.1:\(port)\n".utf8))
        }
        try await application.runService()
        await store.close()
    }
}

private struct OpenDialect {
    let carts: CartService
    private let clock = SystemWallClock()

    init(carts: CartService) { self.carts = carts }

    var responder: RouterResponder<CartRequestContext> {
        let router = Router(context: CartRequestContext.self)
        router.get("/v1/carts/{key}") { _, context in
            guard let key = context.cartKey else { throw HTTPError(.notFound) }
            let record = try await carts.cart(key, in: nil)
            // As the route does, so that nothing but the asking differs.
            try record.withStoredCart { _ in }
            let state = record.state(at: carts.stateClock(at: clock.now))
            var headers: HTTPFields = [
                .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ]
            headers[.eTag] = "\"\(record.revision)\""
            var json = JSONWriter(capacity: record.document.count + 128)
            record.write(state: state, to: &json)
            return Response(headers: headers, json: json)
        }
        return router.buildResponder()
    }
}
