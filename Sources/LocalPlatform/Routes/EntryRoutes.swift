import GRDB
import Hummingbird

/// `/v0.1/data-storage/data-entries`: making, reading, changing and deleting entries.
struct EntryRoutes {
    static let base = "/v0.1/data-storage/data-entries"

    let platform: Platform

    var answer: EntryAnswer { EntryAnswer(signer: platform.signer) }

    func register(_ table: inout RouteTable) {
        table.post(Self.base) { request, _ in try await create(request) }
        table.get(Self.base + "/:id") { try await read($0, id: $1.parameters.require("id")) }
        table.get(Self.base + "/:id/status") { try await status($0, id: $1.parameters.require("id")) }
        table.get(Self.base + "/:id/revisions") { try await revisions($0, id: $1.parameters.require("id")) }
        table.patch(Self.base + "/:id") { try await change($0, id: $1.parameters.require("id")) }
        table.delete(Self.base + "/:id") { try await delete($0, id: $1.parameters.require("id")) }
        table.get("/v0.1/data-storage/provenance/data-entries") { request, _ in try await provenance(request) }
    }
}
