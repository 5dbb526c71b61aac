import Foundation

/// The local platform's API as far as the measurements need it, by way of curl.
struct Platform {
    let url: String
    let key: String

    func makeDataset(_ name: String) throws -> String {
        try text(call("POST", "/v0.1/data-storage/datasets", ["name": name]), "id")
    }

    /// Makes an entry of an object that lies in a bucket.
    ///
    /// - Parameter entry: What it is called in the dataset; as in the bucket unless told.
    /// - Returns: The object's signed URL.
    func register(_ name: String, bucket: String, dataset: String, as entry: String? = nil) throws -> String {
        let answer = try call(
            "POST",
            "/v0.1/data-storage/data-entries",
            [
                "name": entry ?? name, "dataset_id": dataset, "is_collection": false, "file_path": entry ?? name,
                "existing_location": [
                    "storage_type": "gcs", "content_type": "file",
                    "metadata": ["bucket_name": bucket, "prefix": name],
                ],
            ]
        )
        let locations = answer["storage_locations"] as? [[String: Any]]
        let config = locations?.first?["storage_config"] as? [String: Any]
        return try text(config ?? [:], "signed_url")
    }

    func fill(_ dataset: String, entries: Int) throws {
        _ = try call("POST", "/admin/bulk", ["dataset": dataset, "count": entries, "size": 20, "kind": "text"])
    }

    /// Requests answered so far: for datasets with what they list, and all others.
    func requests() throws -> (dataset: Double, other: Double) {
        let counts = try call("GET", "/admin/stats", nil)["requests"] as? [String: Any] ?? [:]
        let all = counts.values.compactMap { $0 as? Double }.reduce(0, +)
        let dataset = counts["GET /v0.1/data-storage/datasets/{id}"] as? Double ?? 0
        return (dataset, all - dataset)
    }

    func traffic() throws -> (bytes: Double, requests: Double) {
        let answer = try call("GET", "/admin/stats", nil)
        let requests = (answer["requests"] as? [String: Any])?.values.compactMap { $0 as? Double }.reduce(0, +)
        return (answer["bytes_sent"] as? Double ?? .nan, requests ?? .nan)
    }

    func call(_ method: String, _ path: String, _ body: [String: Any]?) throws -> [String: Any] {
        var arguments = ["-sS", "--fail-with-body", "-X", method, url + path, "-H", "Content-Type: application/json"]
        if !path.hasPrefix("/admin/stats") {
            let login = try Program.run(
                "/usr/bin/curl",
                ["-sS", url + "/auth/login", "-H", "Content-Type: application/json", "-d", "{\"api_key\":\"\(key)\"}"]
            )
            arguments += ["-H", "Authorization: Bearer " + (try text(object(login), "access_token"))]
        }
        if let body {
            arguments += ["-d", String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)]
        }
        return try object(try Program.run("/usr/bin/curl", arguments))
    }

    func object(_ text: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw BenchmarkError(description: "no JSON object: \(text.prefix(200))")
        }
        return object
    }

    func text(_ object: [String: Any], _ key: String) throws -> String {
        guard let value = object[key] as? String else { throw BenchmarkError(description: "no \(key) in \(object)") }
        return value
    }
}

/// What the measurements of writing need.
extension Platform {
    /// Every answer comes so much later from now on; 0 takes that back.
    func delay(milliseconds: Int) throws {
        try Program.run("/usr/bin/curl", ["-sS", "-f", "-X", "DELETE", url + "/admin/faults"])
        guard milliseconds > 0 else { return }
        let rule = "{\"path\": \"data-storage\", \"delay_ms\": \(milliseconds)}"
        try Program.run("/usr/bin/curl", ["-sS", "-f", "-X", "POST", url + "/admin/faults", "-d", rule])
    }

    /// Makes a pending entry and asks for the addresses of its parts.
    ///
    /// - Parameter hashes: MD5 of each part, base64.
    func initiate(dataset: String, hashes: [String]) throws -> [String] {
        let entry = try call(
            "POST",
            "/v0.1/data-storage/data-entries",
            ["name": "peer.bin", "dataset_id": dataset, "is_collection": false, "file_path": "peer.bin"]
        )
        let id = try text(entry["data_storage"] as? [String: Any] ?? [:], "id")
        let path = "/v0.1/data-storage/data-entries/\(id)/multipart-upload/initiate"
        guard let urls = try call("POST", path, ["part_hashes": hashes])["part_urls"] as? [String] else {
            throw BenchmarkError(description: "no part_urls")
        }
        return urls
    }

    /// Makes text entries one after the other on one connection.
    ///
    /// - Returns: Seconds.
    func makeTexts(_ count: Int, dataset: String) throws -> Double {
        let login = try Program.run(
            "/usr/bin/curl",
            ["-sS", url + "/auth/login", "-H", "Content-Type: application/json", "-d", "{\"api_key\":\"\(key)\"}"]
        )
        let token = try text(object(login), "access_token")
        let content = String(repeating: "one line of text\n", count: 600)
        var arguments: [String] = []
        for index in 0..<count {
            let body = try JSONSerialization.data(
                withJSONObject: [
                    "name": "s\(index).txt", "dataset_id": dataset, "is_collection": false, "content": content,
                    "file_path": "s\(index).txt",
                ]
            )
            if index > 0 { arguments.append("--next") }
            arguments += [
                "-sS", "-f", "-o", "/dev/null", "-X", "POST", url + "/v0.1/data-storage/data-entries", "-H",
                "Authorization: Bearer " + token, "-H", "Content-Type: application/json", "-d",
                String(decoding: body, as: UTF8.self),
            ]
        }
        return try seconds { try Program.run("/usr/bin/curl", arguments) }
    }
}
