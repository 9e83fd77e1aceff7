import Glibc
import Synchronization

/// Ports of the loopback address.
package enum Loopback {
    /// A call of the system failed.
    package struct Failed: Error {
        package let code: CInt
    }

    /// All that this process was ever given: suites side by side do not get one another's.
    private static let given = Mutex<Set<Int>>([])

    /// Ports that were free a moment ago, all different, and different from those of earlier calls.
    ///
    /// Whoever starts a server on one must be ready to try again: another process may have been quicker.
    package static func freePorts(_ count: Int) throws -> [Int] {
        var descriptors: [CInt] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        var ports: [Int] = []
        while ports.count < count {
            let port = try Self.freePort(&descriptors)
            if Self.given.withLock({ $0.insert(port).inserted }) { ports.append(port) }
        }
        return ports
    }

    /// A port that is free while the socket that takes it is open, which is added to `descriptors`.
    private static func freePort(_ descriptors: inout [CInt]) throws -> Int {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failed(code: errno) }
        descriptors.append(descriptor)
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isBound else { throw Failed(code: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Whether somebody accepts connections there.
    package static func accepts(port: Int) -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = Self.address(port: port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
