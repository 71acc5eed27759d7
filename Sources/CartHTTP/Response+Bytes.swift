import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// An answer whose body is in one buffer, which goes out in one write.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields, bytes: [UInt8]) {
        var headers = headers
        headers[.contentLength] = String(bytes.count)
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
