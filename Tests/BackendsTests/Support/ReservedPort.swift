import Glibc
import NIOCore

/// A port of the loopback address that is taken but where nobody listens: whoever connects is refused.
struct ReservedPort {
    let port: Int
    private let descriptor: CInt

    struct Failed: Error {}

    init() throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        let descriptor = self.descriptor
        let isBound = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
            .withSockAddr { address, length in bind(descriptor, address, socklen_t(length)) == 0 }
        // Read as bytes: which module the fields of `sockaddr_in` come from depends on what else is imported.
        var name = [UInt8](repeating: 0, count: 16)
        var length = socklen_t(name.count)
        let isNamed = name.withUnsafeMutableBytes { bytes in
            guard let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return getsockname(descriptor, address, &length) == 0
        }
        guard isBound, isNamed else { throw Failed() }
        self.port = Int(name[2]) << 8 | Int(name[3])
    }

    func release() { close(self.descriptor) }
}
