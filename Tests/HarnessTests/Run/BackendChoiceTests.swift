import Backends
import Harness
import Testing
import Workload

struct BackendChoiceTests {
    private static func profile(_ change: (inout Profile) -> Void = { _ in }) -> Profile {
        var profile = Profile()
        profile.backend.options = ["echo": "true"]
        change(&profile)
        return profile
    }

    @Test func `the same id keeps what the profile says about it`() throws {
        let profile = try BackendChoice.apply("relay", to: Self.profile { $0.backend.launch = ["x"] })
        #expect(profile.backend.launch == ["x"])
        #expect(profile.backend.options == ["echo": "true"])
    }

    @Test func `a URL wins over launch`() throws {
        let profile = try BackendChoice.apply(
            "relay:ws://127.0.0.1:8080/x", to: Self.profile { $0.backend.launch = ["x"] })
        #expect(profile.backend.launch == nil)
        #expect(profile.backend.url == "ws://127.0.0.1:8080/x")
    }

    @Test func `another id drops the URL, and a foreign server's command`() throws {
        let profile = try BackendChoice.apply(
            "relay-routed",
            to: Self.profile {
                $0.backend.launch = ["mosquitto"]
                $0.backend.url = "ws://127.0.0.1:1/"
            })
        #expect(profile.backend.id == "relay-routed")
        #expect(profile.backend.launch == nil)
        #expect(profile.backend.url == nil)
    }

    @Test func `a broker serves both versions of its protocol, with options of the command line first`() throws {
        let profile = try BackendChoice.apply(
            "mqtt5?layout=inbox",
            to: Self.profile {
                $0.backend.id = "mqtt"
                $0.backend.launch = ["mosquitto"]
                $0.backend.url = "mqtt://127.0.0.1:1/"
                $0.backend.options = ["layout": "broadcast", "qos": "1"]
            })
        #expect(profile.backend.id == "mqtt5")
        #expect(profile.backend.launch == ["mosquitto"])
        #expect(profile.backend.url == "mqtt://127.0.0.1:1/")
        #expect(profile.backend.options == ["layout": "inbox", "qos": "1"])
    }

    @Test func `another id of ours is served with the same flags`() throws {
        let profile = try BackendChoice.apply(
            "relay-routed",
            to: Self.profile { $0.backend.launch = ["signalbench", "serve", "relay", "--delay", "20ms"] })
        #expect(profile.backend.launch == ["signalbench", "serve", "relay-routed", "--delay", "20ms"])
    }

    @Test(arguments: [
        ("rely", HarnessError.Code.unknownBackend), ("relay:nonsense", .badURL), ("relay:http://h/", .badURL),
        ("ws://127.0.0.1:1/", .unknownBackend),
    ])
    func `a backend that cannot be meant is refused`(text: String, code: HarnessError.Code) {
        let error = #expect(throws: HarnessError.self) { try BackendChoice.apply(text, to: Self.profile()) }
        #expect(error?.code == code)
        #expect(error?.exitStatus == .usage)
        #expect(error?.cure.isEmpty == false)
    }

    @Test func `without URL and launch the embedded server is started with the profile's options`() throws {
        let placement = try BackendPlacement.of(Self.profile().backend, own: "/bin/signalbench")
        guard case .launched(let command, nil) = placement else {
            Issue.record("\(placement)")
            return
        }
        #expect(command.executable == "/bin/signalbench")
        #expect(
            command.arguments
                == ["serve", "relay", "--host", "127.0.0.1", "--port", "0", "--echo", "--until-eof"])
        #expect(command.shown == ["signalbench", "serve", "relay", "--host", "127.0.0.1", "--port", "0", "--echo"])
        #expect(command.announcement == .readyLine)
    }

    @Test func `a URL alone is a server that runs already`() throws {
        let backend = Self.profile { $0.backend.url = "ws://127.0.0.1:8080/" }.backend
        #expect(try BackendPlacement.of(backend, own: "x") == .running(url: "ws://127.0.0.1:8080/"))
    }

    @Test func `a foreign command is supervised and asked at its URL`() throws {
        let backend = Self.profile {
            $0.backend.launch = ["mosquitto", "-v"]
            $0.backend.url = "ws://127.0.0.1:8080/"
        }.backend
        guard case .launched(let command, "ws://127.0.0.1:8080/") = try BackendPlacement.of(backend, own: "/own") else {
            Issue.record("not launched")
            return
        }
        #expect(command.isSupervised)
        #expect(command.arguments == ["supervise", "--", "mosquitto", "-v"])
        #expect(command.announcement == .probe(.connect(host: "127.0.0.1", port: 8080)))
    }

    @Test func `a foreign command without a place to ask at is a mistake`() {
        let backend = Self.profile { $0.backend.launch = ["mosquitto"] }.backend
        #expect(throws: HarnessError(.badProfile, "", cure: "")) { try BackendPlacement.of(backend, own: "/own") }
    }
}
