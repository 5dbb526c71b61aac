import Foundation

/// How long until a new mount answers `ls`, and until it is gone.
enum MountTable {
    static func measure(_ bench: Bench) throws -> Table {
        var (mount, list, unmount) = ([Double](), [Double](), [Double]())
        let place = bench.directory + "/mnt"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        for _ in 0..<max(5, bench.settings.repeats) {
            bench.clear("mount-cache")
            let mounting = try seconds { try bench.mount(at: place, cache: "mount-cache") }
            let listing = try seconds { try Program.run("/bin/ls", [place]) }
            mount.append((mounting + listing) * 1000)
            list.append(listing * 1000)
            unmount.append(try seconds { try bench.unmount(place) } * 1000)
        }
        return Table(
            title: "mount (goal: mount and first ls under 300 ms, unmount under 1000 ms)",
            columns: ["ms"],
            rows: [
                .init(name: "mount + ls of the root, nothing cached", values: [mount]),
                .init(name: "of that, ls", values: [list]), .init(name: "unmount", values: [unmount]),
            ]
        )
    }
}
