import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// An answer whose body is JSON in one buffer, which goes out in one write.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields, json: [UInt8]) {
        var headers = headers
        headers[.contentLength] = String(json.count)
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
    }
}
