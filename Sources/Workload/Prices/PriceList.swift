package import Foundation

/// What services take for messages and connections, and what they allow, as of a date.
package struct PriceList: Codable, Equatable, Sendable {
    /// The day on which the list was put together: `2026-11-27`.
    package var asOf: String
    package var offers: [Offer]

    /// The list that the program carries.
    package static let current: PriceList = {
        do {
            return try PriceList(json: Data(PackageResources.prices_json.utf8), file: "prices.json")
        } catch {
            preconditionFailure("the embedded price list does not decode: \(error)")
        }
    }()

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - json: its bytes.
    ///   - file: its name, for the message.
    /// - Throws: `ProfileTextError` that says what is wrong.
    package init(json: Data, file: String) throws(ProfileTextError) {
        do {
            self = try JSONDecoder().decode(PriceList.self, from: json)
        } catch let DecodingError.keyNotFound(key, context) {
            throw ProfileTextError("\(file): \(Self.place(context.codingPath + [key])) is missing")
        } catch let DecodingError.typeMismatch(type, context) {
            throw ProfileTextError("\(file): \(Self.place(context.codingPath)) is no \(type)")
        } catch let DecodingError.dataCorrupted(context) where !context.codingPath.isEmpty {
            throw ProfileTextError("\(file): \(Self.place(context.codingPath)) has no such value")
        } catch {
            throw ProfileTextError("\(file) is not JSON")
        }
        for offer in self.offers {
            for limit in offer.limits where !(limit.value > 0) {
                throw ProfileTextError("\(file): \(offer.id): the limit '\(limit.name)' is not above 0")
            }
            if let problem = offer.price.problem { throw ProfileTextError("\(file): \(offer.id): \(problem)") }
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}

extension PriceList {
    /// One package of one service.
    package struct Offer: Codable, Equatable, Sendable {
        package var id: String
        package var name: String
        /// Where the figures stand.
        package var source: String
        /// When they were read there; absent when that is not known.
        package var seen: String?
        /// Whether they were gathered by somebody else, and want to be looked up before they are quoted.
        package var secondary: Bool?
        package var price: Price
        /// Why messages have no price; absent when they have one.
        package var unpriced: String?
        package var limits: [Limit]
    }

    /// What is paid, in US dollars; what is absent costs nothing.
    package struct Price: Codable, Equatable, Sendable {
        package var monthly: Double?
        package var perMillionIn: Double?
        package var perMillionOut: Double?
        package var perMillionConnectionMinutes: Double?
        package var perGigabyte: Double?
        /// A message counts once for each so many bytes begun; absent: once.
        package var unitBytes: Double?
        /// Each month.
        package var includedMessages: Double?
        package var includedConnectionMinutes: Double?
        package var includedGigabytes: Double?

        /// How many units a message of a size is billed as.
        package func units(bytes: Double) -> Double {
            guard let unit = self.unitBytes else { return 1 }
            return max(1, (bytes / unit).rounded(.up))
        }

        var problem: String? {
            let values = [
                self.monthly, self.perMillionIn, self.perMillionOut, self.perMillionConnectionMinutes,
                self.perGigabyte, self.includedMessages, self.includedConnectionMinutes, self.includedGigabytes,
            ]
            if values.contains(where: { $0.map { !($0 >= 0) } ?? false }) { return "a price is below 0" }
            return self.unitBytes.map { !($0 > 0) } ?? false ? "unitBytes is not above 0" : nil
        }
    }

    /// How much of something a service lets through.
    package struct Limit: Codable, Equatable, Sendable {
        package var name: String
        package var of: Kind
        package var per: Scope
        /// A second for messages and joins, otherwise a count.
        package var value: Double

        package enum Kind: String, Codable, Sendable {
            /// Into the service, a second.
            case publishes
            /// Out of it, a second.
            case deliveries
            /// Both together, a second.
            case messages
            /// New connections a second.
            case joins
            /// At the same time.
            case connections
            /// Of one channel.
            case members
        }

        package enum Scope: String, Codable, Sendable {
            case account
            /// One channel for each room.
            case channel
            case connection
        }
    }
}
