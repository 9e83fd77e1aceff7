/// Name and version of this program.
package enum ToolVersion {
    /// The version alone.
    package static let number = "0.1.0"
    /// As reports and `--version` give it.
    package static let text = "signalbench \(number)"
}
