internal import DatasetModel

/// The modification times that extra fields tell, finer than the DOS time and free of time zones.
enum MemberTimes {
    /// 1601-01-01 to 1970-01-01 in units of 100 ns.
    private static let windowsEpoch: Int64 = 116_444_736_000_000_000

    /// Field 0x5455: a byte of flags, then seconds since 1970, modification time first.
    static func extended(_ data: ArraySlice<UInt8>) -> Timestamp? {
        guard data.count >= 5, data[data.startIndex] & 1 == 1 else { return nil }
        return seconds(data, at: data.startIndex + 1)
    }

    /// Field 0x5855: access time, then modification time.
    static func unix(_ data: ArraySlice<UInt8>) -> Timestamp? {
        data.count >= 8 ? seconds(data, at: data.startIndex + 4) : nil
    }

    /// Field 0x000a: four bytes, then attributes with tag and length; the first attribute has three Windows times.
    static func ntfs(_ data: ArraySlice<UInt8>) -> Timestamp? {
        for (tag, times) in ExtraFields(data.dropFirst(4)) where tag == 1 && times.count >= 8 {
            let ticks = Int64(clamping: times.uint64(at: times.startIndex))
            let (nanoseconds, overflow) = (ticks - windowsEpoch).multipliedReportingOverflow(by: 100)
            return overflow || ticks == 0 ? nil : Timestamp(nanoseconds: nanoseconds)
        }
        return nil
    }

    private static func seconds(_ data: ArraySlice<UInt8>, at index: Int) -> Timestamp {
        Timestamp(seconds: Int64(Int32(bitPattern: data.uint32(at: index))))
    }
}
