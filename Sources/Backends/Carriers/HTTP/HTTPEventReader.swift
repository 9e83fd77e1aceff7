import NIOCore
import NIOHTTP1

/// Reads an answer that is a stream of server-sent events, while it comes.
final class HTTPEventReader: HTTPReader {
    /// What it tells.
    enum News {
        /// The server agreed.
        case began(HTTPResponseHead)
        /// The events that ended in one piece of the stream; one piece may hold none.
        case events([EventStream.Event])
        /// The server ended the stream in order. The last.
        case ended
        /// The server answered otherwise. The last.
        case refused(HTTPReply)
        /// The line broke, or an event was over the bound. The last.
        case failed(DialError)
    }

    private enum State {
        /// The head is owed. Next: reading, refused, over.
        case asked
        /// Events come. Next: over.
        case reading(EventStream)
        /// The body of a refusal comes. Next: over.
        case refused(HTTPReply)
        case over
    }

    private let maxEventBytes: Int
    private let tell: (News) -> Void
    private var state = State.asked

    /// Bytes of a refusal that are waited for.
    private static let refusalBytes = 800

    init(maxEventBytes: Int, _ tell: @escaping (News) -> Void) {
        self.maxEventBytes = maxEventBytes
        self.tell = tell
    }

    func head(_ head: HTTPResponseHead, _ line: HTTPLine) {
        let type = head.headers[canonicalForm: "Content-Type"].first?.prefix { $0 != ";" && $0 != " " } ?? ""
        if head.status == .ok, type.lowercased() == "text/event-stream" {
            self.state = .reading(EventStream(maxEventBytes: self.maxEventBytes))
            self.tell(.began(head))
        } else {
            self.state = .refused(
                HTTPReply(status: Int(head.status.code), headers: head.headers, body: ByteBuffer()))
        }
    }

    func body(_ piece: ByteBuffer, _ line: HTTPLine) {
        switch self.state {
        case .asked, .over: return
        case .reading(var stream):
            // So that the stream is not copied when it is changed.
            self.state = .over
            do throws(EventStreamError) {
                let events = try stream.append(piece)
                self.state = .reading(stream)
                self.tell(.events(events))
            } catch {
                line.close()
                self.tell(.failed(DialError(code: .badResponse, message: "\(error)")))
            }
        case .refused(var reply):
            reply.body.writeImmutableBuffer(piece)
            self.state = .refused(reply)
            guard reply.body.readableBytes >= Self.refusalBytes else { return }
            self.state = .over
            line.close()
            self.tell(.refused(reply))
        }
    }

    func end(_ line: HTTPLine) {
        let state = self.state
        self.state = .over
        switch state {
        case .asked, .over: return
        case .reading: self.tell(.ended)
        case .refused(let reply): self.tell(.refused(reply))
        }
    }

    func failed(_ error: DialError, _ line: HTTPLine) {
        let state = self.state
        self.state = .over
        switch state {
        case .over: return
        case .asked, .reading: self.tell(.failed(error))
        case .refused(let reply): self.tell(.refused(reply))
        }
    }
}

@available(*, unavailable)
extension HTTPEventReader: Sendable {}
