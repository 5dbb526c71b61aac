package import DatasetSync

/// Who asks, and until when the answer is wanted.
package struct CallContext: Sendable {
    package var cancellation: Cancellation
    package var user: UInt32
    package var group: UInt32
    package var process: Int32

    package init(cancellation: Cancellation, user: UInt32 = 0, group: UInt32 = 0, process: Int32 = 0) {
        self.cancellation = cancellation
        self.user = user
        self.group = group
        self.process = process
    }
}
