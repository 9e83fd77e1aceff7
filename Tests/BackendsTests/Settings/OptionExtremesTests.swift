import Signaling
import Testing

@testable import Backends

/// Values of backends' own options that no user means.
struct OptionExtremesTests {
    private static let texts = [
        "", "0", "-1", "1", "0.5", "1e99", "99999999999999999999", "9223372036854775807", "24h", "99999999999999h",
        "nonsense", String(repeating: "x", count: 100_000),
    ]

    /// Whether everything that reads the options takes the text.
    private static func isTaken(_ text: String, of key: String, by backend: BackendDescriptor) throws -> Bool {
        let url = BackendURL(scheme: backend.schemes[0], host: "127.0.0.1", port: 1)
        let settings = BackendSettings(id: backend.id, url: url, options: [key: text])
        guard backend.problems(in: settings.options).isEmpty else { return false }
        do throws(BackendError) {
            _ = try BackendCatalogue.capabilities(settings)
            _ = try BackendCatalogue.carrier(settings)
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: BackendCatalogue.all.map(\.id))
    func `no extreme of an option traps, and a number has an end`(id: String) throws {
        let backend = try #require(BackendCatalogue.descriptor(for: id))
        for option in backend.options {
            let taken = try Self.texts.filter { try Self.isTaken($0, of: option.key, by: backend) }
            guard option.values.isEmpty, Int(option.defaultValue) != nil else { continue }
            #expect(!taken.contains("99999999999999999999") && !taken.contains("-1"), "\(option.key)")
        }
    }
}
