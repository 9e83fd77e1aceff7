import NIOCore
import NIOHTTP1

/// Keeps an answer until it is whole, under a bound of bytes.
final class HTTPCollector: HTTPReader {
    private let maxBodyBytes: Int
    private let done: (Result<HTTPReply, DialError>) -> Void
    private var reply: HTTPReply?
    private var isOver = false

    /// - Parameters:
    ///   - maxBodyBytes: the greatest body that is kept; a greater one is a failure.
    ///   - done: called once, when the line is free again.
    init(maxBodyBytes: Int, _ done: @escaping (Result<HTTPReply, DialError>) -> Void) {
        self.maxBodyBytes = maxBodyBytes
        self.done = done
    }

    func head(_ head: HTTPResponseHead, _ line: HTTPLine) {
        self.reply = HTTPReply(status: Int(head.status.code), headers: head.headers, body: ByteBuffer())
    }

    func body(_ piece: ByteBuffer, _ line: HTTPLine) {
        guard !self.isOver else { return }
        self.reply?.body.writeImmutableBuffer(piece)
        guard let reply, reply.body.readableBytes > self.maxBodyBytes else { return }
        self.isOver = true
        line.close()
        self.done(
            .failure(DialError(code: .badResponse, message: "an answer of more than \(self.maxBodyBytes) bytes")))
    }

    func end(_ line: HTTPLine) {
        guard !self.isOver, let reply else { return }
        self.isOver = true
        self.done(.success(reply))
    }

    func failed(_ error: DialError, _ line: HTTPLine) {
        guard !self.isOver else { return }
        self.isOver = true
        self.done(.failure(error))
    }
}

@available(*, unavailable)
extension HTTPCollector: Sendable {}
