import Foundation

/// The first line that a supervisor prints: whom it started.
struct SupervisedPID: Codable, Equatable, Sendable {
    var pid: Int32

    init(pid: Int32) {
        self.pid = pid
    }

    init?(line: String) {
        guard let read = try? JSONDecoder().decode(SupervisedPID.self, from: Data(line.utf8)) else { return nil }
        self = read
    }

    var line: String {
        "{\"pid\":\(self.pid)}"
    }
}
