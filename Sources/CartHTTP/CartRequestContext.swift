import CartCore
import Hummingbird
import Logging
import NIOCore

/// What the server knows of a request besides its head and body.
public struct CartRequestContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    private let remote: SocketAddress?
    /// Where the request comes from, past the proxies that are trusted; nil if it has no address, as a socket in the file system.
    public internal(set) var clientAddress: NetworkAddress?
    /// `http` or `https`, as the client called.
    public internal(set) var scheme = "http"
    /// The moment of the request, asked for once by the ``FrontDoor``.
    public internal(set) var now = Timestamp.earliest
    let note = RequestNote()

    public init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        remote = source.channel.remoteAddress
    }

    /// The address of the connection's other end.
    var remoteAddress: NetworkAddress? { remote.flatMap(NetworkAddress.init) }

    /// The caller as the author of a change that this request makes.
    public func author(_ caller: Caller) -> Author { Author(caller.identity, from: clientAddress, at: now) }

    /// Notes who proved to be the caller, for those who look at the answer.
    public func noteCaller(_ caller: Caller) { note.caller(caller) }

    /// The form that the request sends, for the page that tells of an error in it.
    public var form: QueryParameters? { note.form }

    public func noteForm(_ form: QueryParameters) { note.form(form) }

    /// The key in the path of a route with `{key}`; nil if no cart can have it.
    public var cartKey: CartKey? {
        // What is a key as it stands has no escapes.
        parameters.get("key").flatMap { CartKey($0) ?? CartKey(QueryParameters.decode($0.utf8)) }
    }
}
