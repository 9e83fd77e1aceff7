import Glibc

/// A port of the loopback address that is taken but where nobody listens: whoever connects is refused.
struct ReservedPort {
    let port: Int
    private let descriptor: CInt

    struct Failed: Error {}

    init() throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw Failed() }
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    func release() { close(self.descriptor) }
}
