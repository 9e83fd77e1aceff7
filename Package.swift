// swift-tools-version: 6.2

import Foundation
import PackageDescription

// Floors, lowest first. A target may depend only on targets of a lower floor; `Tests/ArchitectureTests` holds
// both this list and every `import` in the sources to it.
let package = Package(
    name: "signalbench",
    products: [
        .executable(name: "signalbench", targets: ["signalbench"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Built before the others: text files become string literals.
        .plugin(name: "EmbedText", capability: .buildTool(), path: "Sources/EmbedText"),
        // Floor 0: the signaling system itself, as values.
        .target(name: "Signaling"),
        // Floor 1: what to do, and what was seen.
        .target(
            name: "Workload",
            dependencies: ["Signaling", .product(name: "Yams", package: "Yams")],
            plugins: ["EmbedText"]
        ),
        .target(
            name: "Measure",
            dependencies: ["Signaling", .product(name: "Histogram", package: "hdrhistogram-swift")]
        ),
        // Floor 2: the wire.
        .target(
            name: "Backends",
            dependencies: [
                "Signaling",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            plugins: ["EmbedText"]
        ),
        // Floor 3: agents on event loops.
        .target(
            name: "Fleet",
            dependencies: [
                "Signaling", "Workload", "Measure", "Backends",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        // Floor 4: what is made of a run.
        .target(
            name: "Reporting",
            dependencies: [
                "Signaling", "Workload", "Measure",
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            plugins: ["EmbedText"]
        ),
        // Floor 4 as well: a network and a clock that are simulated, and the fleet upon them.
        .target(
            name: "Simulation",
            dependencies: [
                "Signaling", "Workload", "Measure", "Backends", "Fleet",
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        // Floor 4 as well: what a backend is held to.
        .target(
            name: "Conformance",
            dependencies: [
                "Signaling", "Measure", "Backends", "Fleet",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            plugins: ["EmbedText"]
        ),
        // Floor 5: one run from profile to verdict.
        .target(
            name: "Harness",
            dependencies: [
                "Signaling", "Workload", "Measure", "Backends", "Fleet", "Simulation", "Reporting", "Conformance",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        // Floor 6: the command line.
        .executableTarget(
            name: "signalbench",
            dependencies: [
                "Harness", "Conformance", "Reporting", "Fleet", "Backends", "Measure", "Workload", "Signaling",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        // Floor 6 as well: what `make bench` runs.
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Fleet", "Backends", "Measure", "Workload", "Signaling",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]
        ),
        // Floor 6 as well: what `make simulate` and `make soak` run.
        .executableTarget(
            name: "Schedules",
            dependencies: [
                "Simulation", "Fleet", "Measure", "Workload", "Signaling",
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        // Used by tests only.
        .target(name: "TestKit", dependencies: ["Signaling"], exclude: ["Python"]),
        .testTarget(name: "SignalingTests", dependencies: ["Signaling", "TestKit"]),
        .testTarget(name: "WorkloadTests", dependencies: ["Workload", "Signaling", "TestKit"]),
        .testTarget(name: "MeasureTests", dependencies: ["Measure", "Signaling", "TestKit"]),
        .testTarget(
            name: "BackendsTests",
            dependencies: [
                "Backends", "Signaling", "TestKit",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "FleetTests",
            dependencies: [
                "Fleet", "Backends", "Measure", "Workload", "Signaling", "Simulation", "TestKit",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Simulation", "Harness", "Fleet", "Backends", "Measure", "Workload", "Signaling", "TestKit",
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "Conformance", "Simulation", "Reporting", "Fleet", "Backends", "Measure", "Signaling", "TestKit",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(name: "ReportingTests", dependencies: ["Reporting", "Measure", "TestKit"], exclude: ["Golden"]),
        .testTarget(
            name: "HarnessTests",
            dependencies: [
                "Harness", "Conformance", "Reporting", "Backends", "Measure", "Workload", "Signaling", "TestKit",
                "signalbench",
            ]
        ),
        // Every decoder behind one door: `swift test` replays the corpus there, `make fuzz` feeds it.
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Conformance", "Reporting", "Backends", "Measure", "Workload", "Signaling",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            exclude: ["Corpus", "Fuzz.swift"]
        ),
        .testTarget(name: "ArchitectureTests"),
    ],
    swiftLanguageModes: [.v6]
)

// The targets of the per-delivery path, which has no room for checks of exclusive access in release builds: see the
// decision 0010.
let hot: Set = ["Signaling", "Measure", "Backends", "Fleet"]

// `.ci/fuzz` builds the fuzzer in place of the tests; no other build knows of it.
let isFuzzing = ProcessInfo.processInfo.environment["SIGNALBENCH_FUZZ"] != nil
if isFuzzing, let decoders = package.targets.first(where: { $0.name == "FuzzTests" }) {
    package.targets.removeAll { $0.type == .test }
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: decoders.dependencies,
            path: "Tests/FuzzTests",
            exclude: ["Corpus", "CorpusTests.swift"],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
        ))
}

// Cross-package settings: strict from the first commit.
for target in package.targets where target.type != .plugin {
    var settings = target.swiftSettings ?? []
    settings += [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
    if hot.contains(target.name) {
        settings.append(.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)))
    }
    if isFuzzing { settings.append(.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])) }
    target.swiftSettings = settings
}
