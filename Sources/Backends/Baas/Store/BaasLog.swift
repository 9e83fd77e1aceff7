import Glibc

/// The stored data of an emulator on disk: one file that only grows, a record for each change.
///
/// A record is a header of twelve bytes, little-endian, and its content. The header is the content's length, the FNV-1a hash
/// of those four bytes, and that of the content; the content is an operation, the length of the path in four bytes, the
/// path, the same of the id, and the value. A record that ends with the file, cut off or never finished, was never
/// acknowledged and is dropped; any other that does not hold together is an error, because what follows it may have been
/// acknowledged. The length has a hash of its own, so that a damaged one is not taken for a record that was cut off.
final class BaasLog {
    /// What a record does.
    enum Change: Equatable {
        case put(path: [UInt8], id: [UInt8], value: [UInt8])
        case remove(path: [UInt8], id: [UInt8])

        /// Which datum it changes.
        var key: Key {
            switch self {
            case .put(let path, let id, _), .remove(let path, let id): Key(path: path, id: id)
            }
        }
    }

    /// The place of a datum.
    struct Key: Hashable {
        var path: [UInt8]
        var id: [UInt8]
    }

    private let file: CInt
    let name: String
    /// Bytes at the end of the file that were no whole record when it was opened, and were dropped.
    private(set) var dropped = 0
    /// Bytes that are safe.
    private var size: Int
    private var pending: [UInt8] = []
    /// Whether the file may end with bytes that could not be taken back, so that nothing may be written behind them.
    private var isBroken = false
    /// Bytes of a record's header.
    private static let header = 12

    /// Opens the log of a folder, which is made when it is not there.
    ///
    /// - Parameters:
    ///   - folder: where.
    ///   - change: gets every change of the past, in order.
    /// - Throws: ``ServerError`` when it cannot be opened or read, or does not hold together.
    init(folder: String, change: (Change) -> Void) throws(ServerError) {
        mkdir(folder, 0o755)
        self.name = folder + "/baas.log"
        self.file = open(self.name, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        self.size = 0
        guard self.file >= 0 else { throw Self.failure(self.name, "cannot be opened") }
        guard flock(self.file, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(self.file)
            throw ServerError(code: .data, message: "'\(self.name)' is in use by another server")
        }
        let bytes = try self.contents()
        var at = 0
        while at < bytes.count {
            guard let record = try self.record(bytes, at) else { break }
            change(record.change)
            at = record.end
        }
        self.size = at
        self.dropped = bytes.count - at
        guard ftruncate(self.file, off_t(at)) == 0, lseek(self.file, off_t(at), SEEK_SET) == off_t(at) else {
            throw Self.failure(self.name, "cannot be cut to its last whole record")
        }
        // The file's own name has to survive, too.
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            Glibc.close(directory)
        }
    }

    deinit { Glibc.close(self.file) }

    private static func failure(_ name: String, _ what: String) -> ServerError {
        ServerError(code: .data, message: "'\(name)' \(what): \(String(cString: strerror(errno)))")
    }

    private func contents() throws(ServerError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(self.file, &piece, piece.count)
            guard count >= 0 else { throw Self.failure(self.name, "cannot be read") }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    /// The record at an offset; nil when the file ends within it.
    private func record(_ bytes: [UInt8], _ at: Int) throws(ServerError) -> (change: Change, end: Int)? {
        guard bytes.count - at >= Self.header else { return nil }
        let damage = ServerError(
            code: .data, message: "'\(self.name)' is damaged at byte \(at): restore it, or start with an empty folder")
        guard Self.word(bytes, at + 4) == Self.hash(Array(bytes[at..<at + 4])) else {
            // A file system may have made room for the last record and never filled it.
            if bytes[at...].allSatisfy({ $0 == 0 }) { return nil }
            throw damage
        }
        let length = Int(Self.word(bytes, at))
        guard bytes.count - at - Self.header >= length else { return nil }
        let end = at + Self.header + length
        let content = Array(bytes[at + Self.header..<end])
        guard Self.word(bytes, at + 8) == Self.hash(content), let change = Self.change(content) else {
            // The last record may have been torn while it was written.
            if end == bytes.count { return nil }
            throw damage
        }
        return (change, end)
    }

    private static func change(_ content: [UInt8]) -> Change? {
        guard content.count >= 9 else { return nil }
        let pathEnd = 5 + Int(Self.word(content, 1))
        guard pathEnd + 4 <= content.count else { return nil }
        let idEnd = pathEnd + 4 + Int(Self.word(content, pathEnd))
        guard idEnd <= content.count else { return nil }
        let (path, id) = (Array(content[5..<pathEnd]), Array(content[(pathEnd + 4)..<idEnd]))
        switch content[0] {
        case 1: return .put(path: path, id: id, value: Array(content[idEnd...]))
        case 2: return .remove(path: path, id: id)
        default: return nil
        }
    }

    /// Adds a change to what the next ``commit()`` writes.
    func append(_ change: Change) {
        var content: [UInt8]
        switch change {
        case .put(let path, let id, let value): content = [1] + Self.field(path) + Self.field(id) + value
        case .remove(let path, let id): content = [2] + Self.field(path) + Self.field(id)
        }
        let length = Self.bytes(UInt32(truncatingIfNeeded: content.count))
        self.pending += length + Self.bytes(Self.hash(length)) + Self.bytes(Self.hash(content)) + content
    }

    /// Writes what was appended and waits until the disk has it.
    ///
    /// - Returns: whether it has; if not, the file is as it was.
    func commit() -> Bool {
        guard !self.pending.isEmpty else { return true }
        let bytes = self.pending
        self.pending = []
        guard !self.isBroken || self.undo() else { return false }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { all -> Int in
                all.baseAddress.map { write(self.file, $0 + done, bytes.count - done) } ?? -1
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                _ = self.undo()
                return false
            }
            done += count
        }
        guard fdatasync(self.file) == 0 else {
            _ = self.undo()
            return false
        }
        self.size += bytes.count
        return true
    }

    /// Takes back what was not written whole.
    ///
    /// - Returns: whether the file is as it was; if not, it is tried again before the next write.
    private func undo() -> Bool {
        let end = off_t(self.size)
        self.isBroken = ftruncate(self.file, end) != 0 || lseek(self.file, end, SEEK_SET) != end
        return !self.isBroken
    }

    private static func field(_ bytes: [UInt8]) -> [UInt8] {
        self.bytes(UInt32(truncatingIfNeeded: bytes.count)) + bytes
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (UInt32($1) * 8) }
    }

    private static func hash(_ bytes: [UInt8]) -> UInt32 {
        bytes.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
}
