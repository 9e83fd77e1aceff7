import Foundation
import Reporting
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

struct PictureTests {
    @Test func `is an SVG of its own, whatever names are in it, and says verdict and headline`() throws {
        for name in ["mesh-8", "\"><script>alert(1)</script>", "&lt;\u{1}]]>"] {
            let picture = RunPicture.svg(try MadeUpRun(name: name).document())
            let parser = XMLParser(data: Data(picture.utf8))
            let words = Words()
            parser.delegate = words
            #expect(parser.parse(), "\(name): \(String(describing: parser.parserError))")
            #expect(words.elements.isDisjoint(with: ["script", "image", "use", "a", "foreignObject"]))
            for word in ["PASS", "Negotiation completion", "Fan-out latency", "Amplification", "p99"] {
                #expect(words.text.contains(word), "\(word)")
            }
            #expect(picture.contains("class=\"line s1\""))
        }
    }

    @Test func `has no curve where nothing was measured`() throws {
        let picture = RunPicture.svg(try MadeUpRun.unstarted())
        #expect(XMLParser(data: Data(picture.utf8)).parse())
        #expect(!picture.contains("<path"))
    }

    private final class Words: NSObject, XMLParserDelegate {
        var elements: Set<String> = []
        var text = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { self.elements.insert(name) }

        func parser(_ parser: XMLParser, foundCharacters text: String) { self.text += text }
    }
}
