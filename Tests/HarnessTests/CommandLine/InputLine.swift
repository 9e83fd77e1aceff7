import Glibc

/// A line to a child's standard input that no other process inherits, and that ends when it is told to.
struct InputLine {
    /// The end to hand to the child.
    let childEnd: Int32
    private let ownEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw LoopbackListener.Failure(code: errno) }
        self.childEnd = ends[0]
        self.ownEnd = ends[1]
    }

    /// Lets go of the child's end, which it has by now.
    func closeChildEnd() {
        close(self.childEnd)
    }

    /// Ends the child's input.
    func end() {
        close(self.ownEnd)
    }
}
