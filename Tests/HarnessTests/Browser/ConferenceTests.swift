import Foundation
import Glibc
import Signaling
import TestKit
import Testing

/// The seed's call in a real browser, through our servers.
@Suite(.enabled(if: Lane.isSerial, "the browser is another program"), .serialized, .timeLimit(.minutes(5)))
struct ConferenceTests {
    @Test(arguments: ["baas", "socketio"])
    func `three pages connect on all three pairs, with as many messages as the formulas say`(
        backend: String
    ) async throws {
        let pages = try await BrowserPages.serving(backend) { url in
            try BrowserPages.pages(try await BrowserPages.run("mesh", url, backend, "seed"))
        }
        #expect(pages.map(\.connected) == [2, 2, 2])
        #expect(pages.allSatisfy { $0.pairs.allSatisfy { ($0["refused"] as? [String]) == [] } })
        // A browser gathers as many candidates as it likes: K is what these pages sent, over all pairs.
        let candidates = pages.reduce(0) { $0 + $1.sum("candidatesSent") }
        let sent = pages.reduce(0) { $0 + $1.count("sent") }
        #expect(sent == 3 + 3 * 3 + candidates)
        #expect(candidates > 0)
        let delivered = pages.reduce(0) { $0 + $1.count("delivered") }
        let useful = pages.reduce(0) { $0 + $1.count("useful") }
        // Each call is heard by two, everything else by the one it is for.
        #expect(useful == 3 * 2 + sent - 3)
        #expect(delivered == (backend == "baas" ? 3 * sent : useful))
        #expect(pages.reduce(0) { $0 + $1.sum("candidatesApplied") + $1.sum("candidatesLost") } == candidates)
    }

    @Test func `all at once the published client ends without a connection`() async throws {
        let pages = try await BrowserPages.serving("baas") { url in
            try BrowserPages.pages(try await BrowserPages.run("glare", url, "baas", "seed"))
        }
        #expect(pages.map(\.connected) == [0, 0, 0])
        for page in pages {
            #expect(page.pairs.map { $0["state"] as? String } == ["haveLocalOffer", "haveLocalOffer"])
        }
        let candidates = pages.reduce(0) { $0 + $1.sum("candidatesSent") }
        let sent = pages.reduce(0) { $0 + $1.count("sent") }
        // Two responses and two offers a pair, and no answer.
        #expect(sent == 3 + 3 * 4 + candidates)
        #expect(pages.reduce(0) { $0 + $1.count("delivered") } == 3 * sent)
    }

    @Test func `all at once perfect negotiation connects all three pairs`() async throws {
        let pages = try await BrowserPages.serving("baas") { url in
            try BrowserPages.pages(try await BrowserPages.run("glare", url, "baas", "perfect"))
        }
        #expect(pages.map(\.connected) == [2, 2, 2])
        #expect(pages.reduce(0) { $0 + $1.count("delivered") } == 3 * pages.reduce(0) { $0 + $1.count("sent") })
    }

    @Test func `two pages and ten agents share a room`() async throws {
        let python = try PythonPeer.required()
        try await BrowserPages.serving("baas") { url in
            let script = PythonPeer.path(of: "browser_pages.py")
            try await LaunchedServer.with(
                [python.interpreter, script, "agents", url, "room-0000", "20"], ready: .says("ready")
            ) { browser in
                let small = try SmallRun(Self.profile)
                let (ending, report) = try await small.run("--backend", "baas:\(url)")
                report.check(ending, status: 0)
                report.checkIdentities()
                #expect(report.metric("negotiation.connectable") == 45)
                #expect(report.metric("deliveries.lost") == 0)
                #expect(try #require(report.metric("deliveries.foreign")) > 0)
                let patience = ContinuousClock.now + .seconds(60)
                while !browser.output.contains("\"pages\""), ContinuousClock.now < patience {
                    try await Task.sleep(for: .milliseconds(50))
                }
                let pages = try BrowserPages.pages(try BrowserPages.read(browser.output, ""))
                for page in pages {
                    // Every agent called; the page answered each, took its offer, and its own answer came to be.
                    #expect(page.pairs.count == 10)
                    #expect(page.sum("offersSet") == 10, "\(page.pairs)")
                    #expect(page.sum("answersSent") == 10)
                    #expect(page.pairs.allSatisfy { ($0["refused"] as? [String]) == [] }, "\(page.pairs)")
                }
            }
        }
    }

    private static let profile = """
        name: with-browser
        agents: 10
        rooms: {size: 10, prefix: none}
        foreign: expected
        arrival: {pattern: constant, rate: 20/s}
        calls: {when: present, gap: 300ms}
        signaling: {pacing: none, candidates: 2, strategy: perfect, timeout: 5s, maxConnections: 20}
        phases: {warmup: 500ms, steady: 9s, drain: 3s}
        leave: bye
        validity: {lateness: 100%, loopLag: 5s, cpu: 100%, throttled: 100%}

        """

    @Test func `a page in the style of the seed runs on milkcocoa.js`() async throws {
        let found = try await BrowserPages.serving("baas") { url in try await BrowserPages.run("sdk", url) }
        #expect(
            found["connected"] as? Bool == true && found["anonymous"] as? Bool == true
                && found["pushed"] as? Bool == true)
        #expect(found["path"] as? String == "signaling/sdk")
        #expect(found["got"] as? Int == 3 && found["gone"] is NSNull)
        #expect(found["query"] as? [Int] == [6, 5])
        #expect(found["family"] as? [String] == ["signaling/sdk/a/b", "signaling", ""])
        #expect(found["again"] as? Int == 2 && found["wrong"] as? Int == 2)
        #expect(found["user"] as? String == "a@b.c" && found["after"] is NSNull)
        let rows = try #require(found["events"] as? [[Any]])
        let events: [String] = rows.map { row in row.map { "\($0)" }.joined(separator: " ") }
        #expect(events == ["push 1", "send 2", "set mine 3", "remove mine", "push 5", "push 6", "push 7", "send 9"])
    }

    @Test func `the page shows names as written, and says what a dead end is`() async throws {
        let found = try await BrowserPages.serving("baas") { url in try await BrowserPages.run("words", url) }
        for room in ["会議室 1", "a=b", "max=3", "50%", "a/b"] { #expect(found[room] as? String == room) }
        #expect(found["raw ="] as? String == "k=v")
        let words = [
            "backend": "There is no backend 'firebase' here: baas is used.",
            "other": "answers, but not as socketio does",
            "url": "'nonsense' is no address of a server", "nobody": "http://127.0.0.1:9 failed",
            "long": "The room's name is too long: its path has 4110 bytes", "tile": "no media",
            "full": "All 1 connections are taken, 1 of them by members who never connected or are gone",
        ]
        for (key, text) in words {
            #expect((found[key] as? String ?? "").contains(text), "\(key): \(String(describing: found[key]))")
        }
        #expect(found["none"] as? String == "none")
        // At 400 pixels every cell of the trace is within the page and has room for its words.
        let cells = try #require(found["cells"] as? [[Any]])
        #expect(cells.count == 4)
        for cell in cells { #expect(cell[0] as? Int ?? 0 > 30 && cell[1] as? Bool == true, "\(cells)") }
    }

    @Test func `the page fits wide and narrow, light and dark`() async throws {
        let folder = try TemporaryFolder()
        let result = try await BrowserPages.serving("baas") { url in
            try await BrowserPages.run("pictures", url, folder.path)
        }
        let pictures = try #require(result["pictures"] as? [[String: Any]])
        #expect(pictures.count == 4)
        for picture in pictures {
            #expect(picture["overflow"] as? Int ?? 1 <= 0, "\(picture)")
            #expect(picture["buttons"] as? [Bool] == [true, true, true], "\(picture)")
            #expect(picture["tiles"] as? Int == 3)
            #expect(picture["rows"] as? Int ?? 0 > 20)
            // An empty page is a few kilobytes.
            #expect(picture["bytes"] as? Int ?? 0 > 20_000)
            // Rows of the trace stay readable: only their marks are coloured.
            #expect(picture["ground"] as? String == "rgba(0, 0, 0, 0)")
            let isDark = (picture["background"] as? String ?? "").contains("rgb(15,")
            #expect(isDark == (picture["scheme"] as? String == "dark"))
        }
    }
}
