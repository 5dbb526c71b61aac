import DatasetModel
import DatasetTestSupport

/// A store under test with a door behind it: what the platform's other users do.
///
/// The doors must not go through the store itself, nor wait for a thread that it needs: they are used in the midst of
/// its reads. What was made for the fixture (directories, servers) goes with it, in `deinit`.
protocol StoreFixture: AnyObject, Sendable {
    static var traits: FixtureTraits { get }

    /// Makes a store that holds exactly that tree.
    init(holding tree: ReferenceTree) throws

    var store: any Store { get }

    /// A well-formed location at which there is nothing and never was.
    var unknownLocation: Location { get }

    /// Creates or replaces a thing from outside; its directory is there.
    func put(_ entry: ReferenceTree.Entry, at path: ReferenceTree.Path) throws

    /// Removes a file or an empty directory from outside.
    func remove(_ path: ReferenceTree.Path) throws
}

/// What a store can hold at all: what it cannot, no check asks of it.
struct FixtureTraits: Sendable {
    /// Files directly in the root, beside directories.
    var holdsFilesInRoot = true
    var holdsEmptyDirectories = true
    /// The target of a link that the store can hold; nil when it holds none.
    var linkTarget: String?
    /// How many children a page has at most, in the store that the fixture makes.
    var pageSize = 1000
    /// A listing shows what stays exactly once even when other things come and go between its pages.
    var pagesSurviveChanges = true
    /// Files have a time of modification (and one of creation, where the store tells it), by about this machine's clock.
    var tellsTimes = true
    var bigFileSize: UInt64 = 64 << 20
    /// Names that the store could not hold.
    var refusesName: @Sendable (String) -> Bool = { _ in false }
    /// What applies to writing; nil for a store that can only be read.
    var writing: WritingTraits?
}

/// What of writing a store can do at all.
struct WritingTraits: Sendable {
    /// A second thing of the same name is refused; without this it stands beside the first.
    var refusesTakenNames = true
    /// A file is to be removed only in the version that the remover saw.
    var holdsVersionOnRemoval = true
    /// What is being created is in no listing before it is whole.
    var hidesUnfinished = true
    /// A replaced file is where it was.
    var keepsLocationOnReplacement = true
    /// Names that are refused before anything is asked.
    var refusedNames = ["", ".", "..", "a/b", "/", "nul\0byte", String(repeating: "n", count: 256)]
    /// Bytes of the contents that are created and read back.
    var sizes: [UInt64] = [
        0, 1, 4095, 4096, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (5 << 20) + 3,
    ]
    /// The one that is used where things go wrong on the way: more than one piece of what the store sends.
    var longSize: UInt64 = (5 << 20) + 3
    /// How many random changes are compared with a model.
    var randomSteps = 300
}
