import NIOCore
import NIOSSL

/// Whom a server's certificate is for (RFC 9525 §6).
///
/// NIOSSL would take a certificate for the address at the other end of the socket, whatever name was asked for, and that
/// end may be a proxy's.
struct ServerIdentity: Sendable {
    /// Names and addresses, in the certificate's order.
    let names: [String]

    init(_ certificate: NIOSSLCertificate) {
        var names: [String] = []
        for name in certificate._subjectAlternativeNames() {
            switch name.nameType {
            case .dnsName: names.append(String(decoding: name.contents, as: UTF8.self).lowercased())
            case .ipAddress: names.append(Self.address(Array(name.contents)) ?? "an address")
            default: break
            }
        }
        // Old servers are known by their common name alone.
        if names.isEmpty, let der = try? certificate.toDERBytes(), let name = Self.commonName(der[...]) {
            names = [name]
        }
        self.names = names
    }

    init(names: [String]) { self.names = names }

    /// In words.
    var text: String { self.names.isEmpty ? "no name" : self.names.joined(separator: ", ") }

    /// Whether it is for a name or an address.
    func includes(_ asked: String) -> Bool {
        if let address = try? SocketAddress(ipAddress: asked, port: 0) {
            return self.names.contains { $0 == address.ipAddress }
        }
        let asked = Self.labels(asked)
        return self.names.contains { name in
            guard (try? SocketAddress(ipAddress: name, port: 0)) == nil else { return false }
            let labels = Self.labels(name)
            // A star stands for one label, the first (RFC 9525 §6.3).
            return labels == asked
                || labels.first == "*" && labels.count > 2 && labels.count == asked.count
                    && labels.dropFirst() == asked.dropFirst()
        }
    }

    private static func labels(_ name: String) -> [Substring] {
        let name = name.lowercased()
        return (name.hasSuffix(".") ? name.dropLast() : name[...]).split(
            separator: ".", omittingEmptySubsequences: false)
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0).ipAddress
    }

    // MARK: The subject's common name, which NIOSSL does not tell

    /// The common name of a certificate in DER (RFC 5280 §4.1); nil where there is none.
    private static func commonName(_ der: ArraySlice<UInt8>) -> String? {
        guard let certificate = self.element(der)?.content, var rest = self.element(certificate)?.content else {
            return nil
        }
        // The version may be missing; serial number, algorithm, issuer and validity go before the subject.
        if let version = self.element(rest), version.tag == 0xA0 { rest = version.rest }
        for _ in 0..<4 { rest = self.element(rest)?.rest ?? [] }
        var names = self.element(rest)?.content ?? []
        var found: String?
        while let name = self.element(names) {
            names = name.rest
            guard let pair = self.element(name.content)?.content, let kind = self.element(pair),
                kind.content.elementsEqual([0x55, 0x04, 0x03]), let value = self.element(kind.rest)
            else { continue }
            found = String(decoding: value.content, as: UTF8.self).lowercased()
        }
        return found
    }

    /// The first element of some DER (X.690 §8.1), and what follows it.
    private static func element(
        _ bytes: ArraySlice<UInt8>
    ) -> (tag: UInt8, content: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        guard bytes.count >= 2, let tag = bytes.first else { return nil }
        var length = Int(bytes[bytes.startIndex + 1])
        var start = bytes.startIndex + 2
        if length >= 0x80 {
            let digits = bytes[start...].prefix(length & 0x7F)
            guard digits.count == length & 0x7F, (1...4).contains(digits.count) else { return nil }
            length = digits.reduce(0) { $0 << 8 | Int($1) }
            start = digits.endIndex
        }
        guard length <= bytes.endIndex - start else { return nil }
        return (tag, bytes[start..<start + length], bytes[(start + length)...])
    }
}
