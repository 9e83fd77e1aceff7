import Foundation

/// A certificate authority and a server certificate, made by openssl for one test.
package struct Certificate: Sendable {
    private let folder: URL
    /// The path of the authority's certificate, PEM.
    package var authority: String { self.folder.appendingPathComponent("ca.pem").path }
    /// The path of the server's certificate, PEM.
    package var certificate: String { self.folder.appendingPathComponent("cert.pem").path }
    /// The path of the server's private key, PEM, without a password.
    package var key: String { self.folder.appendingPathComponent("key.pem").path }

    /// openssl did not do what it was asked.
    package struct Failed: Error { package let command: String }

    /// Makes a certificate.
    ///
    /// - Parameter names: whom it is for, as openssl writes it.
    /// - Throws: ``Failed``, or when openssl cannot be started.
    package init(names: String = "DNS:localhost,IP:127.0.0.1") throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("signalbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        try "subjectAltName=\(names)\n".write(
            to: folder.appendingPathComponent("san.cnf"), atomically: true, encoding: .utf8)
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try self.openssl(
            ["req", "-x509"] + curve + [
                "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test authority",
            ])
        try self.openssl(["req"] + curve + ["-keyout", "key.pem", "-out", "cert.csr", "-subj", "/CN=localhost"])
        try self.openssl([
            "x509", "-req", "-in", "cert.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "cert.pem", "-days", "2", "-extfile", "san.cnf",
        ])
    }

    /// Removes its files.
    package func remove() { try? FileManager.default.removeItem(at: self.folder) }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = self.folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(command: arguments.joined(separator: " ")) }
    }
}
