internal import CCurl
internal import DatasetSync

extension EasyHandle {
    /// Options for the exchange's present hop.
    func prepare(_ exchange: Exchange) -> CURLcode {
        reset()
        self.exchange = exchange
        let request = exchange.submission.request

        set(CURLOPT_URL, exchange.address.url)
        setConnection(exchange)
        setTrust()
        setMethod(request)
        setFields(exchange)
        setCallbacks()
        return finishOptions()
    }

    private func setConnection(_ exchange: Exchange) {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_NOSIGNAL, 1)
        // A cancelled transfer must not wait for the resolver's thread: that would hold up every other transfer.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(configuration.connectTimeout.inSeconds * 1000)))
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // Measured on loopback: 512 KiB receives up to twice as fast as libcurl's 16 KiB.
        set(CURLOPT_BUFFERSIZE, 512 << 10)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        switch configuration.proxy {
        case .fromEnvironment: break
        case .none: set(CURLOPT_PROXY, "")
        case .at(let url): set(CURLOPT_PROXY, url)
        }

        // Parallel ranges are asked for to use several connections; HTTP/2 would put them all on one, with one congestion
        // window. Everything else shares a connection where the server can, and waits for a new one to say whether it
        // can. Without TLS there is nothing to wait for: HTTP/2 is only negotiated in the handshake.
        // Parts of an upload likewise.
        let isRanged =
            exchange.submission.request.header("Range") != nil || exchange.submission.request.source != nil
        set(CURLOPT_HTTP_VERSION, Int(isRanged ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_PIPEWAIT, exchange.address.scheme == "https" && !isRanged ? 1 : 0)
    }

    private func setTrust() {
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = configuration.trust.file { set(CURLOPT_CAINFO, file) }
        if let directory = configuration.trust.directory { set(CURLOPT_CAPATH, directory) }
    }

    private func setMethod(_ request: HTTPRequest) {
        let size = request.bodySize
        switch request.method {
        case .get where request.body == nil && request.source == nil:
            set(CURLOPT_HTTPGET, 1)
        case .head:
            set(CURLOPT_NOBODY, 1)
        case .delete where request.body == nil && request.source == nil:
            set(CURLOPT_CUSTOMREQUEST, "DELETE")
        case .put:
            set(CURLOPT_UPLOAD, 1)
            set(CURLOPT_INFILESIZE_LARGE, offset: size)
            set(CURLOPT_UPLOAD_BUFFERSIZE, 512 << 10)
        case .get, .post, .patch, .delete:
            set(CURLOPT_POST, 1)
            set(CURLOPT_POSTFIELDSIZE_LARGE, offset: size)
            set(CURLOPT_UPLOAD_BUFFERSIZE, 512 << 10)
            if request.method != .post { set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        }
    }

    private func setFields(_ exchange: Exchange) {
        let request = exchange.submission.request
        set(CURLOPT_USERAGENT, "datasetfs/\(configuration.version)")
        for field in exchange.headers where !field.isNamed("Content-Length") {
            // libcurl's own way to write a field without a value is a semicolon for the colon.
            addField(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        // libcurl would wait a second for "100 Continue" before each larger body.
        addField("Expect:")
        // Without a type of our own, libcurl calls every POST a web form.
        if request.header("Content-Type") == nil { addField("Content-Type:") }
        if request.acceptsCompression, request.header("Range") == nil { set(CURLOPT_ACCEPT_ENCODING, "") }
    }
}
