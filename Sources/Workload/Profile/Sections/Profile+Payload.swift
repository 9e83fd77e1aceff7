extension Profile.Signaling {
    /// What the bodies of offers, answers and candidates are made of.
    package enum Payload: Equatable, Sendable {
        /// The recorded Chromium call, with every per-agent field replaced.
        case chromium
        /// The same, brought to exact sizes.
        case sized(Sizes)

        /// Bytes of the `sdp` and `candidate` strings, before JSON escaping.
        package struct Sizes: Codable, Equatable, Sendable {
            package var offer = 5400
            package var answer = 5100
            package var candidate = 110

            package init() {}

            package init(offer: Int, answer: Int, candidate: Int) {
                self.offer = offer
                self.answer = answer
                self.candidate = candidate
            }
        }
    }
}

extension Profile.Signaling.Payload: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let word = try? container.decode(String.self) {
            guard word == "chromium" else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(word)' is not chromium")
            }
            self = .chromium
        } else {
            self = .sized(try container.decode(Sizes.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .chromium: try container.encode("chromium")
        case .sized(let sizes): try container.encode(sizes)
        }
    }
}
