import Foundation
import Measure
import Reporting
import Synchronization
import Workload

/// Rewrites the partial report every few seconds, so that a killed run leaves its rows behind.
final class PartialKeeper: Sendable {
    private static let interval = 5.0

    private let assembly: ResultAssembly
    private let files: ReportFiles
    private let profile: Profile
    private let recorder: RunRecorder
    private let startedAt = Date()
    private let last = Mutex(0.0)

    init(assembly: ResultAssembly, files: ReportFiles, profile: Profile, recorder: RunRecorder) {
        self.assembly = assembly
        self.files = files
        self.profile = profile
        self.recorder = recorder
    }

    /// Writes, when it is time to.
    ///
    /// - Parameter elapsed: seconds since T0.
    func keep(at elapsed: Double) {
        let isDue = self.last.withLock { last in
            guard elapsed - last >= Self.interval else { return false }
            last = elapsed
            return true
        }
        guard isDue else { return }
        var result = self.assembly.partial(at: self.startedAt, series: self.recorder.series)
        result.finishedAt = Timestamp.text(Date())
        // That it cannot be written now says nothing about the end, which is where it is reported.
        try? self.files.writePartial(ReportDocument(result: result, profile: self.profile.redacted))
    }
}
