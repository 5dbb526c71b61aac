internal import CCurl
internal import Glibc

/// Owns one `CURL`, used for one transfer after another; made, used and freed on the loop's thread alone.
///
/// libcurl keeps pointers to this object while a transfer runs; the loop holds it for at least as long.
@safe final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    /// What is being transferred; nil between transfers.
    var exchange: Exchange?
    let configuration: TransportConfiguration
    let statistics: TransferStatistics

    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var status = CURLE_OK

    init?(_ configuration: TransportConfiguration, _ statistics: TransferStatistics) {
        guard let raw = unsafe curl_easy_init() else {
            unsafe errorText.deallocate()
            return nil
        }
        unsafe self.raw = raw
        self.configuration = configuration
        self.statistics = statistics
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe curl_slist_free_all(fields)
        unsafe errorText.deallocate()
    }

    /// The address by which the multi handle names this one.
    var key: UInt { unsafe UInt(bitPattern: raw) }

    /// Forgets the last transfer's options; connections and the DNS cache are the multi handle's and stay.
    func reset() {
        unsafe curl_easy_reset(raw)
        unsafe curl_slist_free_all(fields)
        unsafe fields = nil
        status = CURLE_OK
        unsafe errorText.pointee = 0
        unsafe datasetfs_easy_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText)
    }

    // MARK: - Options: the first failure is kept until `finishOptions()`

    func set(_ option: CURLoption, _ value: Int) {
        keep(unsafe datasetfs_easy_set_long(raw, option, value))
    }

    func set(_ option: CURLoption, offset value: Int) {
        keep(unsafe datasetfs_easy_set_offset(raw, option, curl_off_t(value)))
    }

    func set(_ option: CURLoption, _ value: String) {
        keep(unsafe datasetfs_easy_set_string(raw, option, value))
    }

    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) {
        keep(unsafe datasetfs_easy_set_pointer(raw, option, pointer))
    }

    func set(_ option: CURLoption, function: curl_write_callback) {
        keep(unsafe datasetfs_easy_set_transfer(raw, option, function))
    }

    func keep(_ code: CURLcode) {
        if status == CURLE_OK { status = code }
    }

    /// Adds a line to the header list that ``finishOptions()`` hands over.
    func addField(_ line: String) {
        guard let longer = unsafe curl_slist_append(fields, line) else { return keep(CURLE_OUT_OF_MEMORY) }
        unsafe fields = longer
    }

    func finishOptions() -> CURLcode {
        keep(unsafe datasetfs_easy_set_list(raw, CURLOPT_HTTPHEADER, fields))
        return status
    }

    // MARK: - What happened

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        _ = unsafe datasetfs_easy_get_long(raw, info, &value)
        return value
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        _ = unsafe datasetfs_easy_get_offset(raw, info, &value)
        return Int64(value)
    }

    /// libcurl's detailed words when it left some, else its general ones for the code.
    func explanation(of code: CURLcode) -> String {
        let details = unsafe String(cString: errorText)
        return unsafe Redaction.message(details.isEmpty ? String(cString: curl_easy_strerror(code)) : details)
    }
}
