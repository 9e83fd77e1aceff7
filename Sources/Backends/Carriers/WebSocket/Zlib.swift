import Glibc

/// The system's zlib, which every Debian has, loaded when a connection compresses; nothing is needed to build or to link.
struct Zlib: Sendable {
    /// A stream's state: `z_stream` of zlib.h, whose fields are read and written by their offsets on 64-bit machines.
    typealias Stream = UnsafeMutableRawPointer
    private typealias InitInflate = @convention(c) (Stream, CInt, UnsafePointer<CChar>, CInt) -> CInt
    private typealias InitDeflate =
        @convention(c) (Stream, CInt, CInt, CInt, CInt, CInt, UnsafePointer<CChar>, CInt) -> CInt
    private typealias Run = @convention(c) (Stream, CInt) -> CInt
    private typealias Act = @convention(c) (Stream) -> CInt

    /// Bytes of a `z_stream`.
    private static let size = 112
    private enum Offset {
        static let nextIn = 0
        static let availableIn = 8
        static let nextOut = 24
        static let availableOut = 32
    }

    private static let ok: CInt = 0
    private static let streamEnd: CInt = 1
    private static let bufferError: CInt = -5
    private static let syncFlush: CInt = 2

    private let inflateInit: InitInflate
    private let deflateInit: InitDeflate
    private let inflateRun: Run
    private let deflateRun: Run
    private let inflateReset: Act
    private let deflateReset: Act
    private let inflateEnd: Act
    private let deflateEnd: Act

    /// Nil where the library is not there.
    static let shared = Zlib()

    private init?() {
        guard let library = dlopen("libz.so.1", RTLD_NOW) else { return nil }
        func find<T>(_ name: String, _ type: T.Type) -> T? {
            dlsym(library, name).map { unsafeBitCast($0, to: type) }
        }
        guard let inflateInit = find("inflateInit2_", InitInflate.self),
            let deflateInit = find("deflateInit2_", InitDeflate.self), let inflateRun = find("inflate", Run.self),
            let deflateRun = find("deflate", Run.self), let inflateReset = find("inflateReset", Act.self),
            let deflateReset = find("deflateReset", Act.self), let inflateEnd = find("inflateEnd", Act.self),
            let deflateEnd = find("deflateEnd", Act.self)
        else { return nil }
        self.inflateInit = inflateInit
        self.deflateInit = deflateInit
        self.inflateRun = inflateRun
        self.deflateRun = deflateRun
        self.inflateReset = inflateReset
        self.deflateReset = deflateReset
        self.inflateEnd = inflateEnd
        self.deflateEnd = deflateEnd
    }

    /// One direction of a connection: raw DEFLATE (RFC 1951), whose window may outlive a message.
    final class Codec {
        private let zlib: Zlib
        private let stream: Stream
        private let isDeflating: Bool

        /// - Parameters:
        ///   - zlib: the library.
        ///   - isDeflating: whether it compresses.
        ///   - windowBits: the window's size as a power of two; zlib cannot compress raw with less than 9.
        init?(_ zlib: Zlib, isDeflating: Bool, windowBits: Int) {
            self.zlib = zlib
            self.isDeflating = isDeflating
            self.stream = .allocate(byteCount: Zlib.size, alignment: 16)
            self.stream.initializeMemory(as: UInt8.self, repeating: 0, count: Zlib.size)
            let bits = CInt(-windowBits)
            // The library compares the first digit of its version and the size of the structure.
            let status =
                isDeflating
                ? zlib.deflateInit(self.stream, 6, 8, bits, 8, 0, "1", CInt(Zlib.size))
                : zlib.inflateInit(self.stream, bits, "1", CInt(Zlib.size))
            guard status == Zlib.ok else {
                self.stream.deallocate()
                return nil
            }
            self.isReady = true
        }
        private var isReady = false

        deinit {
            guard self.isReady else { return }
            _ = self.isDeflating ? self.zlib.deflateEnd(self.stream) : self.zlib.inflateEnd(self.stream)
            self.stream.deallocate()
        }

        /// Forgets what went before.
        func reset() {
            _ = self.isDeflating ? self.zlib.deflateReset(self.stream) : self.zlib.inflateReset(self.stream)
        }

        /// What came of some input.
        enum Outcome: Equatable {
            case done
            /// The input is no DEFLATE.
            case malformed
            /// More than the limit would come of it.
            case tooBig
        }

        /// Feeds it, and takes all that comes out up to a flush at the end.
        ///
        /// - Parameters:
        ///   - input: the next bytes.
        ///   - limit: the greatest number of bytes that may come out.
        ///   - out: gets them, piece by piece.
        /// - Returns: whether all of it was taken.
        func run(
            _ input: UnsafeRawBufferPointer, limit: Int, out: (UnsafeRawBufferPointer) -> Void
        ) -> Outcome {
            let run = self.isDeflating ? self.zlib.deflateRun : self.zlib.inflateRun
            var left = limit
            return withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 16) { chunk in
                self.stream.storeBytes(of: input.baseAddress, toByteOffset: Offset.nextIn, as: UnsafeRawPointer?.self)
                self.stream.storeBytes(
                    of: UInt32(input.count), toByteOffset: Offset.availableIn, as: UInt32.self)
                while true {
                    self.stream.storeBytes(
                        of: chunk.baseAddress, toByteOffset: Offset.nextOut, as: UnsafeMutableRawPointer?.self)
                    self.stream.storeBytes(
                        of: UInt32(chunk.count), toByteOffset: Offset.availableOut, as: UInt32.self)
                    let status = run(self.stream, Zlib.syncFlush)
                    guard status == Zlib.ok || status == Zlib.bufferError || status == Zlib.streamEnd else {
                        return .malformed
                    }
                    let free = Int(self.stream.load(fromByteOffset: Offset.availableOut, as: UInt32.self))
                    let made = chunk.count - free
                    guard made <= left else { return .tooBig }
                    left -= made
                    if made > 0 { out(UnsafeRawBufferPointer(rebasing: chunk[..<made])) }
                    let waiting = self.stream.load(fromByteOffset: Offset.availableIn, as: UInt32.self)
                    if status == Zlib.streamEnd {
                        // A final block ends the stream, and an empty one and the flush's end follow (RFC 7692 §7.2.3.4).
                        self.reset()
                        if waiting <= 5 { return .done }
                        continue
                    }
                    if free > 0 { return waiting == 0 ? .done : .malformed }
                }
            }
        }
    }
}

@available(*, unavailable)
extension Zlib.Codec: Sendable {}
