import CartCore
import CartHTTP
import Crypto
import Foundation
import HTTPTypes
import Hummingbird

/// Style, script and icon, under names that change with their content, so that browsers may keep them for ever.
struct AssetFiles: Sendable {
    private struct Asset: Sendable {
        var bytes: [UInt8]
        var type: String
        var tag: String
    }

    private let assets: [String: Asset]

    init(_ files: Files) {
        let types = ["css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"]
        assets = files.all.reduce(into: [:]) { assets, file in
            guard let type = file.name.split(separator: ".").last.flatMap({ types[String($0)] }) else { return }
            let tag = SHA256.hash(data: Data(file.bytes)).prefix(6).map { String(format: "%02x", $0) }.joined()
            assets[file.name] = Asset(bytes: file.bytes, type: type, tag: tag)
        }
    }

    var view: AssetsView {
        AssetsView(style: href("style.css"), script: href("dashboard.js"), icon: href("icon.svg"))
    }

    func add(to router: Router<CartRequestContext>) {
        router.get("/assets/{name}") { request, context in
            guard let asset = context.parameters.get("name").flatMap({ assets[$0] }) else { throw CartError.noPage }
            return Response(
                headers: [
                    .contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable", .xContentTypeOptions: "nosniff",
                ], bytes: asset.bytes)
        }
    }

    private func href(_ name: String) -> String { "/assets/\(name)?\(assets[name]?.tag ?? "")" }
}
