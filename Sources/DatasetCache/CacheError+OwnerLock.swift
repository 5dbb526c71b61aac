internal import DatasetSync

extension CacheError {
    /// Why the cache cannot be owned.
    init(_ failure: OwnerLock.Failure, path: String) {
        switch failure {
        case .owned(let owner):
            self.init(
                .busy(pid: owner),
                "process \(owner.map(String.init) ?? "unknown") uses this cache; end it or choose another directory",
                path: path
            )
        case .system(let call, let code):
            self.init(systemCall: call, errno: code, path: path)
        }
    }
}
