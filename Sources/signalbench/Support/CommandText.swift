/// The command line as it was typed.
enum CommandText {
    /// The words, the program's path shortened to its name.
    static var words: [String] {
        ["signalbench"] + CommandLine.arguments.dropFirst()
    }
}
