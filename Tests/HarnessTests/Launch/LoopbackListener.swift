import Glibc

/// A listening socket on a free port of loopback, without anybody who accepts.
final class LoopbackListener: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        if !isListening { throw Failure(code: errno) }
    }

    deinit {
        close(self.descriptor)
    }

    struct Failure: Error {
        var code: Int32
    }

    /// A port that was free a moment ago.
    static func freePort() throws -> Int {
        try LoopbackListener().port
    }
}
