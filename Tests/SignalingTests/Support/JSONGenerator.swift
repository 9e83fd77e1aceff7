import Signaling

/// Writes random JSON objects that hold an envelope somewhere, in every disguise that JSON allows.
struct JSONGenerator {
    var random: SplitMix64

    init(seed: UInt64) { self.random = SplitMix64(seed: seed) }

    /// One object, valid by construction.
    mutating func object() -> [UInt8] {
        var out: [UInt8] = []
        self.space(&out)
        self.members(
            &out, depth: 0, keys: ["type", "from", "sendto", "tag", "sdp", "x", "ty", "types", "From", "", "𝄞é"])
        self.space(&out)
        return out
    }

    /// A string between quotes, each character written in a random one of its spellings.
    mutating func string(_ text: some StringProtocol, escaping odds: Int = 8) -> [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "\"")]
        for scalar in text.unicodeScalars {
            if self.chance(1, odds) {
                for unit in String(scalar).utf16 { out += self.hexEscape(unit) }
            } else if scalar == "/" && self.chance(1, 2) {
                out += #"\/"#.utf8
            } else {
                JSONText.appendEscaped(String(scalar).utf8, to: &out)
            }
        }
        out.append(UInt8(ascii: "\""))
        return out
    }

    mutating func chance(_ hits: Int, _ of: Int) -> Bool { self.random.uniform(below: of) < hits }

    mutating func pick<T>(_ from: [T]) -> T { from[self.random.uniform(below: from.count)] }

    /// Text of up to `length` characters of which some are awkward.
    mutating func text(upTo length: Int) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<self.random.uniform(below: length + 1) {
            text.append(
                self.pick([
                    "a", "Z", "7", " ", "\"", "\\", "/", "{", "]", ",", ":", "\n", "\r", "\u{0}", "\u{1F}",
                    "\u{7F}", "é", "\u{2028}", "漢", "\u{FFFF}", "😀", "𝄞",
                ]))
        }
        return String(text)
    }

    private mutating func hexEscape(_ unit: UInt16) -> [UInt8] {
        let digits = String(unit, radix: 16, uppercase: self.chance(1, 2))
        return Array(#"\u"#.utf8) + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.utf8.count)
            + Array(digits.utf8)
    }

    private mutating func members(_ out: inout [UInt8], depth: Int, keys: [String]) {
        out.append(UInt8(ascii: "{"))
        self.space(&out)
        let count = self.random.uniform(below: depth == 0 ? 9 : 4)
        for i in 0..<count {
            if i > 0 {
                out.append(UInt8(ascii: ","))
                self.space(&out)
            }
            let key = self.pick(keys)
            out += self.string(key)
            self.space(&out)
            out.append(UInt8(ascii: ":"))
            self.space(&out)
            self.value(&out, depth: depth, key: key)
            self.space(&out)
        }
        out.append(UInt8(ascii: "}"))
    }

    private mutating func value(_ out: inout [UInt8], depth: Int, key: String) {
        switch self.random.uniform(below: depth < 4 ? 12 : 9) {
        case 0: out += self.pick(["null", "true", "false"]).utf8
        case 1:
            out +=
                self.pick(["0", "-0", "0.0", "-0.000", "0.0E-3", "1", "-17", "0.5", "1e2", "-2.5E+3", "100"])
                .utf8
        case 2: out += #""""#.utf8
        case 3...6:
            out +=
                key == "type"
                ? self.string(self.pick(SignalKind.allCases.map(\.name) + ["Call", "callx", "cal", "offers", "hello"]))
                : self.string(self.text(upTo: 12))
        case 7: out += self.string(self.text(upTo: 3), escaping: 2)
        case 8: out += self.string(self.text(upTo: 60))
        case 9, 10:
            self.members(&out, depth: depth + 1, keys: ["type", "from", "sendto", "tag", "y"])
        default:
            out.append(UInt8(ascii: "["))
            for i in 0..<self.random.uniform(below: 4) {
                if i > 0 { out.append(UInt8(ascii: ",")) }
                self.value(&out, depth: depth + 1, key: "")
            }
            out.append(UInt8(ascii: "]"))
        }
    }

    private mutating func space(_ out: inout [UInt8]) {
        guard self.chance(1, 6) else { return }
        out += self.pick([" ", "\n", "\r\n", "\t", "   "]).utf8
    }
}
