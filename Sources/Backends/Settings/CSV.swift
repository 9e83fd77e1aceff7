/// Comma-separated values (RFC 4180).
enum CSV {
    struct Record: Equatable {
        /// Where it begins, from 1.
        var line: Int
        var fields: [String]
    }

    struct Mistake: Error, Equatable {
        var line: Int
        var message: String
    }

    /// Reads all records; lines may end with LF alone, empty ones are skipped, and so is a byte order mark.
    ///
    /// - Throws: ``Mistake`` for a quote that never ends, or that stands in the middle of a field.
    static func records(_ text: String) throws(Mistake) -> [Record] {
        var reader = Reader(bytes: Array(text.utf8))
        var records: [Record] = []
        while let record = try reader.record() {
            if record.fields != [""] { records.append(record) }
        }
        return records
    }

    private struct Reader {
        let bytes: [UInt8]
        private var next = 0
        private var line = 1

        init(bytes: [UInt8]) {
            self.bytes = bytes
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { self.next = 3 }
        }

        mutating func record() throws(Mistake) -> Record? {
            guard self.next < self.bytes.count else { return nil }
            var record = Record(line: self.line, fields: [])
            while true {
                record.fields.append(try self.field())
                guard self.next < self.bytes.count, self.bytes[self.next] == UInt8(ascii: ",") else { break }
                self.next += 1
            }
            if self.next < self.bytes.count, self.bytes[self.next] == 0x0D { self.next += 1 }
            if self.next < self.bytes.count { self.next += 1 }
            self.line += 1
            return record
        }

        private mutating func field() throws(Mistake) -> String {
            guard self.next < self.bytes.count, self.bytes[self.next] == UInt8(ascii: "\"") else {
                let start = self.next
                while !self.isAtEnd {
                    if self.bytes[self.next] == UInt8(ascii: "\"") {
                        throw Mistake(line: self.line, message: "a quote in the middle of a field (RFC 4180 section 2)")
                    }
                    self.next += 1
                }
                return String(decoding: self.bytes[start..<self.next], as: UTF8.self)
            }
            let line = self.line
            var content: [UInt8] = []
            self.next += 1
            while self.next < self.bytes.count {
                let byte = self.bytes[self.next]
                self.next += 1
                if byte == UInt8(ascii: "\"") {
                    guard self.next < self.bytes.count, self.bytes[self.next] == byte else {
                        guard self.isAtEnd else {
                            throw Mistake(line: self.line, message: "text behind a field's closing quote")
                        }
                        return String(decoding: content, as: UTF8.self)
                    }
                    self.next += 1
                } else if byte == 0x0A {
                    self.line += 1
                }
                content.append(byte)
            }
            throw Mistake(line: line, message: "a quote that nothing closes")
        }

        /// Whether a field ends here.
        private var isAtEnd: Bool {
            guard self.next < self.bytes.count else { return true }
            let byte = self.bytes[self.next]
            if byte == 0x0D { return self.next + 1 == self.bytes.count || self.bytes[self.next + 1] == 0x0A }
            return byte == UInt8(ascii: ",") || byte == 0x0A
        }
    }
}
