extension HistogramDelta {
    /// What V2 begins with: the format's number, and that counts take as many bytes as they need.
    static let cookie: UInt32 = 0x1c84_9303 | 0x10

    /// What its compressed form begins with.
    static let compressedCookie: UInt32 = 0x1c84_9304 | 0x10

    /// The counts in HdrHistogram's V2 form, big-endian: a header of 40 bytes, then every count up to the greatest value.
    ///
    /// Values are nanoseconds. A run of two or more empty slots is one negative number. Undelivered samples and values
    /// out of range have no place in this format.
    package func encodedV2() -> [UInt8] {
        var counts = ByteWriter()
        var next = 0
        for entry in self.entries {
            let gap = Int(entry.index) - next
            if gap == 1 { counts.zigZag(0) } else if gap > 1 { counts.zigZag(Int64(-gap)) }
            counts.zigZag(Int64(clamping: entry.count))
            next = Int(entry.index) + 1
        }
        if self.entries.isEmpty { counts.zigZag(0) }
        var out = ByteWriter()
        out.bigEndian(Self.cookie)
        out.bigEndian(UInt32(counts.bytes.count))
        out.bigEndian(UInt32(0))
        out.bigEndian(UInt32(BucketLayout.digits))
        out.bigEndian(BucketLayout.lowest)
        out.bigEndian(BucketLayout.highest)
        out.bigEndian((1.0).bitPattern)
        out.bytes(counts.bytes)
        return out.bytes
    }

    /// The V2 form inside a zlib stream with its own header, as `.hlog` files and other tools take it.
    package func compressedV2() -> [UInt8] {
        let stream = StoredZlib.wrap(self.encodedV2())
        var out = ByteWriter()
        out.bigEndian(Self.compressedCookie)
        out.bigEndian(UInt32(stream.count))
        out.bytes(stream)
        return out.bytes
    }

    /// ``compressedV2()`` as base64; it begins with `HISTFAAAA`.
    package var base64: String { Base64.encode(self.compressedV2()) }
}

extension LatencyHistogram {
    /// The counts in HdrHistogram's V2 compressed form; values are nanoseconds, undelivered samples are left out.
    package func encodedV2() -> [UInt8] { self.delta.compressedV2() }

    /// ``encodedV2()`` as base64, which `HdrHistogram.decode` of other languages reads.
    package var base64: String { self.delta.base64 }
}
