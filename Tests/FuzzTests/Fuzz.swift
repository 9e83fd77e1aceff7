import Glibc

/// libFuzzer's own loop, for those who bring their own `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argc: UnsafeMutablePointer<CInt>,
    _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ one: @convention(c) (UnsafeRawPointer?, Int) -> CInt
) -> CInt

/// What the linker wants of a fuzzer; ``Fuzz/main()`` gives the driver another callback.
///
/// - Parameters:
///   - bytes: an input.
///   - count: its length.
/// - Returns: 0.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeOne(_ bytes: UnsafeRawPointer?, _ count: Int) -> CInt {
    do {
        try Fuzz.decoder.take([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
    } catch {
        fatalError("\(Fuzz.decoder): \(error)")
    }
    return 0
}

/// Fuzzes the decoder that `SIGNALBENCH_FUZZ_DECODER` names.
@main
enum Fuzz {
    static let decoder: Decoder = {
        let name = getenv("SIGNALBENCH_FUZZ_DECODER").map { String(cString: $0) } ?? ""
        guard let decoder = Decoder(rawValue: name) else {
            print(Decoder.allCases.map(\.rawValue).joined(separator: "\n"))
            exit(name.isEmpty ? 0 : 64)
        }
        return decoder
    }()

    static func main() {
        _ = Self.decoder
        var argc = CommandLine.argc
        var argv = CommandLine.unsafeArgv
        exit(runFuzzer(&argc, &argv) { takeOne($0, $1) })
    }
}
