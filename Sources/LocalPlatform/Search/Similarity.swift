/// The likeness of two embeddings: the cosine of the angle between them.
enum Similarity {
    /// Nil when they differ in length or one has none.
    static func cosine(_ a: [Double], _ b: [Double]) -> Double? {
        guard a.count == b.count, !a.isEmpty else { return nil }
        var product = 0.0
        var first = 0.0
        var second = 0.0
        for (x, y) in zip(a, b) {
            product += x * y
            first += x * x
            second += y * y
        }
        guard first > 0, second > 0 else { return nil }
        return product / (first * second).squareRoot()
    }
}
