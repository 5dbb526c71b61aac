/// What the kernel is told about a freshly opened file.
package struct OpenedFile: Sendable, Equatable {
    package var handle: UInt64
    /// Pages the kernel holds are of this very version: keep them.
    package var keepsCache: Bool
    /// Every read comes to us, sizes do not matter: generated files.
    package var isDirect: Bool

    package init(handle: UInt64, keepsCache: Bool, isDirect: Bool) {
        self.handle = handle
        self.keepsCache = keepsCache
        self.isDirect = isDirect
    }
}
