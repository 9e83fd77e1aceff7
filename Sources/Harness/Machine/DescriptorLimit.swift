import Glibc

/// How many file descriptors this process may open (RLIMIT_NOFILE, getrlimit(2)).
package enum DescriptorLimit {
    /// The limit that holds now and the most it may be raised to.
    package static func current() -> (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return (1024, 1024) }
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    /// Raises the soft limit to the hard one; children inherit it.
    ///
    /// - Returns: the limit that holds afterwards.
    @discardableResult
    package static func raise() -> UInt64 {
        let (soft, hard) = Self.current()
        guard soft < hard else { return soft }
        var limit = rlimit(rlim_cur: rlim_t(hard), rlim_max: rlim_t(hard))
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return soft }
        return hard
    }
}
