import Foundation
import Measure
import Testing

@testable import Conformance

struct CatalogueTests {
    private static let groups = [
        "IDN": 6, "ROOM": 11, "DLV": 9, "ORD": 6, "PAY": 10, "DIR": 6, "NEG": 12, "DEP": 7, "REC": 5, "LIM": 8,
        "LIV": 4, "SEC": 6,
    ]

    @Test func `there are ninety cases, numbered within their groups, each once`() {
        let ids = Catalogue.current.cases.map(\.id)
        #expect(ids.count == 90)
        #expect(Set(ids).count == 90)
        for (group, count) in Self.groups {
            let numbers = (1...count).map { "\(group)-\($0 < 10 ? "0" : "")\($0)" }
            #expect(ids.filter { $0.hasPrefix(group + "-") } == numbers)
        }
    }

    @Test func `every case is carried out, and nothing is carried out that is no case`() {
        #expect(Set(CaseBook.all.keys) == Set(Catalogue.current.cases.map(\.id)))
    }

    @Test func `conditions can be read and speak of known capabilities`() throws {
        for info in Catalogue.current.cases {
            for text in info.requires {
                let condition = try #require(CaseCondition(text), "\(info.id): \(text)")
                for key in condition.keys { #expect(DeclarationSchema.entry(key) != nil, "\(info.id): \(key)") }
                if case .isOne(let values) = condition.test,
                    case .oneOf(let known)? = DeclarationSchema.entry(condition.keys[0])?.kind
                {
                    #expect(values.allSatisfy(known.contains), "\(info.id): \(text)")
                }
            }
            for key in info.declares { #expect(DeclarationSchema.entry(key) != nil, "\(info.id): \(key)") }
            for id in info.dependsOn { #expect(Catalogue.current[id] != nil, "\(info.id) rests on \(id)") }
        }
    }

    @Test func `no case rests on itself by a detour`() {
        func reaches(_ id: String, _ target: String, _ depth: Int = 0) -> Bool {
            depth < 10
                && (Catalogue.current[id]?.dependsOn ?? []).contains { $0 == target || reaches($0, target, depth + 1) }
        }
        for info in Catalogue.current.cases { #expect(!reaches(info.id, info.id), "\(info.id)") }
    }

    @Test(arguments: [("DLV-01", 1), ("dlv-*", 9), ("ORD-*, DLV-01", 7), ("*", 90), ("NEG-1*", 3)])
    func `patterns select cases`(pattern: String, count: Int) {
        let selection = Catalogue.current.select(pattern)
        #expect(selection.ids.count == count)
        #expect(selection.unmatched == nil)
    }

    @Test func `a pattern that selects nothing is named`() {
        #expect(Catalogue.current.select("ORD-*,DLV-77").unmatched == "DLV-77")
    }

    @Test(
        arguments: [
            ("order=total", true), ("order=fifo|causal", false), ("ack!=none", true), ("ack!=accepted", false),
            ("selfEcho", false),
            ("will", true), ("resume.windowMs>0", true), ("resume.windowMs>9", false), ("transports~ws", true),
            ("transports~polling", false), ("auth.acl", false), ("selfEcho|will", true), ("history!=all", true),
        ])
    func `a condition holds or not`(text: String, holds: Bool) throws {
        var declaration = Declaration(backend: "x")
        declaration["order"] = .text("total")
        declaration["ack"] = .text("accepted")
        declaration["selfEcho"] = .flag(false)
        declaration["will"] = .flag(true)
        declaration["resume.windowMs"] = .number(9)
        declaration["transports"] = .list(["ws"])
        #expect(try #require(CaseCondition(text)).holds(for: declaration) == holds)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `the digest that names the catalogue is SHA-256`(text: String, digest: String) {
        #expect(SHA256.hexadecimal(Array(text.utf8)) == digest)
        let long = SHA256.hexadecimal(Array(repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(long == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `what may kill a backend runs last, and by itself`() {
        var ready = Catalogue.current.cases
        var order: [[String]] = []
        while !ready.isEmpty {
            let next = ConformanceRunner.next(of: ready)
            #expect(!next.isEmpty)
            order.append(next.map(\.id))
            ready.removeAll { one in next.contains { $0.id == one.id } }
        }
        #expect(order.suffix(5) == [["PAY-09"], ["LIM-01"], ["LIM-02"], ["LIM-03"], ["PAY-06"]])
    }

    @Test func `the case under suspicion is the one that did not pass, and who could not start is not run`() {
        let cases = Array(Catalogue.current.cases.prefix(4))
        func result(_ place: Int, _ verdict: CaseVerdict) -> (String, CaseResult) {
            (cases[place].id, CaseResult(id: cases[place].id, level: cases[place].level, verdict: verdict))
        }
        let results = Dictionary(uniqueKeysWithValues: [
            result(0, .setupFail), result(1, .pass), result(2, .inconclusive),
        ])
        let found = ConformanceRunner.died(Array(cases.prefix(3)), results, [cases[3]])
        #expect(found.map(\.id) == [cases[2].id, cases[0].id, cases[3].id])
        #expect(found.map(\.verdict) == [.fail, .notRun, .notRun])
        #expect(found[0].actual == "the backend died in \(cases[2].id)")
        // One that failed is likelier than those that merely got no answer from a dead server.
        let more = results.merging(Dictionary(uniqueKeysWithValues: [result(1, .inconclusive), result(2, .fail)])) {
            $1
        }
        let named = ConformanceRunner.died(Array(cases.prefix(3)), more, [])
        #expect(named.first?.id == cases[2].id)
    }

    @Test func `a breach of the wire's protocol fails whatever case it came in`() {
        let breach = "the server sent a binary message where the protocol has text (RFC 6455 section 5.6)"
        for verdict in CaseVerdict.allCases {
            let outcome = CaseOutcome(verdict, actual: "as it went")
            #expect(ConformanceRunner.judged(outcome, nil).verdict == verdict)
            let judged = ConformanceRunner.judged(outcome, breach)
            #expect(judged.verdict == (verdict == .harnessError ? .harnessError : .fail))
            if judged.verdict == .fail { #expect(judged.actual == breach + "; as it went") }
        }
    }
}
