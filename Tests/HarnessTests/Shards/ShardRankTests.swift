import Harness
import Testing
import Workload

/// The environments are those that the engines were seen to give.
struct ShardRankTests {
    private static let step = [
        "SLURM_STEP_ID": "0", "SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "4", "SLURM_NTASKS": "8",
    ]
    private static let array = [
        "SLURM_PROCID": "0", "SLURM_NTASKS": "1", "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "5",
        "SLURM_ARRAY_TASK_COUNT": "3",
    ]

    @Test(
        arguments: [
            ("1/4", [:], "1/4"), ("1/4", Self.step, "1/4"), ("auto", Self.step, "2/4"), ("auto", Self.array, "2/3"),
            // A step of one task within a task of an array.
            ("auto", Self.array.merging(["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1"]) { $1 }, "2/3"),
            ("auto", ["OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4"], "3/4"),
            ("auto/4", ["OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4"], "3/4"),
            ("auto/5", ["JOB_COMPLETION_INDEX": "4"], "4/5"),
            (
                "auto", ["OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4"].merging(Self.step) { $1 }, "2/4"
            ),
        ] as [(String, [String: String], String)])
    func `the engine says which shard this is, and a number given beats it`(
        text: String, environment: [String: String], shard: String
    ) throws {
        #expect(try ShardRank.shard(text, environment: environment).text == shard)
    }

    @Test(
        arguments: [
            ("auto", [:], "no engine says"), ("4/4", [:], "is no shard"), ("auto/x", [:], "is no shard"),
            ("auto", ["JOB_COMPLETION_INDEX": "4"], "does not say how many"),
            ("auto/4", ["JOB_COMPLETION_INDEX": "4"], "which is no shard"),
            ("auto/3", ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"], "says 1/4"),
            // The body of a batch script, which is none of its tasks.
            ("auto", ["SLURM_PROCID": "0", "SLURM_NTASKS": "2"], "body of a batch script"),
            ("auto", Self.array.merging(["SLURM_NTASKS": "2"]) { $1 }, "of an array of 3, with 2 tasks each"),
            (
                "auto", ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"].merging(Self.step) { $1 },
                "Slurm's step says 2/4, Open MPI says 1/4"
            ),
        ] as [(String, [String: String], String)])
    func `what is not certain is refused`(text: String, environment: [String: String], message: String) {
        let error = #expect(throws: HarnessError.self) { try ShardRank.shard(text, environment: environment) }
        #expect(error?.code == .badFlag)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}
