import Foundation
import Harness
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "it samples the processor time of real processes"))
struct ProcessSamplerTests {
    @Test func `a process that works is seen to use a core, one that sleeps is not`() async throws {
        let launcher = BackendLauncher(logFolder: nil, grace: .milliseconds(200))
        let busy = "echo '{\"ready\":true,\"backend\":\"x\",\"url\":\"ws://h:1/\",\"pid\":'$$'}'; while :; do :; done"
        let command = LaunchCommand(executable: "/bin/sh", arguments: ["-c", busy], announcement: .readyLine)
        let samples = try await launcher.withBackend(command) { backend in
            let sampler = ProcessSampler(backend: backend.pid)
            try await Task.sleep(for: .milliseconds(600))
            sampler.sample()
            return sampler.samples
        }
        let sample = try #require(samples.first)
        #expect(samples.count == 1)
        // It shares two cores with the rest of the tests: some CPU is certain, a whole core is not.
        let backend = try #require(sample.backendCPU)
        #expect(backend > 0.05 && backend < 1.5)
        #expect(try #require(sample.backendRSS) > 100_000)
        #expect(sample.generatorRSS > 1_000_000)
        #expect(sample.generatorCPU >= 0)
        #expect(sample.seconds >= 0.6)
    }

    @Test func `the children of the backend count as the backend`() async throws {
        let launcher = BackendLauncher(logFolder: nil, grace: .milliseconds(200))
        let script = """
            sh -c 'while :; do :; done' & sh -c 'sleep 60' &
            echo '{"ready":true,"backend":"x","url":"ws://h:1/","pid":'$$'}'; wait
            """
        let command = LaunchCommand(executable: "/bin/sh", arguments: ["-c", script], announcement: .readyLine)
        let (before, after, children) = try await launcher.withBackend(command) { backend in
            let tree = ProcessTree(root: backend.pid)
            let before = tree.usage()
            try await Task.sleep(for: .milliseconds(500))
            return (before, tree.usage(), tree.descendants())
        }
        #expect(children.count >= 2)
        #expect(try #require(after).cpuSeconds > #require(before).cpuSeconds)
        #expect(try #require(after).processes >= 3)
    }

    @Test func `a backend that ended has no figures instead of zeros`() async throws {
        let sampler = ProcessSampler(backend: Int32.max)
        try await Task.sleep(for: .milliseconds(60))
        sampler.sample()
        let sample = try #require(sampler.samples.first)
        #expect(sample.backendCPU == nil)
        #expect(sample.backendRSS == nil)
    }

    @Test func `every interval has one sample, and one too short to mean anything has none`() async throws {
        let sampler = ProcessSampler(backend: nil)
        sampler.sample()
        #expect(sampler.samples.isEmpty)
        for count in 1...3 {
            try await Task.sleep(for: .milliseconds(60))
            sampler.sample()
            #expect(sampler.samples.count == count)
        }
        #expect(sampler.samples.map(\.at) == sampler.samples.map(\.at).sorted())
        let totals = try #require(UsageTotals.generator(sampler.samples))
        #expect(totals.peakRSS == sampler.samples.map(\.generatorRSS).max())
        #expect(totals.cpuSeconds >= 0)
        #expect(UsageTotals.backend(sampler.samples) == nil)
    }
}
