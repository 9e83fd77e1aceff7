import Foundation
import Glibc

/// The end of standard input: how a child learns that whoever started it is gone.
package enum StandardInputEnd {
    /// Returns once standard input has ended; what it holds is read and thrown away.
    ///
    /// A thread of its own blocks in `read`, because a descriptor that is a file cannot be polled. It ends with the
    /// process when nobody waits any more.
    package static func wait() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let thread = Thread {
                var bytes = [UInt8](repeating: 0, count: 512)
                while true {
                    let count = bytes.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
                    if count == 0 || (count < 0 && errno != EINTR) { break }
                }
                continuation.resume()
            }
            thread.name = "stdin"
            thread.stackSize = 64 << 10
            thread.start()
        }
    }
}
