import Measure
import Signaling
import Testing

struct MetricCatalogueTests {
    /// Paths as the interface's table names them.
    private static let promised: [String] =
        """
        agents.requested agents.connected agents.disconnected agents.refused rooms.count rooms.complete
        messages.sent messages.unsent messages.late bytes.sent
        deliveries.total deliveries.useful deliveries.overheard deliveries.echo deliveries.duplicate deliveries.stray
        deliveries.control deliveries.foreign
        signaling.sent signaling.deliveries signaling.useful chatter.sent chatter.deliveries chatter.useful
        deliveries.expected deliveries.lost deliveries.grey deliveries.reordered deliveries.corrupted deliveries.verified
        bytes.delivered bytes.useful
        amplification.messages amplification.bytes amplification.remote amplification.predicted
        negotiation.expected negotiation.negotiated negotiation.connectable negotiation.completion negotiation.censored
        negotiation.failed.noResponse negotiation.failed.refusedMax negotiation.failed.glare
        negotiation.failed.offerTimeout negotiation.failed.answerTimeout negotiation.failed.candidateLost
        negotiation.failed.falseStable negotiation.failed.peerGone negotiation.failed.backendRefused
        negotiation.time.p50 negotiation.time.p90 negotiation.time.p99 negotiation.time.max negotiation.planned.p50
        fanout.latency.p50 fanout.latency.p90 fanout.latency.p99 fanout.latency.p999 fanout.latency.max
        fanout.first.p99 fanout.last.p99 fanout.skew.p99 fanout.uncorrected.p99
        delivery.call.p50 delivery.response.p50 delivery.offer.p50 delivery.answer.p50 delivery.candidate.p50
        delivery.bye.p50 delivery.chatter.p50
        session.login.p50 session.connect.p99 session.join.p99 session.reconnect.max session.backpressure.p99
        generator.cpu generator.rss generator.loopLag.p99 generator.sendLateness.p99 generator.deliveriesPerCpuSecond
        backend.cpu backend.rss backend.throttled.time backend.deliveriesPerCpuSecond
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    @Test(arguments: promised)
    func `every path of the interface is known`(path: String) {
        #expect(MetricCatalogue.find(path) != nil)
    }

    @Test func `every distribution that a loop records is known with all its figures`() {
        for probe in Probe.allCases {
            for figure in ["p50", "p90", "p95", "p99", "p999", "max", "mean", "samples", "censored", "p99.censored"] {
                #expect(MetricCatalogue.find("\(probe.path).\(figure)") != nil, "\(probe.path).\(figure)")
            }
        }
    }

    @Test func `no path stands twice, none has a placeholder left and every one is explained`() {
        let paths = MetricCatalogue.all.map(\.path)
        #expect(Set(paths).count == paths.count)
        for metric in MetricCatalogue.all {
            #expect(!metric.path.contains("<") && !metric.summary.contains("<"), "\(metric.path)")
            #expect(metric.summary.count > 15 && metric.summary.hasSuffix("."), "\(metric.path): \(metric.summary)")
        }
    }

    @Test(arguments: [
        "fanout.latency", "fanout.latency.p98", "deliveries.lost.censored", "delivery.hello.p50", "negotiation.failed",
        "", ".censored", "p99",
    ])
    func `a path that no run has is unknown`(path: String) {
        #expect(MetricCatalogue.find(path) == nil)
    }

    @Test(
        arguments: [
            ("fanout.latency.p99", .milliseconds), ("negotiation.completion", .ratio), ("bytes.sent", .bytes),
            ("backend.rss", .bytes), ("generator.cpu", .cores), ("amplification.bytes", .factor),
            ("backend.deliveriesPerCpuSecond", .perSecond), ("fanout.latency.samples", .count),
            ("fanout.latency.p99.censored", .count), ("rooms.completeAt.max", .milliseconds),
        ] as [(String, MetricInfo.Unit)])
    func `a metric has its unit`(path: String, unit: MetricInfo.Unit) {
        #expect(MetricCatalogue.find(path)?.unit == unit)
    }

    @Test func `a percentile says below how many samples it is absent`() {
        #expect(MetricCatalogue.find("fanout.latency.p99")?.summary.contains("Absent below 299 samples") == true)
        #expect(MetricCatalogue.find("fanout.latency.max")?.summary.contains("Absent below") == false)
    }
}
