import CAssets
import CartDashboard

/// Files that the program carries inside itself.
enum Assets {
    /// The OpenAPI document.
    static let openAPI: [UInt8] = {
        var count = 0
        let bytes = corral_openapi(&count)
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }()

    /// Templates, style, script and icon of the dashboard.
    static let dashboard: Files = {
        var count = 0
        let files = corral_dashboard(&count)
        return Files(
            UnsafeBufferPointer(start: files, count: count).map { file in
                Files.File(
                    name: String(cString: file.name), bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count)))
            })
    }()
}
