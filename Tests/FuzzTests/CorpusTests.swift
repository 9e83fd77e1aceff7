import Foundation
import Testing

/// The kept inputs of the fuzzer, through the same doors: what once broke a decoder stays mended.
struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    private static func inputs(of decoder: Decoder) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: Self.corpus.appending(path: decoder.rawValue), includingPropertiesForKeys: nil
        ).sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    @Test(arguments: Decoder.allCases)
    func `every kept input is taken`(decoder: Decoder) throws {
        let inputs = try Self.inputs(of: decoder)
        #expect(!inputs.isEmpty)
        for file in inputs {
            let bytes = [UInt8](try Data(contentsOf: file))
            // Beside the input itself, cut short, and with one byte turned over.
            for end in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 16)) {
                #expect(throws: Never.self, "\(decoder)/\(file.lastPathComponent) up to \(end)") {
                    try decoder.take(Array(bytes[..<end]))
                }
            }
            #expect(throws: Never.self, "\(decoder)/\(file.lastPathComponent)") { try decoder.take(bytes) }
            for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 32)) {
                var changed = bytes
                changed[place] ^= 0x55
                #expect(throws: Never.self, "\(decoder)/\(file.lastPathComponent) with byte \(place) changed") {
                    try decoder.take(changed)
                }
            }
        }
    }

    @Test func `every folder of the corpus is a decoder's, and the whole is small`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(folders.sorted() == Decoder.allCases.map(\.rawValue).sorted())
        var size = 0
        for decoder in Decoder.allCases {
            for file in try Self.inputs(of: decoder) { size += try Data(contentsOf: file).count }
        }
        #expect(size < 300_000)
    }
}
