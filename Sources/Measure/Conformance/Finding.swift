/// One thing that a checker found wrong, with the events that show it.
package struct Finding: Codable, Equatable, Sendable {
    package var anomaly: Anomaly
    /// The receiver.
    package var agent: Int
    /// The message; nil for one that nobody sent.
    package var message: MessageKey?
    /// What happened, in a few words.
    package var text: String

    package init(_ anomaly: Anomaly, agent: Int, message: MessageKey?, text: String) {
        self.anomaly = anomaly
        self.agent = agent
        self.message = message
        self.text = text
    }
}
