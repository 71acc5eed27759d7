import CartCore
import Hummingbird
import Logging
import NIOCore

/// What the server knows of a request besides its head and body.
public struct CartRequestContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    private let remoteAddress: SocketAddress?
    /// The moment of the request, asked for once by the ``FrontDoor``.
    public internal(set) var now = Timestamp.earliest
    let rate = RateNote()

    public init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// The address of the connection's other end; nil if it has none, as a socket in the file system.
    public var clientAddress: NetworkAddress? { remoteAddress?.ipAddress.flatMap(NetworkAddress.init) }

    /// The key in the path of a route with `{key}`; nil if no cart can have it.
    public var cartKey: CartKey? {
        parameters.get("key").flatMap { CartKey(QueryParameters.decode($0.utf8)) }
    }
}
