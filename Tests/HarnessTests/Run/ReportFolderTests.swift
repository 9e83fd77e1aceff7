import Foundation
import Harness
import Testing

struct ReportFolderTests {
    private let root = FileManager.default.temporaryDirectory.path + "/reports-\(UUID())"

    @Test func `a folder is named after time, profile and backend`() throws {
        defer { try? FileManager.default.removeItem(atPath: self.root) }
        let date = Date(timeIntervalSince1970: 1_763_949_845)
        let first = try ReportFolder(below: self.root, profile: "mesh 8/é", backend: "relay", date: date)
        #expect(first.path == self.root + "/20251124T020405Z-mesh-8-relay")
        let second = try ReportFolder(below: self.root, profile: "mesh 8/é", backend: "relay", date: date)
        #expect(second.path == first.path + "-2")
        #expect(FileManager.default.fileExists(atPath: second.path))
    }

    @Test(arguments: ["/proc/signalbench", "/dev/null/x", "/dev/null"])
    func `a folder that cannot be written to is refused before anything starts`(path: String) {
        #expect(throws: HarnessError(.unwritableOutput, "", cure: "")) { try ReportFolder(taking: path) }
    }

    @Test(arguments: [("a b", "a-b"), ("..", "run"), ("", "run"), ("../../etc", "etc"), ("ok_1.2-x", "ok_1.2-x")])
    func `a name cannot leave its folder`(name: String, plain: String) {
        #expect(ReportFolder.plain(name) == plain)
    }

    @Test func `a profile is found by path or by name, and a wrong name lists the right ones`() throws {
        defer { try? FileManager.default.removeItem(atPath: self.root) }
        try FileManager.default.createDirectory(atPath: self.root, withIntermediateDirectories: true)
        for name in ["quickstart", "mesh-8"] {
            try Data().write(to: URL(filePath: "\(self.root)/\(name).yaml"))
        }
        let locator = ProfileLocator(folders: [self.root])
        #expect(locator.names == ["mesh-8", "quickstart"])
        #expect(try locator.locate("mesh-8") == self.root + "/mesh-8.yaml")
        #expect(try locator.locate(self.root + "/mesh-8.yaml") == self.root + "/mesh-8.yaml")
        let error = #expect(throws: HarnessError.self) { try locator.locate("mesh-9") }
        #expect(error?.code == .profileNotFound)
        #expect(error?.message.contains("did you mean 'mesh-8'?") == true)
        #expect(error?.cure.contains("mesh-8, quickstart") == true)
        #expect(throws: HarnessError(.profileNotFound, "", cure: "")) { try locator.locate("./quickstart.yml") }
    }

    @Test func `profiles are looked for above the program, too`() throws {
        defer { try? FileManager.default.removeItem(atPath: self.root) }
        for folder in ["Profiles", ".build/debug"] {
            try FileManager.default.createDirectory(
                atPath: "\(self.root)/\(folder)", withIntermediateDirectories: true)
        }
        try Data().write(to: URL(filePath: "\(self.root)/Profiles/only-there.yaml"))
        let locator = ProfileLocator(executable: "\(self.root)/.build/debug/signalbench")
        #expect(try locator.locate("only-there").hasSuffix("/Profiles/only-there.yaml"))
    }
}
