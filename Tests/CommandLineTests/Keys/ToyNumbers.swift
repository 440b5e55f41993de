import bench

/// Reproducible numbers of mean 0 and variance 1.
struct ToyNumbers {
  var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// Uniform.
  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ (z >> 31)) >> 11) * 0x1p-53 - 0.5) * 12.0.squareRoot()
  }

  mutating func white(_ count: Int) -> [Double] { (0..<count).map { _ in next() } }

  /// First-order autoregressive.
  mutating func slow(_ count: Int, memory: Double = 0.7) -> [Double] {
    var level = 0.0
    let scale = (1 - memory * memory).squareRoot()
    return (0..<count).map { _ in
      level = memory * level + next()
      return level * scale
    }
  }
}

/// As the studies of planted data have it.
typealias ToyFolder = bench.ToyFolder
