import Hummingbird

/// `/admin`: faults, counters and seeding, for tests and demonstrations; only there when the operator asked for it.
struct AdminRoutes {
    let platform: Platform

    func register(_ table: inout RouteTable) {
        let platform = platform
        table.get("/admin/faults") { _, _ in .json(.array(platform.faults.rules.map(\.json))) }
        table.post("/admin/faults") { request, _ in
            let buffer = try await request.body.collect(upTo: 1 << 20)
            guard let json = JSONValue.parse(buffer.readableBytesView) else {
                throw APIError.validation("body", message: "JSON decode error", type: "json_invalid")
            }
            let rules = try (json.arrayValue ?? [json]).map { try FaultRule($0) }
            platform.faults.add(rules)
            return .json(.array(platform.faults.rules.map(\.json)), status: .created)
        }
        table.delete("/admin/faults") { _, _ in
            platform.faults.clear()
            return Response(status: .noContent)
        }
        for path in ["/admin/requests", "/admin/stats"] {
            table.get(path) { _, _ in .json(platform.traffic.json) }
            table.delete(path) { _, _ in
                platform.traffic.reset()
                return Response(status: .noContent)
            }
        }
        let seeding = SeedRoutes(platform: platform)
        table.post("/admin/bulk") { request, _ in try await seeding.bulk(request) }
        table.post("/admin/object") { request, _ in try await seeding.object(request) }
        table.post("/admin/entries") { request, _ in try await seeding.plant(request) }
        table.post("/admin/trajectories") { request, _ in try await seeding.trajectory(request) }
    }
}
