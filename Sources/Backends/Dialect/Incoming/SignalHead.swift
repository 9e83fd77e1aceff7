package import Signaling

/// What was learnt of a signal without reading its body.
package struct SignalHead: Equatable, Sendable {
    /// Its `type`; nil when it is missing or none of ours.
    package var kind: SignalKind?
    /// What the filter says (``Filter``).
    package var verdict: FilterVerdict
    /// Its tag; nil makes it foreign.
    package var tag: Tag?
    /// The content of its `from` without the quotes, still escaped; empty when absent.
    ///
    /// These are indices of the buffer that was given to ``Dialect/next(_:now:into:)``, or of ``Dialect/scratch`` when
    /// ``bodyIsInScratch`` is set.
    package var from: Range<Int>
    /// Size of the signal's JSON in bytes.
    package var bytes: Int
    /// Whether the signal came nested in a string and was unescaped into ``Dialect/scratch``.
    package var bodyIsInScratch: Bool

    package init(
        kind: SignalKind?,
        verdict: FilterVerdict,
        tag: Tag?,
        from: Range<Int>,
        bytes: Int,
        bodyIsInScratch: Bool = false
    ) {
        self.kind = kind
        self.verdict = verdict
        self.tag = tag
        self.from = from
        self.bytes = bytes
        self.bodyIsInScratch = bodyIsInScratch
    }
}
