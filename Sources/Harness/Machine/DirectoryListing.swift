import Glibc

/// The names in a directory, without the attributes that `/proc` is slow to give.
package enum DirectoryListing {
    /// The names in a directory except `.` and `..`, unsorted.
    ///
    /// - Parameter path: a directory.
    /// - Returns: an empty array when it cannot be read.
    package static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
