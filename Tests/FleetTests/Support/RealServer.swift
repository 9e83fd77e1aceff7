import Backends
import Fleet
import Foundation
import Measure
import Signaling
import TestKit
import Testing
import Workload

/// A server of other make, started on free ports of loopback for one test.
enum RealServer {
    /// Starts it for the length of `body`; should another process take one of the ports just then, tries others.
    ///
    /// - Parameters:
    ///   - ports: how many it listens on.
    ///   - command: the program and its arguments, told the ports and a folder that is its own.
    ///   - body: what needs it, told the ports.
    /// - Returns: what `body` returns.
    /// - Throws: ``LaunchedServer/Failed`` when it does not get ready, or what `body` throws.
    static func with<R: Sendable>(
        ports: Int, _ command: ([Int], URL) throws -> [String], _ body: ([Int]) async throws -> R
    ) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "real-server-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var left = 3
        while true {
            left -= 1
            let free = try Loopback.freePorts(ports)
            let server = try LaunchedServer(try command(free, folder))
            do {
                try await server.waitUntilReady(.listening(free), patience: .seconds(20))
            } catch {
                await server.stop()
                guard left > 0 else { throw error }
                continue
            }
            let result: Result<R, any Error>
            do { result = .success(try await body(free)) } catch { result = .failure(error) }
            await server.stop()
            return try result.get()
        }
    }

    /// Lets agents in rooms of five call one after another, and holds what was counted to the closed form.
    static func checkRooms(
        _ rooms: Int = 40, on settings: BackendSettings, echo: MeshArithmetic.Echo, _ delivery: MeshArithmetic.Delivery
    ) async throws {
        let law = MeshArithmetic(
            members: 5, offererCandidates: 2, answererCandidates: 2, echo: echo, delivery: delivery,
            joining: .present(callers: 5), byes: true)
        for (attempt, gap) in [600, 2_400].enumerated() {
            var run = TestRun(agents: 5 * rooms, roomSize: 5, candidates: 2)
            run.profile.calls.gap = .milliseconds(Int64(gap))
            let samples = try await run.run(against: settings).samples
            #expect(samples.session.connected == 5 * rooms)
            #expect(samples.ledger.lost == 0 && samples.session.backendErrors == 0)
            #expect(samples.causes.sorted.isEmpty)
            // The closed form is of one call after another. Where a machine stands still for longer than the gap, two calls
            // of a room overlap: that takes more messages, never fewer. Once more, with longer gaps.
            if attempt == 0, samples.signaling.sent > UInt64(rooms * law.messages) { continue }
            #expect(samples.signaling.sent == UInt64(rooms * law.messages))
            #expect(samples.signaling.deliveries == UInt64(rooms * law.deliveries))
            #expect(samples.signaling.useful == UInt64(rooms * law.useful))
            #expect(samples.roomsComplete == rooms)
            return
        }
    }
}
