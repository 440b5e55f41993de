/// Reproducible uniform numbers of mean 0 and variance 1 (xorshift).
struct UniformNumbers {
  var state: UInt64

  mutating func next() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return (Double(state >> 11) * 0x1p-53 - 0.5) * 12.0.squareRoot()
  }

  mutating func list(_ count: Int) -> [Double] { (0..<count).map { _ in next() } }
}
