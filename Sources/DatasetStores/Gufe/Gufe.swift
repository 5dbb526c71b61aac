/// gufe's storage: a plain directory (gufe's `FileStorage`) or memory (its `MemoryStorage`), where a location is a
/// relative path with `/` between its parts.
///
/// gufe talks to no server; what it keeps of a file is its bytes and nothing else. No description, no digest that was
/// not computed by reading the whole content: neither store tells one.
package enum Gufe {}
