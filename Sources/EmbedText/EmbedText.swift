import Foundation
import PackagePlugin

/// Puts a target's text files into its code: `PackageResources` has a string for each, named after its file.
///
/// SwiftPM's own `.embedInCode` writes an array of bytes, for which the compiler takes 20 s where a string of the same
/// 88 KB takes 0.1 s.
@main
struct EmbedText: BuildToolPlugin {
    private static let endings: Set<String> = ["json", "mustache", "html", "css", "js"]

    private static let script = """
        out="$1"; shift
        {
            echo 'enum PackageResources {'
            for file; do
                printf 'static let %s = ###\"\"\"\\n' "$(basename "$file" | tr '.-' '__')"
                cat "$file"
                printf '\\n\"\"\"###\\n'
            done
            echo '}'
        } >"$out"
        """

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let files = (target.sourceModule?.sourceFiles.map(\.url) ?? [])
            .filter { Self.endings.contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "PackageResources.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files of \(target.name)",
                executable: URL(filePath: "/bin/sh"),
                arguments: ["-ec", Self.script, "sh", output.path] + files.map(\.path),
                inputFiles: files,
                outputFiles: [output])
        ]
    }
}
