public import ArgumentParser
public import Logging

struct LogOptions: ParsableArguments {
    @Option(help: "The least that is worth logging.")
    var logLevel: Logger.Level = .warning

    @Option(help: "How it is written.")
    var logFormat: LogFormat = .text

    @Option(
        help: ArgumentHelp(
            "Where a mount in the background logs to (default: $XDG_STATE_HOME/datasetfs/mount.log).",
            valueName: "file"
        )
    )
    var logFile: String?

    var logger: Logger {
        let (level, format) = (logLevel, logFormat)
        return Logger(label: "datasetfs") { LineLog(logLevel: level, format: format, label: $0) }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
