import LinearAlgebra

extension NoiseCeiling {
  /// Two halves of ⌊N/2⌋ of N members; with an odd N one member is in neither. Halves depend on (seed, key, split) alone.
  public static func randomHalves(
    of count: Int, split: Int, seed: UInt64, key: String = ""
  ) -> (first: [Int], second: [Int]) {
    var stream = RandomStream(seed: seed, purpose: "split_half", key: key, draw: split)
    let order = stream.permutation(of: count)
    let half = count / 2
    return (Array(order[0..<half]), Array(order[half..<(2 * half)]))
  }

  /// The mean over members of equal shape that are there, NaN where none has a value; nil without members.
  public static func mean(_ members: [Matrix?]) -> Matrix? {
    guard let first = members.lazy.compactMap({ $0 }).first else { return nil }
    var sum = Matrix(rows: first.rows, columns: first.columns)
    var counts = [Double](repeating: 0, count: sum.values.count)
    for member in members {
      guard let values = member?.values else { continue }
      for i in values.indices where !values[i].isNaN {
        sum.values[i] += values[i]
        counts[i] += 1
      }
    }
    for i in counts.indices { sum.values[i] = counts[i] > 0 ? sum.values[i] / counts[i] : .nan }
    return sum
  }
}
