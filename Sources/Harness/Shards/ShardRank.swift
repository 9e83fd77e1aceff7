package import Workload

/// Which shard a process is, as the engine that started it says in its environment.
package enum ShardRank {
    /// What one engine says.
    private struct Claim {
        var engine: String
        var index: Int
        /// Nil where the engine does not say.
        var count: Int?
    }

    /// Reads the flag of a shard.
    ///
    /// - Parameters:
    ///   - text: `0/4`, which beats everything, or `auto`, or `auto/4` where the engine does not say how many there are.
    ///   - environment: of the process.
    /// - Returns: the shard.
    /// - Throws: `HarnessError` (bad flag) when nothing says which one it is, and when two engines disagree.
    package static func shard(
        _ text: String, environment: [String: String]
    ) throws(HarnessError) -> Shard {
        if let shard = Shard(text: text) { return shard }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let given = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.first == "auto", parts.count == 1 || given != nil else {
            throw HarnessError(
                .badFlag, "--shard \(text) is no shard", cure: "for example --shard 0/4, --shard auto or --shard auto/4"
            )
        }
        let claims = try Self.claims(environment)
        guard let first = claims.first else {
            throw HarnessError(
                .badFlag, "--shard auto: no engine says which shard this is",
                cure: "start it by srun, as a job array, by mpirun or as an indexed job, or give --shard 0/4")
        }
        for other in claims.dropFirst() where other.index != first.index || other.count != first.count {
            throw HarnessError(
                .badFlag,
                "--shard auto: \(first.engine) says \(Self.text(first)), \(other.engine) says \(Self.text(other))",
                cure: "say which one counts, for example --shard $OMPI_COMM_WORLD_RANK/$OMPI_COMM_WORLD_SIZE")
        }
        if let given, let count = first.count, given != count {
            throw HarnessError(
                .badFlag, "--shard \(text): \(first.engine) says \(Self.text(first))", cure: "give --shard auto")
        }
        guard let count = first.count ?? given else {
            throw HarnessError(
                .badFlag, "--shard auto: \(first.engine) does not say how many shards there are",
                cure: "give --shard auto/n, with n as in completions of the job")
        }
        guard let shard = Shard(index: first.index, count: count) else {
            throw HarnessError(
                .badFlag, "--shard auto: \(first.engine) says \(Self.text(first)), which is no shard",
                cure: "shards count from 0")
        }
        return shard
    }

    private static func text(_ claim: Claim) -> String { "\(claim.index)" + (claim.count.map { "/\($0)" } ?? "") }

    private static func claims(_ environment: [String: String]) throws(HarnessError) -> [Claim] {
        var claims: [Claim] = []
        if let slurm = try Self.slurm(environment) { claims.append(slurm) }
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        if let rank = number("OMPI_COMM_WORLD_RANK"), let size = number("OMPI_COMM_WORLD_SIZE") {
            claims.append(Claim(engine: "Open MPI", index: rank, count: size))
        }
        if let index = number("JOB_COMPLETION_INDEX") {
            claims.append(Claim(engine: "Kubernetes", index: index, count: nil))
        }
        return claims
    }

    /// Slurm sets the same names in a batch script, in a step and in a task of an array, and means different things.
    private static func slurm(_ environment: [String: String]) throws(HarnessError) -> Claim? {
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        let isStep = environment["SLURM_STEP_ID"] != nil
        let tasks = (isStep ? number("SLURM_STEP_NUM_TASKS") : nil) ?? number("SLURM_NTASKS") ?? 1
        let array = number("SLURM_ARRAY_TASK_ID").flatMap { id in
            number("SLURM_ARRAY_TASK_COUNT").map { count in
                let step = max(1, number("SLURM_ARRAY_TASK_STEP") ?? 1)
                return Claim(
                    engine: "Slurm's array", index: (id - (number("SLURM_ARRAY_TASK_MIN") ?? 0)) / step, count: count)
            }
        }
        if let array, tasks > 1 {
            throw HarnessError(
                .badFlag,
                "--shard auto: this is task \(array.index) of an array of \(array.count ?? 0), with \(tasks) tasks each",
                cure: "use an array of jobs of one task, or one job with a step of many")
        }
        if let array { return array }
        // In the body of a batch script the rank is 0 of all tasks, although they do not run.
        if !isStep, tasks > 1 {
            throw HarnessError(
                .badFlag, "--shard auto: this is the body of a batch script with \(tasks) tasks, and none of them",
                cure: "start it by srun")
        }
        guard isStep, let rank = number("SLURM_PROCID") else { return nil }
        return Claim(engine: "Slurm's step", index: rank, count: tasks)
    }
}
