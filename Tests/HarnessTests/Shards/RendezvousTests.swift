import Foundation
import Harness
import TestKit
import Testing
import Workload

/// Real files, because a folder is all that shards have in common; waits are short, and nothing depends on their length.
struct RendezvousTests {
    private static func meet(
        _ index: Int, of count: Int, in folder: String, plan: String = "p", binary: String = "b", patience: Double = 20
    ) async throws -> ShardStart {
        try await Rendezvous(
            folder: folder, shard: try #require(Shard(index: index, count: count)), plan: plan, binary: binary,
            patience: patience, lead: 0.01
        ).meet()
    }

    private static func outcome(_ body: () async throws -> ShardStart) async -> Result<ShardStart, HarnessError> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error as? HarnessError ?? HarnessError(.internalError, "\(error)", cure: ""))
        }
    }

    private static func message(_ result: Result<ShardStart, HarnessError>) -> String {
        if case .failure(let error) = result, error.code == .partsUnfit { error.message } else { "\(result)" }
    }

    @Test func `all begin at one time under one id, whoever comes first`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let starts = try await withThrowingTaskGroup(of: ShardStart.self) { group in
            for index in [2, 1, 0] { group.addTask { try await Self.meet(index, of: 3, in: path) } }
            var starts: [ShardStart] = []
            for try await start in group { starts.append(start) }
            return starts
        }
        #expect(Set(starts.map(\.runID)).count == 1)
        let times = starts.map { $0.at + ($0.clock?.correction ?? 0) }
        #expect((times.max() ?? 0) - (times.min() ?? 0) < 1e-3)
        #expect(starts.allSatisfy { ($0.clock?.offset.magnitude ?? .infinity) <= 5 })
        await Rendezvous.sleep(until: starts[0])
        #expect(Date().timeIntervalSince1970 >= starts[0].at - 0.03)
    }

    @Test func `when one does not come, nobody begins, and all are told which`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        async let other = Self.outcome { try await Self.meet(1, of: 3, in: path) }
        let zero = await Self.outcome { try await Self.meet(0, of: 3, in: path, patience: 0.3) }
        #expect(Self.message(zero).contains("shard 2/3"), "\(zero)")
        #expect(Self.message(await other).contains("did not come within"))
        // The folder is that of a failed attempt from now on.
        let late = await Self.outcome { try await Self.meet(2, of: 3, in: path) }
        #expect(Self.message(late).contains("another attempt"))
    }

    @Test func `a second one of a number finds it taken`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        async let first = Self.outcome { try await Self.meet(1, of: 2, in: path) }
        while !FileManager.default.fileExists(atPath: path + "/ready-1-of-2.json") { await Task.yield() }
        let second = await Self.outcome { try await Self.meet(1, of: 2, in: path) }
        #expect(Self.message(second).contains("shard 1/2 is there twice"))
        // Which of the two counts nobody can tell.
        #expect(Self.message(await first).contains("there twice"))
    }

    @Test(arguments: [("q", "b", "another plan"), ("p", "c", "another program")])
    func `another plan or program is refused`(plan: String, binary: String, message: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        async let other = Self.outcome { try await Self.meet(1, of: 2, in: path, plan: plan, binary: binary) }
        let zero = await Self.outcome { try await Self.meet(0, of: 2, in: path) }
        #expect(Self.message(zero).contains(message))
        #expect(Self.message(await other).contains(message))
    }

    @Test func `who does not want to wait any more tells the others`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        let rendezvous = Rendezvous(
            folder: path, shard: try #require(Shard(index: 0, count: 2)), plan: "p", binary: "b")
        await #expect(throws: HarnessError(.interrupted, "", cure: "")) { try await rendezvous.meet { true } }
        let other = await Self.outcome { try await Self.meet(1, of: 2, in: path) }
        #expect(Self.message(other).contains("another attempt"))
    }
}
