import CAssets

/// Files that the program carries inside itself.
enum Assets {
    /// The OpenAPI document.
    static let openAPI: [UInt8] = {
        var count = 0
        let bytes = corral_openapi(&count)
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }()
}
