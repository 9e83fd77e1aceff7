extension DeliveryRule {
    /// Whether an agent of the room is owed a message.
    ///
    /// - Parameters:
    ///   - message: whose sender it is.
    ///   - to: its addressee; nil for everybody.
    ///   - agent: the receiver.
    /// - Returns: whether it is.
    package func owes(_ message: MessageKey, _ to: Int?, _ agent: Int) -> Bool {
        if agent == message.from { return to == nil ? self.echoesRoom : self.echoesDirected || to == agent }
        guard let to, self.routesDirected else { return true }
        return agent == to
    }

    /// Whether an agent of the room may get a message; the sender may get what it addressed to itself.
    package func allows(_ message: MessageKey, _ to: Int?, _ agent: Int) -> Bool {
        self.owes(message, to, agent) || (agent == message.from && to == agent)
    }
}
