import Foundation
import Signaling
import Testing

// Whatever Foundation's decoder accepts, the scanner must read alike.
struct EnvelopeScannerReferenceTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>) func `on generated documents the decoder and the scanner agree`(
        seed: UInt64
    ) {
        var generator = JSONGenerator(seed: seed)
        var envelopes = 0
        for _ in 0..<1500 {
            let json = generator.object()
            guard let reference = ReferenceEnvelope.decode(json) else {
                Issue.record("the decoder refuses \(json.text), seed \(seed)")
                continue
            }
            if reference.type != .absent { envelopes += 1 }
            if let disagreement = reference.disagreement(with: json) {
                Issue.record("\(disagreement) in \(json.text), seed \(seed)")
            }
            #expect(!json.scanned().isMalformed, "\(json.text), seed \(seed)")
        }
        #expect(envelopes > 300)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func `on damaged documents they agree whenever the decoder accepts`(
        seed: UInt64
    ) {
        var generator = JSONGenerator(seed: seed &* 7919)
        let alphabet = Array(#"{}[]",:\u0tfn1e-.+ "#.utf8) + [0, 0x0A, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
        var accepted = 0
        for _ in 0..<2500 {
            var json = generator.object()
            for _ in 0...generator.random.uniform(below: 3) {
                let place = generator.random.uniform(below: json.count)
                switch generator.random.uniform(below: 4) {
                case 0: json[place] = generator.pick(alphabet)
                case 1: json.insert(generator.pick(alphabet), at: place)
                case 2: if json.count > 1 { json.remove(at: place) }
                default:
                    let end = min(json.count, place + generator.random.uniform(below: 9))
                    json.insert(contentsOf: json[place..<end], at: generator.random.uniform(below: json.count))
                }
            }
            guard let reference = ReferenceEnvelope.decode(json) else {
                _ = json.scanned()
                continue
            }
            accepted += 1
            if let disagreement = reference.disagreement(with: json) {
                Issue.record("\(disagreement) in \(json.text), seed \(seed)")
            }
        }
        #expect(accepted > 100, "only \(accepted) documents survived their damage")
    }

    @Test func `on a document cut anywhere they agree whenever the decoder accepts`() {
        let whole =
            #" {"x":[{"type":"no"},"\\\""],"\u0074ype":"off\u0065r","from":"é😀","sendto":"\ud83d\ude00","tag":"t"} "#
            .bytes
        for length in 0...whole.count {
            let json = Array(whole.prefix(length))
            let envelope = json.scanned()
            for field in [envelope.type, envelope.from, envelope.sendto, envelope.tag] {
                #expect(field.range.upperBound <= length)
            }
            if let reference = ReferenceEnvelope.decode(json) {
                #expect(reference.disagreement(with: json) == nil, "cut to \(length)")
            }
        }
        #expect(ReferenceEnvelope.decode(whole) != nil)
        #expect(whole.scanned().kind == .offer)
    }

    @Test func `the decoder forgives a comma before the brace, which is no JSON and is called malformed`() {
        let json = #"{"from":"a",}"#.bytes
        #expect(ReferenceEnvelope.decode(json)?.disagreement(with: json) == nil)
        #expect(ReferenceEnvelope.decode(json) != nil)
        #expect(json.scanned().isMalformed)
    }

    @Test func `the decoder takes the first of two keys, which is why the scanner does`() {
        let json = #"{"from":"first","from":"second"}"#.bytes
        #expect(ReferenceEnvelope.decode(json)?.from == .string("first".bytes))
    }
}
