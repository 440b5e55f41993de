/// What every target has at the delay that gains most; ties keep the smaller one.
struct DelayChoice {
  private(set) var choice: [Int]
  private var gains: [Double]

  /// - Parameter gains: of the smallest delay; nil: nothing is chosen.
  init(count: Int, _ gains: [Double]?) {
    choice = [Int](repeating: 0, count: count)
    self.gains = gains ?? []
  }

  /// The places that a larger delay takes over.
  mutating func offer(_ option: Int, _ gains: [Double]) -> [Int] {
    let better = gains.indices.filter { gains[$0] > self.gains[$0] + 1e-9 * abs(self.gains[$0]) }
    for place in better { (choice[place], self.gains[place]) = (option, gains[place]) }
    return better
  }
}
