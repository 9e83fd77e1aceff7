import Foundation

/// Reads HdrHistogram's V2 compressed form; written from the format's description and sharing nothing with the encoder.
struct HistogramDecoder {
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var digits = 0
    private(set) var lowest: Int64 = 0
    private(set) var highest: Int64 = 0
    /// Index of each slot that is not empty, and its count.
    private(set) var counts: [Int: Int64] = [:]
    /// Slots written, empty ones included.
    private(set) var slots = 0

    init(base64: String) throws {
        guard let data = Data(base64Encoded: base64) else { throw Mistake(description: "no base64") }
        try self.init(compressed: [UInt8](data))
    }

    init(compressed: [UInt8]) throws {
        guard Self.number(compressed, 0, 4) == 0x1c84_9314 else { throw Mistake(description: "outer cookie") }
        let stream = Array(compressed.dropFirst(8))
        guard Self.number(compressed, 4, 4) == stream.count else { throw Mistake(description: "compressed length") }
        let payload = try Self.inflateStored(stream)
        guard Self.number(payload, 0, 4) == 0x1c84_9313 else { throw Mistake(description: "inner cookie") }
        guard Self.number(payload, 4, 4) == payload.count - 40 else { throw Mistake(description: "payload length") }
        guard Self.number(payload, 8, 4) == 0 else { throw Mistake(description: "normalizing offset") }
        self.digits = Self.number(payload, 12, 4)
        self.lowest = Int64(Self.number(payload, 16, 8))
        self.highest = Int64(Self.number(payload, 24, 8))
        guard Self.number(payload, 32, 8) == 0x3FF0_0000_0000_0000 else {
            throw Mistake(description: "ratio is not 1.0")
        }
        var at = 40
        while at < payload.count {
            let value = try Self.zigZag(payload, &at)
            if value < 0 {
                guard value < -1 else { throw Mistake(description: "a run of one empty slot") }
                self.slots += Int(-value)
            } else {
                if value > 0 { self.counts[self.slots] = value }
                self.slots += 1
            }
        }
    }

    /// The least value of a slot, found by walking the buckets.
    func lowestValue(at index: Int) -> Int64 {
        let subBuckets = 2048
        var unit = Int64(1)
        while unit * 2 <= self.lowest { unit *= 2 }
        if index < subBuckets { return Int64(index) * unit }
        var (first, width) = (subBuckets, unit * 2)
        var base = Int64(subBuckets) * unit
        while index >= first + subBuckets / 2 {
            base += Int64(subBuckets / 2) * width
            first += subBuckets / 2
            width *= 2
        }
        return base + Int64(index - first) * width
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ length: Int) -> Int {
        bytes[at..<(at + length)].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func zigZag(_ bytes: [UInt8], _ at: inout Int) throws -> Int64 {
        var (raw, shift) = (UInt64(0), UInt64(0))
        while true {
            guard at < bytes.count else { throw Mistake(description: "a count is cut short") }
            let byte = bytes[at]
            at += 1
            if shift == 56 {
                raw |= UInt64(byte) << 56
                break
            }
            raw |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// RFC 1950 around stored blocks of RFC 1951.
    static func inflateStored(_ stream: [UInt8]) throws -> [UInt8] {
        guard stream.count > 6, stream[0] & 15 == 8, (Int(stream[0]) << 8 | Int(stream[1])) % 31 == 0,
            stream[1] & 32 == 0
        else { throw Mistake(description: "zlib header") }
        var (out, at, isLast) = ([UInt8](), 2, false)
        while !isLast {
            isLast = stream[at] & 1 == 1
            guard stream[at] >> 1 == 0 else { throw Mistake(description: "not a stored block") }
            let length = Int(stream[at + 1]) | Int(stream[at + 2]) << 8
            let complement = Int(stream[at + 3]) | Int(stream[at + 4]) << 8
            guard length ^ complement == 0xffff else { throw Mistake(description: "block length") }
            out += stream[(at + 5)..<(at + 5 + length)]
            at += 5 + length
        }
        guard at + 4 == stream.count else { throw Mistake(description: "bytes behind the last block") }
        var (a, b) = (1, 0)
        for byte in out {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        guard Self.number(stream, at, 4) == b << 16 | a else { throw Mistake(description: "checksum") }
        return out
    }
}
