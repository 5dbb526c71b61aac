/// The Edison platform's data storage: datasets that hold entries, read and written over its JSON API and signed
/// URLs.
///
/// What is hard about it, and who deals with it:
/// 1. Nothing lists datasets or entries. ``Enumeration`` pages through the search, in slices of creation time where
///    there is more than the search shows; what is named in ``Options`` is always there.
/// 2. One call answers a whole dataset with every text in it. ``DatasetReader`` reads that answer as it arrives and
///    keeps no content; ``TreeCache`` lets one answer serve all directories of the dataset.
/// 3. Entries have no kind and no size. ``Shape`` infers the kind; ``ObjectProbe`` asks the object for its size.
/// 4. Objects lie behind URLs that expire, elsewhere. ``SignedURLs`` keeps them fresh; ``ObjectReader`` goes on where
///    one broke off and makes sure that it is still the same object.
/// 5. Tokens expire and refusals look like expiry. ``Session`` logs in again, but only when that can help.
/// 6. Texts and objects change in different ways. ``EntryVersion`` names the state of a content.
/// 7. A request that makes an entry must not be repeated, and its answer may be lost. ``EntryMaker`` marks each entry in
///    its metadata and looks for the mark before it asks again; ``UploadNote`` is what it remembers across a crash.
/// 8. Objects go to signed URLs that end before a long upload does. ``MultipartUpload`` and, on older platforms,
///    ``ResumableUpload`` go on where they stood.
/// 9. Nothing tells what a listing already shows. ``TreeCache`` lays this process's own changes over every answer that was
///    asked for before them.
package enum Edison {}
