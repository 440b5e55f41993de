/// What every target has at the delay that gains most; ties keep the smaller one.
struct DelayChoice {
  private(set) var choice: [Int]
  private var gains: [Double]

  /// - Parameter gains: of the smallest delay; nil: nothing is chosen, or it is offered as the others are.
  init(count: Int, _ gains: [Double]?) {
    choice = [Int](repeating: 0, count: count)
    self.gains = gains ?? [Double](repeating: -.infinity, count: count)
  }

  /// The places that a larger delay takes over.
  mutating func offer(_ option: Int, _ gains: [Double]) -> [Int] {
    let better = gains.indices.filter {
      self.gains[$0] == -.infinity || gains[$0] > self.gains[$0] + 1e-9 * abs(self.gains[$0])
    }
    for place in better { (choice[place], self.gains[place]) = (option, gains[place]) }
    return better
  }
}
