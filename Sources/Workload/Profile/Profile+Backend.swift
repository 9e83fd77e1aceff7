extension Profile {
    /// The backend under test, and how to reach it.
    package struct Backend: Equatable, Sendable {
        /// The dialect that is spoken, such as `relay` or `mqtt5`.
        package var id = "relay"
        /// The command that starts the server, word by word.
        ///
        /// The run starts it, waits for it, samples it and stops it. A first word of `signalbench` means this very
        /// program. Absent, and without ``url``: the embedded server of ``id``, if there is one.
        package var launch: [String]?
        /// Where the server is.
        package var url: String?
        /// How a launched server is known to be ready; absent: as soon as its address accepts a connection.
        package var readyCheck: String?
        /// How long a join is waited for on a backend that does not confirm joins.
        package var joinGrace = Duration.milliseconds(300)
        package var tls = TLS()
        /// Extra HTTP header fields of the handshake, by name.
        package var headers: [String: String] = [:]
        /// From the start of a dial to the welcome.
        package var connectTimeout = Duration.seconds(10)
        package var reconnect = Reconnect.none
        /// How long agents wait with `reconnect: backoff`.
        package var backoff = Backoff.standard
        /// How connections are made (`proxy`, `addresses`, `sourceAddresses`), as written.
        package var reach: [String: String] = [:]
        /// The keys of the backend's own, by path below `backend` (`events.join`), as written.
        package var options: [String: String] = [:]

        package init() {}

        /// Whom a TLS client trusts, and who it says it is.
        package struct TLS: Equatable, Sendable {
            /// A file of PEM certificates to trust in place of the system's.
            package var ca: String?
            package var verify = Verification.full
            /// A file with the client's certificate in PEM, and its chain.
            package var cert: String?
            /// A file with the private key of ``cert``.
            package var key: String?
            /// The name to ask for, and to find in the server's certificate; absent: the URL's host.
            package var serverName: String?

            package init() {}
        }

        /// How much of a server's certificate is checked.
        package enum Verification: String, CaseIterable, Sendable {
            /// Chain and name.
            case full
            /// Nothing: for a test server with a certificate of its own.
            case none
        }

        /// What an agent does when its connection is lost.
        package enum Reconnect: String, CaseIterable, Sendable {
            /// It stays away and counts as disconnected.
            case none
            /// It dials again after a growing, seeded pause.
            case backoff
            /// It waits as socket.io-client does.
            case socketIO = "socket.io"
            /// As paho-mqtt does.
            case paho
            /// As MQTT.js does.
            case mqttJS = "mqtt.js"
            /// As an application of PeerJS does.
            case peerJS = "peerjs"
            /// As a browser does with an `EventSource`.
            case eventSource = "eventsource"
        }
    }
}
