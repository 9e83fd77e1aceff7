import Backends
import Conformance
import Measure
import Workload

/// What a user writes.
enum SettingDecoders {
    /// A profile; lines that begin with `--set ` are flags.
    static func profile(_ input: FuzzInput) {
        let lines = input.text.split(separator: "\n", omittingEmptySubsequences: false)
        let flags = lines.filter { $0.hasPrefix("--set ") }.prefix(16)
        let overrides = flags.compactMap { ProfileReader.Override.set(String($0.dropFirst(6))) }
        let text = lines.filter { !$0.hasPrefix("--set ") }.joined(separator: "\n")
        _ = try? ProfileReader.read(text: text, file: "profiles/fuzz.yml", overrides: overrides)
    }

    static func gate(_ input: FuzzInput) { _ = Gate.parseAll(input.lines) }

    static func declaration(_ input: FuzzInput) { _ = try? DeclarationReader.read(input.text, file: "fuzz.json") }

    /// References to backends with their URLs, and the values of options.
    static func backend(_ input: FuzzInput) throws {
        for line in input.lines {
            if let url = try? BackendURL.parse(line) {
                guard (try? BackendURL.parse(url.description)) == url else {
                    throw Violation("\(line) is read as \(url), and that as another")
                }
            }
            _ = try? BackendReference.parse(line)
            let options = OptionReader(["key": line])
            _ = try? options.flag("key", default: false)
            _ = try? options.integer("key", default: 0, in: 0...100)
            _ = try? options.duration("key", default: 0)
        }
    }
}
