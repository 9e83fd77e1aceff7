import Foundation
import Signaling
import Testing

struct SignalTemplateTests {
    private static func signal(_ kind: SignalKind, _ from: String, _ sendto: String?, body: String) -> [UInt8] {
        var out: [UInt8] = []
        SignalTemplate.append(
            kind: kind, from: PeerID(from), sendto: sendto.map { PeerID($0) }, tag: TagTests.sample, body: body.bytes,
            to: &out)
        return out
    }

    @Test func `a directed signal is written with its envelope first`() {
        #expect(
            Self.signal(.offer, "a", "b", body: #","sdp":"v=0\r\n""#).text
                == #"{"type":"offer","from":"a","sendto":"b","tag":"deadbeef.000z.0010.11.00zzz.000000ff","sdp":"v=0\r\n"}"#
        )
    }

    @Test func `a room-wide signal has no addressee`() {
        #expect(
            Self.signal(.call, "a", nil, body: "").text
                == #"{"type":"call","from":"a","tag":"deadbeef.000z.0010.11.00zzz.000000ff"}"#)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func `Foundation reads back any ids`(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<200 {
            let from = generator.text(upTo: 20)
            let sendto = generator.text(upTo: 20)
            let json = Self.signal(.answer, from, sendto, body: #","sdp":"""#)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: String])
            #expect(object["from"].map { Array($0.utf8) } == from.bytes, "seed \(seed)")
            #expect(object["sendto"].map { Array($0.utf8) } == sendto.bytes, "seed \(seed)")
        }
    }

    @Test func `every byte below 128 is escaped so that Foundation reads it back`() throws {
        for byte in UInt8.min...0x7F {
            var json = #"[""#.bytes
            JSONText.appendEscaped([byte], to: &json)
            json += #""]"#.utf8
            let array = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String])
            #expect(array == [String(Unicode.Scalar(byte))])
        }
    }
}
