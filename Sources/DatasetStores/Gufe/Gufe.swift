/// gufe's storage: a plain directory (gufe's `FileStorage`) or memory (its `MemoryStorage`), where a location is a
/// relative path with `/` between its parts.
///
/// gufe talks to no server; what it keeps of a file is its bytes and nothing else. Description and tags are the file
/// system's own addition, which gufe does not see; no store tells a digest that was not computed by reading everything.
package enum Gufe {}
