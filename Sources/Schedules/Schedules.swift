import Foundation
import Signaling
import Simulation
import Workload

/// What `make simulate` and `make soak` run: random schedules over the simulated network, and long runs in virtual time.
@main
struct Schedules {
    static let usage = """
        usage: schedules play COUNT [FIRST-SEED]    COUNT random schedules, half of them that must heal
               schedules show SEED safety|liveness  one of them, with what it broke
               schedules alarms COUNT [FIRST-SEED]  COUNT comparisons of one build with itself, five runs a side
               schedules soak PROFILE HOURS         a profile in virtual time, with the memory once a virtual hour
        """

    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch (words.first, words.count) {
        case ("play", 2...3):
            guard let count = Int(words[1]), let first = UInt64(words.count > 2 ? words[2] : "1") else { break }
            exit(Play(count: count, first: first).run() ? 0 : 1)
        case ("alarms", 2...3):
            guard let count = Int(words[1]), let first = UInt64(words.count > 2 ? words[2] : "1") else { break }
            exit(Alarms(count: count, first: first).run() ? 0 : 1)
        case ("show", 3):
            guard let seed = UInt64(words[1]), let mode = Schedule.Mode(rawValue: words[2]) else { break }
            exit(Play.show(Schedule(seed: seed, mode: mode)) ? 0 : 1)
        case ("soak", 3):
            guard let hours = Double(words[2]) else { break }
            exit(try Soak(path: words[1], hours: hours).run() ? 0 : 1)
        default: break
        }
        print(Self.usage)
        exit(64)
    }
}
