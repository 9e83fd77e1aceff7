import Glibc
import NIOCore

extension ServerError {
    /// Says in our words why an address cannot be listened at.
    init(bind cause: any Error, host: String, port: Int) {
        guard let error = cause as? IOError else {
            self.init(code: .badAddress, message: "cannot listen at \(host):\(port): \(cause)")
            return
        }
        switch error.errnoCode {
        case EADDRINUSE:
            self.init(
                code: .addressInUse,
                message: "cannot listen at \(host):\(port): the port is in use (take another one, or 0 for a free one)")
        case EADDRNOTAVAIL:
            self.init(
                code: .badAddress, message: "cannot listen at \(host):\(port): that is no address of this machine")
        case EACCES:
            self.init(
                code: .badAddress, message: "cannot listen at \(host):\(port): not allowed (ports below 1024 want root)"
            )
        default:
            self.init(code: .other, message: "cannot listen at \(host):\(port): \(error)")
        }
    }
}
