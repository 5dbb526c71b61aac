/// Why a mount could not be made, served or removed. The description says what is wrong and what helps.
package enum MountError: Error, Sendable, Equatable {
    case badOption(String)
    /// There is no /dev/fuse.
    case noDevice
    /// /dev/fuse is there, but this account may not use it.
    case deviceDenied(errno: Int32)
    /// Root, but without the power to mount, as in an ordinary container.
    case noCapability
    case noHelper
    /// /etc/fuse.conf does not let ordinary accounts open their mounts to others.
    case audienceDenied(MountAudience)
    case mountPointMissing(String)
    case mountPointNotDirectory(String)
    case mountPointUnreadable(String, errno: Int32)
    /// Not the account's own directory, or not writable by it.
    case mountPointDenied(String)
    case alreadyMounted(String, what: MountRecord)
    /// A mount whose server has died.
    case stale(String)
    case notEmpty(String)
    /// libfuse or the kernel said no; the words are theirs.
    case refused(String, details: String)
    case sessionFailed(errno: Int32)
    case notMounted(String)
    case busy(String, holders: [String])
    case unmountFailed(String, details: String)
}

extension MountError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badOption(let sentence):
            sentence
        case .noDevice:
            """
            There is no /dev/fuse: the kernel's FUSE module is not loaded, or this is a container without the device. Run \
            “modprobe fuse” as root; start a container with “--device /dev/fuse --cap-add SYS_ADMIN”.
            """
        case .deviceDenied(let errno):
            """
            /dev/fuse cannot be opened (\(errorText(errno))). Make it usable with “chmod 666 /dev/fuse” as root, which is \
            how Debian ships it, or mount as root.
            """
        case .noCapability:
            """
            This process is root but may not mount (it lacks CAP_SYS_ADMIN), as in an ordinary container. Start the \
            container with “--device /dev/fuse --cap-add SYS_ADMIN” (and “--security-opt apparmor=unconfined” where \
            AppArmor is on).
            """
        case .noHelper:
            """
            An ordinary account mounts with the help of fusermount3, which is not installed. Run “apt install fuse3” as \
            root, or mount as root.
            """
        case .audienceDenied(let audience):
            """
            This account may not open its mounts to \(audience == .everyone ? "everyone" : "root"). Add the line \
            “user_allow_other” to /etc/fuse.conf as root, or leave the option away.
            """
        case .mountPointMissing(let path):
            "The mount point “\(path)” does not exist. Make it with “mkdir -p \(path)”."
        case .mountPointNotDirectory(let path):
            "The mount point “\(path)” is not a directory. Choose an empty directory."
        case .mountPointUnreadable(let path, let errno):
            """
            The mount point “\(path)” cannot be examined (\(errorText(errno))). Choose a directory that this account can \
            read.
            """
        case .mountPointDenied(let path):
            "This account may not write to the mount point “\(path)”. Choose a directory of your own, or mount as root."
        case .alreadyMounted(let path, let mount):
            """
            Something is mounted on “\(path)” already: “\(mount.source)”, of type \(mount.type). Unmount it first\
            \(mount.isOurs ? " with “datasetfs unmount \(path)”" : "") or choose another directory.
            """
        case .stale(let path):
            """
            “\(path)” is left over from a mount whose server has ended (“Transport endpoint is not connected”). Clear it \
            with “datasetfs unmount \(path)” or “fusermount3 -u \(path)”, then mount again.
            """
        case .notEmpty(let path):
            """
            The mount point “\(path)” is not empty; its files would be hidden while the mount lasts. Choose an empty \
            directory, or say --nonempty to cover them.
            """
        case .refused(let path, let details):
            "Mounting on “\(path)” was refused: \(details)"
        case .sessionFailed(let errno):
            "The kernel's connection to the mount broke (\(errorText(errno))). Unmount what is left and mount again."
        case .notMounted(let path):
            "No dataset is mounted at “\(path)”. “findmnt -t fuse.datasetfs” lists the mounts."
        case .busy(let path, let holders):
            """
            “\(path)” is in use\(holders.isEmpty ? "" : " by \(holders.joined(separator: ", "))"). Leave the directory and \
            close its files, or unmount lazily: it then vanishes at once and ends with its last open file.
            """
        case .unmountFailed(let path, let details):
            "“\(path)” could not be unmounted: \(details)"
        }
    }
}
