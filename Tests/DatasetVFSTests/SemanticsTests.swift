import Testing

/// Each test is headed by the sentence, of what the mounted tree promises, that it proves.
@Suite("Semantics")
enum SemanticsTests {}
