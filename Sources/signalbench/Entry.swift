import ArgumentParser
import Glibc
import Harness

/// Where the process begins and ends.
@main
enum Entry {
    static func main() async {
        // A reader who goes away (`| head`) must not end a run.
        signal(SIGPIPE, SIG_IGN)
        // A limit on the size of files is told like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        let status = await CommandFailure.status(of: Array(CommandLine.arguments.dropFirst()))
        fflush(nil)
        exit(status)
    }
}
