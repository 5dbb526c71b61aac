/// One state of a thing's content, opaque: a revision id, an ETag, a modification stamp.
///
/// Equal versions mean equal bytes. Every read names the version it wants, so a changed object is an error, never a torn file.
package struct Version: ExactlyCompared, Sendable, Codable {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }
}
