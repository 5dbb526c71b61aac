internal import CCurl
internal import DatasetSync
internal import Glibc

extension EasyHandle {
    /// The functions by which libcurl calls back, on the loop's thread, from within `curl_multi_perform`.
    func setCallbacks() {
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe set(CURLOPT_HEADERFUNCTION, function: receiveLine)
        unsafe set(CURLOPT_HEADERDATA, pointer: me)
        unsafe set(CURLOPT_WRITEFUNCTION, function: receiveBody)
        unsafe set(CURLOPT_WRITEDATA, pointer: me)
        unsafe set(CURLOPT_READFUNCTION, function: sendBody)
        unsafe set(CURLOPT_READDATA, pointer: me)
        keep(unsafe datasetfs_easy_set_seek(raw, seekBody))
        unsafe set(CURLOPT_SEEKDATA, pointer: me)
        keep(unsafe datasetfs_easy_set_before_request(raw, beforeRequest))
        unsafe set(CURLOPT_PREREQDATA, pointer: me)
        keep(unsafe datasetfs_easy_set_open_socket(raw, openSocket))
        unsafe set(CURLOPT_OPENSOCKETDATA, pointer: me)
        // A connection outlives the transfer it was made for, so it is given what lives as long as all connections.
        keep(unsafe datasetfs_easy_set_close_socket(raw, closeSocket))
        unsafe set(CURLOPT_CLOSESOCKETDATA, pointer: Unmanaged.passUnretained(statistics).toOpaque())
    }

    fileprivate static func of(_ data: UnsafeMutableRawPointer?) -> EasyHandle? {
        guard let data = unsafe data else { return nil }
        return unsafe Unmanaged<EasyHandle>.fromOpaque(data).takeUnretainedValue()
    }

    fileprivate func noteProgress() {
        exchange?.lastProgress = configuration.time.now()
    }

    /// - Returns: The bytes given, 0 at the end, or libcurl's word for "later" or "never".
    fileprivate func giveBody(_ target: UnsafeMutableRawBufferPointer) -> Int {
        guard let exchange else { return 0 }
        if let pipe = exchange.submission.pipe { return unsafe givePiece(target, from: pipe, at: exchange.bodyOffset) }
        guard let body = exchange.submission.request.body else { return 0 }
        let count = min(target.count, body.count - exchange.bodyOffset)
        unsafe body.withUnsafeBytes { source in
            unsafe target.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: source[exchange.bodyOffset...].prefix(count))
            )
        }
        self.exchange?.bodyOffset += count
        noteProgress()
        return count
    }

    private func givePiece(_ target: UnsafeMutableRawBufferPointer, from pipe: BodyPipe, at offset: Int) -> Int {
        switch unsafe pipe.give(target, at: offset) {
        case .bytes(let count):
            exchange?.bodyOffset += count
            noteProgress()
            return count
        case .wait:
            exchange?.waitsForBody = true
            return Int(CURL_READFUNC_PAUSE)
        case .failed:
            exchange?.lacksBody = true
            return Int(CURL_READFUNC_ABORT)
        }
    }

    /// There is something to send again.
    func resumeBody() {
        guard exchange?.waitsForBody == true else { return }
        exchange?.waitsForBody = false
        noteProgress()
        _ = unsafe curl_easy_pause(raw, CURLPAUSE_CONT)
    }

    /// libcurl begins the body anew when it has to send the request again.
    fileprivate func moveBody(to offset: Int) -> Bool {
        guard let size = exchange?.submission.request.bodySize, (0...size).contains(offset) else { return false }
        exchange?.bodyOffset = offset
        return true
    }

    /// Says whether the request may be written to the connection that was found for it.
    ///
    /// When a kept connection turns out dead, libcurl silently sends the request again on another. That is welcome except
    /// for a request that must not be repeated: the first copy may have been acted on.
    fileprivate func maySend() -> Bool {
        noteProgress()
        exchange?.timesSent += 1
        guard let exchange else { return false }
        return exchange.timesSent == 1 || exchange.submission.request.isIdempotent
    }
}

private func receiveLine(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ data: UnsafeMutableRawPointer?
) -> Int {
    guard let easy = unsafe EasyHandle.of(data) else { return 0 }
    easy.noteProgress()
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    let goesOn = unsafe easy.exchange?.answer.take(line: line) ?? false
    // libcurl takes any other number than the one it passed for "stop".
    return goesOn ? size * count : 0
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ data: UnsafeMutableRawPointer?
) -> Int {
    guard let easy = unsafe EasyHandle.of(data) else { return 0 }
    easy.noteProgress()
    let chunk = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    // An empty chunk cannot say "stop" by its count; libcurl sends one for an empty file only.
    guard unsafe !chunk.isEmpty else { return 0 }
    // While bytes keep coming libcurl does not return to the loop, which would look: a fast answer would be read to its end.
    guard easy.exchange?.submission.cancellation.isCancelled == false else { return 0 }
    let goesOn = unsafe easy.exchange?.answer.take(body: chunk) ?? false
    return goesOn ? size * count : 0
}

private func sendBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ data: UnsafeMutableRawPointer?
) -> Int {
    guard let easy = unsafe EasyHandle.of(data) else { return Int(CURL_READFUNC_ABORT) }
    return unsafe easy.giveBody(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

private func seekBody(_ data: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard let easy = unsafe EasyHandle.of(data), origin == SEEK_SET, easy.moveBody(to: Int(offset)) else {
        return CURL_SEEKFUNC_FAIL
    }
    return CURL_SEEKFUNC_OK
}

private func beforeRequest(
    _ data: UnsafeMutableRawPointer?,
    _ remoteAddress: UnsafeMutablePointer<CChar>?,
    _ localAddress: UnsafeMutablePointer<CChar>?,
    _ remotePort: Int32,
    _ localPort: Int32
) -> Int32 {
    guard let easy = unsafe EasyHandle.of(data), easy.maySend() else { return CURL_PREREQFUNC_ABORT }
    return CURL_PREREQFUNC_OK
}

private func openSocket(
    _ data: UnsafeMutableRawPointer?,
    _ purpose: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let easy = unsafe EasyHandle.of(data), let address = unsafe address?.pointee else { return -1 }
    // libcurl itself leaves its sockets open to child processes.
    let type = address.socktype | Int32(bitPattern: SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, address.protocol)
    if descriptor < 0 {
        easy.exchange?.socketError = errno
    } else {
        easy.statistics.connectionOpened()
    }
    return descriptor
}

private func closeSocket(_ data: UnsafeMutableRawPointer?, _ descriptor: curl_socket_t) -> Int32 {
    if let data = unsafe data {
        unsafe Unmanaged<TransferStatistics>.fromOpaque(data).takeUnretainedValue().connectionClosed()
    }
    return close(descriptor)
}
