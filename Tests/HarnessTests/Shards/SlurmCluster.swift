import Foundation
import Glibc
import TestKit
import Testing

/// Two nodes of Slurm on this host, with all their files in one folder: set up for a test, and taken down after it.
///
/// The controller and its nodes speak over loopback; nothing of an installed Slurm is touched.
struct SlurmCluster {
    let folder: String
    private static let pidFiles = ["slurmd-n1.pid", "slurmd-n2.pid", "slurmctld.pid", "munge/pid"]

    /// What every command of Slurm has to be told.
    var environment: [String: String] { ["SLURM_CONF": self.folder + "/slurm.conf"] }

    /// Runs a body with the cluster.
    static func with(_ body: (SlurmCluster) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let cluster = try SlurmCluster(folder: folder.path + "/slurm")
        do {
            try await cluster.start()
            try await body(cluster)
        } catch {
            await cluster.stop()
            throw error
        }
        await cluster.stop()
    }

    private init(folder: String) throws {
        self.folder = folder
        for name in ["state", "log", "munge"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
        }
        // munge wants every folder above its socket closed to others' writing.
        for path in [folder, (folder as NSString).deletingLastPathComponent] { chmod(path, 0o755) }
        let key = Data((0..<1024).map { _ in UInt8.random(in: 0...255) })
        try key.write(to: URL(filePath: folder + "/munge/key"))
        chmod(folder + "/munge/key", 0o400)
        try self.configuration(
            controller: LoopbackListener.freePort(), nodes: [LoopbackListener.freePort(), LoopbackListener.freePort()]
        ).write(toFile: folder + "/slurm.conf", atomically: true, encoding: .utf8)
    }

    private func configuration(controller: Int, nodes: [Int]) -> String {
        let host = (try? String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)) ?? "localhost"
        let name = host.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ".").first ?? "localhost"
        let lines = nodes.enumerated().map { index, port in
            "NodeName=n\(index + 1) NodeHostname=\(name) NodeAddr=127.0.0.1 Port=\(port) CPUs=4 Boards=1 SocketsPerBoard=1 "
                + "CoresPerSocket=4 ThreadsPerCore=1 RealMemory=500 State=UNKNOWN"
        }
        return """
            ClusterName=loop
            SlurmctldHost=\(name)(127.0.0.1)
            SlurmUser=root
            SlurmctldPort=\(controller)
            AuthType=auth/munge
            AuthInfo=socket=\(self.folder)/munge/sock
            CryptoType=crypto/munge
            MpiDefault=none
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            ReturnToService=2
            StateSaveLocation=\(self.folder)/state
            SlurmdSpoolDir=\(self.folder)/spool-%n
            SlurmctldPidFile=\(self.folder)/slurmctld.pid
            SlurmdPidFile=\(self.folder)/slurmd-%n.pid
            SlurmctldLogFile=\(self.folder)/log/ctld.log
            SlurmdLogFile=\(self.folder)/log/slurmd-%n.log
            SlurmdTimeout=30
            KillWait=5
            SlurmdParameters=config_overrides
            \(lines.joined(separator: "\n"))
            PartitionName=load Nodes=n1,n2 Default=YES MaxTime=60 State=UP OverSubscribe=YES

            """
    }

    private func start() async throws {
        try await self.daemon(
            "/usr/sbin/munged",
            [
                "--force", "--key-file=\(self.folder)/munge/key", "--socket=\(self.folder)/munge/sock",
                "--pid-file=\(self.folder)/munge/pid", "--log-file=\(self.folder)/munge/log",
                "--seed-file=\(self.folder)/munge/seed",
            ])
        try await self.daemon("/usr/sbin/slurmctld", ["-f", self.folder + "/slurm.conf"])
        for node in ["n1", "n2"] {
            try await self.daemon("/usr/sbin/slurmd", ["-N", node, "-f", self.folder + "/slurm.conf"])
        }
        let limit = ContinuousClock.now + .seconds(20)
        while true {
            let ending = try await self.command("/usr/bin/sinfo", ["-h", "-t", "idle", "-o", "%D"])
            if ending.output.trimmingCharacters(in: .whitespacesAndNewlines) == "2" { return }
            try #require(ContinuousClock.now < limit, "no two nodes are idle: \(ending.output)\(ending.errors)")
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Each of them goes to the background by itself.
    private func daemon(_ path: String, _ arguments: [String]) async throws {
        try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is missing: see .ci/setup")
        let ending = try await self.command(path, arguments)
        try #require(ending.status == 0, "\(path): \(ending.errors)")
    }

    /// Runs a command of Slurm to its end.
    func command(
        _ path: String, _ arguments: [String], in directory: String? = nil, environment: [String: String] = [:]
    ) async throws -> SignalbenchProcess.Ending {
        try await SignalbenchProcess(
            arguments, in: directory, executable: path,
            environment: self.environment.merging(environment) { $1 }
        ).end()
    }

    /// Runs a batch job to its end; `sbatch --wait` would look for that too seldom.
    ///
    /// - Returns: the exit code of its script.
    func job(
        _ arguments: [String], in directory: String, environment: [String: String] = [:]
    ) async throws -> Int32 {
        let submission = try await self.command(
            "/usr/bin/sbatch", ["--parsable"] + arguments, in: directory, environment: environment)
        let id = submission.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(submission.status == 0, "\(submission.errors)")
        let limit = ContinuousClock.now + .seconds(60)
        while true {
            let facts = try await self.command("/usr/bin/scontrol", ["show", "job", id]).output
            if let match = facts.firstMatch(of: #/JobState=(COMPLETED|FAILED)[^$]*?ExitCode=(\d+):/#) {
                return Int32(match.2) ?? -1
            }
            try #require(ContinuousClock.now < limit, "the job did not end: \(facts)")
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func stop() async {
        let pids = Self.pidFiles.compactMap { name in
            (try? String(contentsOfFile: self.folder + "/" + name, encoding: .utf8))
                .flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
                .flatMap { $0 > 1 ? $0 : nil }
        }
        for pid in pids { kill(pid, SIGTERM) }
        let limit = ContinuousClock.now + .seconds(10)
        while pids.contains(where: { kill($0, 0) == 0 }), ContinuousClock.now < limit {
            try? await Task.sleep(for: .milliseconds(50))
        }
        for pid in pids where kill(pid, 0) == 0 { kill(pid, SIGKILL) }
    }
}
