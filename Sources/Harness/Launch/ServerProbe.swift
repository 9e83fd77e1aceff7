import NIOCore
import NIOPosix

/// Asks once whether a server takes connections.
package enum ServerProbe {
    /// Asks a server.
    ///
    /// - Parameters:
    ///   - check: what counts as ready.
    ///   - timeout: how long one attempt may take.
    /// - Returns: whether it is ready; refusals, timeouts and resets are "not yet".
    package static func isReady(_ check: ReadyCheck, timeout: Duration = .seconds(1)) async -> Bool {
        let amount = TimeAmount(timeout)
        switch check {
        case .connect(let host, let port):
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(amount)
            guard let channel = try? await bootstrap.connect(host: host, port: port).get() else { return false }
            try? await channel.close().get()
            return true
        case .get(let host, let port, let path):
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let status = loop.makePromise(of: Int.self)
            let timer = loop.scheduleTask(in: amount) { status.fail(ChannelError.connectTimeout(amount)) }
            let connected = ClientBootstrap(group: loop).connectTimeout(amount)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = StatusLineHandler(host: host, port: port, path: path, status: status)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(host: host, port: port)
            connected.whenFailure { status.fail($0) }
            let answer = try? await status.futureResult.get()
            timer.cancel()
            connected.whenSuccess { $0.close(promise: nil) }
            return answer.map { $0 < 500 } ?? false
        }
    }
}
