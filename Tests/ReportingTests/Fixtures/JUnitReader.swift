import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Reads JUnit XML and counts what it declares and what it holds.
final class JUnitReader: NSObject, XMLParserDelegate {
    struct Suite {
        var name: String
        var declared: [String: Int]
        var seen: [String: Int]
    }

    /// The elements of the usual schema and the attributes that each may have.
    private static let allowed: [String: Set<String>] = [
        "testsuites": ["name", "tests", "failures", "errors", "time"],
        "testsuite": ["name", "tests", "failures", "errors", "skipped", "time", "timestamp"],
        "testcase": ["classname", "name", "time"],
        "failure": ["message", "type"], "error": ["message", "type"], "skipped": ["message"],
        "system-out": [],
    ]

    var suites: [Suite] = []
    var total: [String: Int] = [:]
    var unknown: [String] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        guard let allowed = Self.allowed[name], Set(attributes.keys).isSubset(of: allowed) else {
            self.unknown.append("\(name) \(attributes.keys.sorted())")
            return
        }
        func numbers(_ keys: [String]) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: keys.map { ($0, attributes[$0].flatMap { Int($0) } ?? -1) })
        }
        let keys = ["tests", "failures", "errors", "skipped"]
        switch name {
        case "testsuites": self.total = numbers(Array(keys.dropLast()))
        case "testsuite":
            let empty = Dictionary(uniqueKeysWithValues: keys.map { ($0, 0) })
            self.suites.append(Suite(name: attributes["name"] ?? "", declared: numbers(keys), seen: empty))
        case "testcase": self.suites[self.suites.count - 1].seen["tests", default: 0] += 1
        case "failure": self.suites[self.suites.count - 1].seen["failures", default: 0] += 1
        case "error": self.suites[self.suites.count - 1].seen["errors", default: 0] += 1
        case "system-out": break
        default: self.suites[self.suites.count - 1].seen["skipped", default: 0] += 1
        }
    }
}
