import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension DialError {
    /// Says in our words what NIO, the kernel or TLS reported.
    init(cause: any Error, url: BackendURL) {
        switch cause {
        case let error as DialError: self = error
        case let error as IOError: self.init(errno: error.errnoCode, url: url)
        case let error as NIOConnectionError: self.init(connection: error, url: url)
        case let error as ChannelError: self.init(channel: error, url: url)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError, is NIOTLSUnwrappingError:
            self.init(code: .tls, message: "\(url): TLS: \(Self.words(ofTLS: "\(cause)", url))")
        case is HTTPParserError:
            self.init(code: .badResponse, message: "\(url): the answer is no HTTP: \(cause)")
        default:
            self.init(code: .other, message: "\(url): \(cause)")
        }
    }

    /// What a transport that was open failed of, in words: TLS 1.3 tells of certificates behind the handshake (RFC 8446 §4.4.2.4).
    static func words(of cause: any Error, _ url: BackendURL) -> String {
        switch cause {
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError, is NIOTLSUnwrappingError:
            "TLS: \(self.words(ofTLS: "\(cause)", url))"
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
            "the backend reset the connection"
        case let error as IOError where error.errnoCode == ETIMEDOUT:
            "the connection timed out: nothing answers any more"
        default: String(describing: cause)
        }
    }

    /// What went wrong in the handshake, and which option may mend it; BoringSSL's own words where we have none.
    private static func words(ofTLS cause: String, _ url: BackendURL) -> String {
        let upper = cause.uppercased()
        func says(_ parts: String...) -> Bool { parts.contains { upper.contains($0) } }
        if says("FAILEDTOVALIDATEHOSTNAME", "VALIDATE HOSTNAME", "COULDN'T FIND") {
            return
                "the server's certificate is not for the name that was asked for, the URL's host or tls.serverName; set "
                + "tls.serverName to a name that it is for"
        }
        if says("CERTIFICATE_VERIFY_FAILED", "UNABLETOVALIDATECERTIFICATE") {
            return
                "the server's certificate is not signed by a trusted authority, or has expired; set tls.ca to the file "
                + "with its authority"
        }
        if says(
            "ALERT_CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA", "ALERT_CERTIFICATE_UNKNOWN",
            "ALERT_HANDSHAKE_FAILURE", "ALERT_ACCESS_DENIED", "ALERT_CERTIFICATE_EXPIRED", "ALERT_CERTIFICATE_REVOKED")
        {
            return
                "the server refused this client's certificate, or the want of one (\(Self.alert(in: upper))); set tls.cert "
                + "and tls.key"
        }
        if says("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL") {
            return "the server does not speak TLS on port \(url.port); use the scheme without TLS"
        }
        if says("EOF DURING HANDSHAKE") {
            return
                "the server ended the connection during the handshake; where it wants a client certificate, set tls.cert and "
                + "tls.key, and where it knows other names, tls.serverName"
        }
        if says("UNCLEANSHUTDOWN") {
            return
                "the server ended the connection behind the handshake; where it wants a client certificate, set tls.cert "
                + "and tls.key"
        }
        if says("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL") {
            return "the server offers only versions of TLS that are too old"
        }
        if says("UNRECOGNIZED_NAME") {
            return "the server knows no '\(url.host)'; set tls.serverName to a name that it knows"
        }
        return cause
    }

    private static func alert(in text: String) -> String {
        guard let start = text.firstRange(of: "ALERT_")?.upperBound else { return "an alert" }
        let name = text[start...].prefix { $0.isLetter || $0 == "_" }
        return "alert " + name.lowercased().replacing("_", with: " ")
    }

    private init(errno code: CInt, url: BackendURL) {
        switch code {
        case ECONNREFUSED:
            self.init(code: .refused, message: "\(url): connection refused: nothing listens there")
        case ETIMEDOUT:
            self.init(code: .timeout, message: "\(url): no answer to the connect")
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN:
            self.init(code: .unreachable, message: "\(url): the host cannot be reached")
        case ECONNRESET, EPIPE:
            self.init(code: .closed, message: "\(url): the server reset the connection during the handshake")
        case EMFILE, ENFILE:
            self.init(
                code: .noDescriptor,
                message: "\(url): out of file descriptors on this side (raise `ulimit -n`)")
        case EADDRNOTAVAIL:
            self.init(
                code: .noPort,
                message: "\(url): out of local ports on this side (see net.ipv4.ip_local_port_range)")
        default:
            self.init(code: .other, message: "\(url): \(IOError(errnoCode: code, reason: "connect"))")
        }
    }

    /// Several addresses may have been tried; the first failure that says whose fault it is speaks for all.
    private init(connection error: NIOConnectionError, url: BackendURL) {
        let failures = error.connectionErrors.map { DialError(cause: $0.error, url: url) }
        if let telling = failures.first(where: \.isLocal) ?? failures.first {
            self = telling
        } else {
            self.init(code: .dns, message: "\(url): '\(url.host)' has no address")
        }
    }

    private init(channel error: ChannelError, url: BackendURL) {
        switch error {
        case .connectTimeout:
            self.init(code: .timeout, message: "\(url): no answer to the connect")
        case .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed, .eof:
            self.init(code: .closed, message: "\(url): the connection closed during the handshake")
        default:
            self.init(code: .other, message: "\(url): \(error)")
        }
    }
}
