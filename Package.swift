// swift-tools-version: 6.2
import PackageDescription

// One-way imports: a target may import only what it lists here. Sibling imports are refused by
// `--explicit-target-dependency-import-check error`, undeclared C libraries by the compiler.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "datasetfs",
    products: [
        .executable(name: "datasetfs", targets: ["datasetfs"]),
        .executable(name: "datasetfs-server", targets: ["LocalPlatform"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        system("CFUSE", pkgConfig: "fuse3", apt: "libfuse3-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CDeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev"),
        system("CBzip2", apt: "libbz2-dev"),
        system("CLZMA", pkgConfig: "liblzma", apt: "liblzma-dev"),
        system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),

        .systemLibrary(name: "CLinux", path: "Sources/CLibraries/CLinux"),

        library("DatasetSync"),
        library("DatasetModel", ["DatasetSync"]),
        library("DatasetHTTP", ["CCurl", "DatasetSync"]),
        library("DatasetStores", ["DatasetModel", "DatasetHTTP", "DatasetSync", crypto]),
        library("DatasetCache", ["DatasetModel", "DatasetSync", "CXXHash", grdb]),
        library("DatasetJournal", ["DatasetModel", "DatasetSync", "CLinux", grdb]),
        library("DatasetManifest", ["DatasetModel", yams]),
        library(
            "DatasetArchive",
            ["DatasetModel", "DatasetSync", "CZlib", "CDeflate", "CBzip2", "CLZMA", "CZstd"]
        ),
        library(
            "DatasetVFS",
            [
                "DatasetModel", "DatasetArchive", "DatasetManifest", "DatasetCache", "DatasetJournal", "DatasetSync",
                logging,
            ]
        ),
        library("DatasetFUSE", ["DatasetVFS", "DatasetModel", "DatasetSync", "CFUSE"]),

        .executableTarget(
            name: "LocalPlatform",
            dependencies: [hummingbird, grdb, crypto, arguments, logging],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "datasetfs",
            dependencies: [
                "DatasetModel", "DatasetSync", "DatasetHTTP", "DatasetStores", "DatasetCache", "DatasetJournal",
                "DatasetVFS", "DatasetFUSE", "DatasetArchive", "DatasetManifest", arguments, crypto, logging, yams,
            ],
            exclude: ["Documentation.docc"],
            swiftSettings: strict
        ),

        .target(
            name: "DatasetTestSupport",
            dependencies: ["DatasetModel", "DatasetSync"],
            path: "Tests/DatasetTestSupport",
            swiftSettings: strict
        ),
        tests("DatasetSyncTests", ["DatasetSync", "DatasetTestSupport"]),
        tests("DatasetModelTests", ["DatasetModel", "DatasetSync", "DatasetTestSupport"]),
        tests("DatasetHTTPTests", ["DatasetHTTP", "DatasetSync", "DatasetTestSupport"]),
        tests("DatasetCacheTests", ["DatasetCache", "DatasetModel", "DatasetSync", "DatasetTestSupport"]),
        tests("DatasetJournalTests", ["DatasetJournal", "DatasetModel", "DatasetSync", "DatasetTestSupport"]),
        tests("DatasetManifestTests", ["DatasetManifest", "DatasetModel", "DatasetTestSupport"]),
        .executableTarget(
            name: "ManifestViewWriter",
            dependencies: ["DatasetManifest", "DatasetModel"],
            path: "Tests/ManifestViews/Writer",
            swiftSettings: strict
        ),
        // Runs the files it is given; with -sanitize=fuzzer and -DFUZZING it looks for more (see Tests/ArchiveFuzz).
        .executableTarget(
            name: "ArchiveFuzz",
            dependencies: ["DatasetArchive", "DatasetModel", "DatasetSync"],
            path: "Tests/ArchiveFuzz",
            exclude: ["Corpus"],
            swiftSettings: strict
        ),
        tests(
            "DatasetArchiveTests",
            ["DatasetArchive", "DatasetModel", "DatasetSync", "DatasetTestSupport", "CDeflate", "ArchiveFuzz"],
            exclude: ["Reading/Support/random_archive.py"]
        ),
        tests(
            "DatasetStoresTests",
            ["DatasetStores", "DatasetModel", "DatasetHTTP", "DatasetSync", "DatasetTestSupport", crypto]
        ),
        tests(
            "DatasetVFSTests",
            [
                "DatasetVFS", "DatasetArchive", "DatasetStores", "DatasetCache", "DatasetJournal", "DatasetModel",
                "DatasetSync",
                "DatasetTestSupport", logging,
            ]
        ),
        .executableTarget(
            name: "FUSETestMount",
            dependencies: ["DatasetFUSE", "DatasetVFS", "DatasetModel", "DatasetSync"],
            path: "Tests/FUSETestMount",
            swiftSettings: strict
        ),
        tests(
            "DatasetFUSETests",
            [
                "DatasetFUSE", "DatasetVFS", "DatasetModel", "DatasetSync", "DatasetTestSupport", "CFUSE",
                "FUSETestMount",
            ]
        ),
        tests("LocalPlatformTests", ["LocalPlatform", hummingbird, crypto, logging]),

        // Foundation programs that drive processes: the strict settings of the product would only hide what they do.
        .executableTarget(name: "Benchmarks", dependencies: [arguments], path: "Tests/Benchmarks"),
    ]
)
