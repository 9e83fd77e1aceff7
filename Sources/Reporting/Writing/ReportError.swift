/// Why a report could not be written or read.
package struct ReportError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: String, Sendable {
        /// The file system has no room left.
        case diskFull
        /// The folder or file may not be written or read.
        case permission
        /// The folder or a part of its path does not exist, or is no folder.
        case notFound
        /// Any other failure of the file system.
        case inputOutput
        /// The file is not a result of this version.
        case badResult
        /// The runs do not rest on the same plan.
        case plansDiffer
        /// Nothing was handed over to be compared.
        case nothingToCompare
    }

    /// The kind of failure.
    package let code: Code
    /// One sentence for the user: the file, the cause and, where there is one, the cure.
    package let message: String

    /// A failure.
    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { self.message }
}

extension ReportError: Equatable {
    /// Failures are equal when their codes are; the message is for people.
    package static func == (left: ReportError, right: ReportError) -> Bool {
        left.code == right.code
    }
}
