/// One stay of one agent, from dial to leave.
package struct PlannedSession: Equatable, Sendable {
    package let agent: Int
    /// 0 for the first stay, then 1, 2, …; goes into the tag of every message.
    package let instance: Int
    /// When it dials.
    package let arrive: Int64
    /// When it leaves: the end of steady for those who stay.
    package let depart: Int64
    /// Whether it leaves before the end of steady, by churn.
    package let departsEarly: Bool

    /// How many sessions an agent may have: as many as the tag of a message can number.
    package static let mostPerAgent = 36 * 36
}
