internal import CCurl

/// Owns a `CURLM` with its connections.
///
/// Sendable although unchecked: libcurl allows one call from any thread, `curl_multi_wakeup`, which is the only member
/// used off the loop's thread; `deinit` runs when nobody else holds the handle.
@safe final class MultiHandle: @unchecked Sendable {
    private let raw: UnsafeMutableRawPointer
    /// Held because connections report their end to it, the last ones from within `deinit`.
    private let statistics: TransferStatistics

    init?(_ configuration: TransportConfiguration, _ statistics: TransferStatistics) {
        guard CurlLibrary.isReady, let raw = unsafe curl_multi_init() else { return nil }
        unsafe self.raw = raw
        self.statistics = statistics
        set(CURLMOPT_MAX_HOST_CONNECTIONS, configuration.connectionsPerHost)
        set(CURLMOPT_MAXCONNECTS, configuration.idleConnections)
        set(CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    deinit {
        unsafe curl_multi_cleanup(raw)
    }

    private func set(_ option: CURLMoption, _ value: Int) {
        _ = unsafe datasetfs_multi_set_long(raw, option, value)
    }

    /// Ends the present or the next ``poll(milliseconds:)``; from any thread.
    func wakeUp() {
        unsafe curl_multi_wakeup(raw)
    }

    func add(_ easy: EasyHandle) -> Bool {
        unsafe curl_multi_add_handle(raw, easy.raw) == CURLM_OK
    }

    /// Takes a transfer off, whatever its state; a connection in the middle of an answer is closed.
    func remove(_ easy: EasyHandle) {
        unsafe curl_multi_remove_handle(raw, easy.raw)
    }

    func perform() -> Bool {
        var running: Int32 = 0
        return unsafe curl_multi_perform(raw, &running) == CURLM_OK
    }

    /// Waits for a socket, a timer of libcurl's, a wake-up or the time.
    func poll(milliseconds: Int32) -> Bool {
        unsafe curl_multi_poll(raw, nil, 0, milliseconds, nil) == CURLM_OK
    }

    /// The next transfer that has ended: its handle's address and why.
    func nextFinished() -> (UInt, CURLcode)? {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(raw, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else {
                continue
            }
            return unsafe (UInt(bitPattern: easy), message.pointee.data.result)
        }
        return nil
    }
}

enum CurlLibrary {
    /// Initialises libcurl once per process; this libcurl says of itself that doing so is thread-safe.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) == CURLE_OK
}
