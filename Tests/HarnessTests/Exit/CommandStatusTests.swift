import Harness
import Testing

struct CommandStatusTests {
    @Test(arguments: [
        ([CommandStatus.pass, .pass], CommandStatus.pass),
        ([.pass, .fail], .fail),
        ([.fail, .invalid], .invalid),
        ([.invalid, .unavailable, .fail], .unavailable),
        ([.unavailable, .internalError], .internalError),
        ([.internalError, .interrupted, .pass], .interrupted),
        ([], .pass),
    ])
    func `several backends end with the first match of 130, 70, 69, 2, 1, 0`(
        statuses: [CommandStatus], combined: CommandStatus
    ) {
        #expect(CommandStatus.combined(statuses) == combined)
        #expect(CommandStatus.combined(statuses.reversed()) == combined)
    }

    @Test func `the numbers are those of the documentation`() {
        #expect(CommandStatus.allCases.map(\.rawValue) == [0, 1, 2, 64, 65, 69, 70, 73, 74, 130])
        #expect(Set(CommandStatus.precedence) == Set(CommandStatus.allCases))
    }

    @Test(
        arguments: [
            (HarnessError.Code.badFlag, 64), (.unknownBackend, 64), (.badURL, 64), (.unwritableOutput, 64),
            (.profileNotFound, 64), (.badProfile, 65), (.unreadableFile, 65), (.badResult, 65), (.launchFailed, 69),
            (.unreachable, 69), (.portInUse, 69), (.tooFewResources, 2), (.partsUnfit, 74), (.internalError, 70),
            (.interrupted, 130),
        ] as [(HarnessError.Code, Int32)])
    func `each kind of error has its exit code`(code: HarnessError.Code, number: Int32) {
        #expect(HarnessError(code, "x", cure: "y").exitStatus.rawValue == number)
    }

    @Test func `an error is one line of cause and one of cure`() {
        let error = HarnessError(.portInUse, "port 80 is taken", cure: "choose another --port")
        #expect("\(error)" == "error: port 80 is taken\ncure: choose another --port")
        #expect("\(HarnessError(.interrupted, "interrupted", cure: ""))" == "error: interrupted")
    }

    @Test func `errors are equal when their codes are`() {
        #expect(HarnessError(.badFlag, "a", cure: "") == HarnessError(.badFlag, "b", cure: "c"))
        #expect(HarnessError(.badFlag, "a", cure: "") != HarnessError(.badURL, "a", cure: ""))
    }
}
