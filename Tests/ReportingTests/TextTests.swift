import Reporting
import Testing

@Suite struct `numbers and texts` {
    @Test(arguments: [
        (0.0, "0"), (1234567, "1,234,567"), (-1234, "−1,234"), (0.01234, "0.0123"), (1.234, "1.23"), (12.34, "12.3"),
        (123.4, "123"), (1234.5, "1,234"), (.infinity, "∞"), (.nan, "not a number"),
    ])
    func `are written with three digits and grouped thousands`(value: Double, text: String) {
        #expect(NumberText.significant(value) == text)
    }

    @Test(arguments: [
        (Quantity(0.9999, .ratio), "99.99 %"), (Quantity(1, .ratio), "100 %"),
        (Quantity(0.99999999, .ratio), "99.999999 %"),
        (Quantity(0.5, .ratio), "50.0 %"), (Quantity(0, .ratio), "0.0 %"), (Quantity(0.42, .milliseconds), "0.420 ms"),
        (Quantity(1730, .milliseconds), "1.73 s"), (Quantity(600_000, .milliseconds), "10 min"),
        (Quantity(3.6875, .factor), "3.69×"), (Quantity(1536, .bytes), "1.50 KiB"), (Quantity(12, .bytes), "12 B"),
        (Quantity(1.5, .cores), "1.50 cores"), (Quantity(93.5, .perSecond), "93.5/s"),
    ])
    func `carry their unit and never round a loss away`(quantity: Quantity, text: String) {
        #expect(quantity.text == text)
    }

    @Test func `say little of chance, and count in words`() {
        #expect(NumberText.probability(4e-14) == "< 0.001" && NumberText.probability(0.00866) == "0.009")
        #expect([0, 1, 1200].map { NumberText.counted($0, "run") } == ["no run", "1 run", "1,200 runs"])
    }

    @Test func `are escaped scalar by scalar`() {
        #expect(MarkupText.escape("<\u{338}a href=\"\u{301}x'&") == "&lt;\u{338}a href=&quot;\u{301}x&#39;&amp;")
        #expect(MarkupText.escape("a\u{0}b\tc\n") == "a\u{FFFD}b\tc\n")
        #expect(MarkdownText.escape("a|b\n<i>@x") == "a\\|b &lt;i>&#64;x")
        #expect(MarkdownText.code("a`b|c") == "`a'b\\|c`")
    }

    @Test func `inside a script leave nothing that ends it`() {
        let value = JSONValue.object(["</script>": .string("<!-- <script>"), "n": .number(0.5)])
        #expect(!value.scriptText.contains("<"))
    }
}
