import CartCore
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// An answer of JSON, see ``init(status:headers:bytes:)``.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields, json: borrowing JSONWriter) {
        self.init(status: status, headers: headers, buffer: json.withBytes { ByteBuffer(bytes: $0) })
    }

    /// An answer whose body is in one buffer, which goes out in one write.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields, bytes: [UInt8]) {
        self.init(status: status, headers: headers, buffer: ByteBuffer(bytes: bytes))
    }

    private init(status: HTTPResponse.Status, headers: HTTPFields, buffer: ByteBuffer) {
        var headers = headers
        headers.append(HTTPField(name: .contentLength, value: String(buffer.readableBytes)))
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: buffer))
    }
}
