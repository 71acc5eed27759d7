// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let dialect: [Target.Dependency] = [
    "CartCore", "CartHTTP",
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
]

let package = Package(
    name: "corral",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "corral", targets: ["corral"])],
    traits: [
        .default(enabledTraits: ["Postgres"]),
        .trait(
            name: "Postgres",
            description: "Keeps carts in PostgreSQL and what speaks its language; needs libpq. Without it SQLite alone is there."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.30.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // The domain: carts, keys, money, filters, errors and the ports of the stores.
        .target(
            name: "CartCore",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"), .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        // The embedded store, the default.
        .target(
            name: "CartStoreSQLite",
            dependencies: ["CartCore", "CSQLite", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .systemLibrary(
            name: "CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        // The store for several servers at once. Without the trait it is empty and asks for no library.
        .target(
            name: "CartStorePostgres",
            dependencies: [
                "CartCore", .target(name: "CLibPQ", condition: .when(traits: ["Postgres"])),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        // What the dialects share: callers, limits, the error boundary.
        .target(
            name: "CartHTTP",
            dependencies: [
                "CartCore",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(name: "CartAPICoCart", dependencies: dialect, swiftSettings: strict),
        .target(name: "CartAPICSCart", dependencies: dialect, swiftSettings: strict),
        .target(name: "CartAPINative", dependencies: dialect, swiftSettings: strict),
        // The operators' pages.
        .target(
            name: "CartDashboard",
            dependencies: [
                "CartCore", "CartHTTP",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // Sample carts that look like a real shop's.
        .target(name: "CartSamples", dependencies: ["CartCore"], swiftSettings: strict),
        // Files inside the program.
        .target(name: "CAssets", exclude: ["dashboard", "openapi.json"]),
        // What of the C library's memory Swift does not see.
        .target(name: "CMemory"),
        // The composition root: the only target that knows which store is in use.
        .target(
            name: "CartServer",
            dependencies: [
                "CAssets", "CMemory", "CartAPICSCart", "CartAPICoCart", "CartAPINative", "CartCore", "CartDashboard", "CartHTTP",
                "CartStoreSQLite", .target(name: "CartStorePostgres", condition: .when(traits: ["Postgres"])),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "corral",
            dependencies: [
                "CartCore", "CartHTTP", "CartSamples", "CartServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // What is measured beside the product: references to compare it with, and the times of refusals.
        .executableTarget(
            name: "corral-measure",
            dependencies: [
                "CSQLite", "CartCore", "CartHTTP", "CartServer", "CartStoreSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Benchmarks/Measure", swiftSettings: strict),
        // The suite that every store must pass, and the oracle it is compared with.
        .target(name: "CartTesting", dependencies: ["CartCore"], swiftSettings: strict),
        // A PostgreSQL database for each test that asks for one.
        .target(
            name: "PostgresTesting",
            dependencies: [
                .target(name: "CLibPQ", condition: .when(traits: ["Postgres"])),
                .target(name: "CartStorePostgres", condition: .when(traits: ["Postgres"])),
            ],
            path: "Tests/PostgresTesting", swiftSettings: strict),
        .testTarget(name: "CartDashboardTests", dependencies: ["CartCore", "CartDashboard", "CartHTTP"], swiftSettings: strict),
        .testTarget(name: "CartCoreTests", dependencies: ["CartCore", "CartTesting"], swiftSettings: strict),
        .testTarget(
            name: "CartStoreSQLiteTests", dependencies: ["CartCore", "CartSamples", "CartStoreSQLite", "CartTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "CartStorePostgresTests",
            dependencies: [
                "CartCore", "CartSamples", .target(name: "CartStorePostgres", condition: .when(traits: ["Postgres"])), "CartStoreSQLite",
                "CartTesting", "PostgresTesting",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CartServerTests",
            dependencies: [
                "CSQLite", "CartAPICoCart", "CartCore", "CartHTTP", "CartSamples", "CartServer",
                .target(name: "CartStorePostgres", condition: .when(traits: ["Postgres"])), "CartTesting", "PostgresTesting", "corral",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            resources: [.copy("Golden")],
            swiftSettings: strict),
        .testTarget(name: "CartSamplesTests", dependencies: ["CartCore", "CartSamples"], swiftSettings: strict),
    ]
)
