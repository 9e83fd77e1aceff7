import Signaling
import Testing

struct FilterTests {
    @Test(arguments: [
        (#"{"type":"call","from":"b"}"#, FilterVerdict.mine, "room-wide from another"),
        (#"{"type":"call","from":"me"}"#, .echo, "room-wide from me"),
        (#"{"type":"offer","from":"b","sendto":"me"}"#, .mine, "to me"),
        (#"{"type":"offer","from":"b","sendto":"c"}"#, .overheard, "to somebody else"),
        (#"{"type":"offer","from":"me","sendto":"c"}"#, .echo, "mine to somebody else: the sender is asked first"),
        (#"{"type":"offer","from":"me","sendto":"me"}"#, .echo, "mine to me"),
        (#"{"type":"offer","from":"b","sendto":""}"#, .mine, "empty means everyone"),
        (#"{"type":"offer","from":"b","sendto":null}"#, .mine, "null means everyone"),
        (#"{"type":"offer","from":"b","sendto":false}"#, .mine, "false means everyone"),
        (#"{"type":"offer","from":"b","sendto":0}"#, .mine, "0 means everyone"),
        (#"{"type":"offer","from":"b","sendto":1}"#, .overheard, "a number is somebody else"),
        (#"{"type":"offer","from":"b","sendto":{"id":"me"}}"#, .overheard, "an object is somebody else"),
        (#"{"type":"offer","from":"b","sendto":"m\u0065"}"#, .mine, "to me, escaped"),
        (#"{"type":"offer","from":"\u006de"}"#, .echo, "from me, escaped"),
        (#"{"type":"offer","from":"b","sendto":"mE"}"#, .overheard, "case matters"),
        (#"{"type":"offer","from":"b","sendto":"me "}"#, .overheard, "length matters"),
        (#"{"type":"offer","sendto":"me"}"#, .mine, "from nobody"),
        (#"{"from":7,"sendto":"me"}"#, .mine, "from a number"),
        (#"{}"#, .mine, "nothing at all"),
    ]) func `the rule is applied in its order`(json: String, verdict: FilterVerdict, case: String) {
        #expect(json.bytes.verdict(for: "me".bytes) == verdict, "\(`case`)")
    }

    @Test func `ids are compared as bytes and not as text`() {
        // The same character to a reader, composed and decomposed.
        let json = "{\"from\":\"b\",\"sendto\":\"e\u{301}\"}".bytes
        #expect(json.verdict(for: "e\u{301}".bytes) == .mine)
        #expect(json.verdict(for: "\u{e9}".bytes) == .overheard)
    }
}
