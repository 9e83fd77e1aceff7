import ArgumentParser
import Foundation
import Harness
import Workload

/// `--set` and `--set-file`, which every command has that reaches a backend.
struct SettingFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A key of the profile, such as backend.tls.ca; repeat it for more.", valueName: "path.to.key=value"))
    var set: [String] = []

    @Option(help: ArgumentHelp("A key whose value is the content of a file.", valueName: "path.to.key=file"))
    var setFile: [String] = []

    /// The flags in the order given, those with files last.
    func overrides() throws(HarnessError) -> [ProfileReader.Override] {
        try self.set.map { text throws(HarnessError) in
            guard let override = ProfileReader.Override.set(text) else {
                throw HarnessError(
                    .badFlag, "--set \(text) is not path.to.key=value",
                    cure: "for example --set backend.tls.verify=none")
            }
            return override
        } + self.setFile.map(Self.content)
    }

    /// `path.to.key=file`: the content of the file, without the line's end behind it, letter by letter.
    private static func content(of text: String) throws(HarnessError) -> ProfileReader.Override {
        let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2 else {
            throw HarnessError(
                .badFlag, "--set-file \(text) is not path.to.key=file",
                cure: "for example --set-file backend.password=/run/secrets/broker")
        }
        guard let data = FileManager.default.contents(atPath: sides[1]),
            var value = String(data: data, encoding: .utf8)
        else {
            throw HarnessError(
                .unreadableFile, "--set-file: '\(sides[1])' cannot be read", cure: "check the path and the file")
        }
        if value.hasSuffix("\n") { value.removeLast() }
        return ProfileReader.Override(path: sides[0], value: value, source: "--set-file \(text)", isLiteral: true)
    }
}
