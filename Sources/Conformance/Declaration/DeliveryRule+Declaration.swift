import Measure

extension DeliveryRule {
    /// Whom a backend owes what, by its declaration; what is unspecified is taken for a broadcast without echo.
    init(_ declaration: Declaration) {
        let echoes = declaration.flag("selfEcho") ?? false
        switch declaration.text("directed") {
        case "routed": self.init(echoesRoom: echoes, echoesDirected: false, routesDirected: true)
        case "both": self.init(echoesRoom: echoes, echoesDirected: false, routesDirected: true, splitsStreams: true)
        default: self.init(echoesRoom: echoes, echoesDirected: echoes, routesDirected: false)
        }
    }
}
