/// What one rater said of a stimulus over time, as figures draw it.
public struct RatedSeries: Sendable {
  public let name: String
  public let rater: String
  /// Acquisition run in which it was said; nil: none is told apart.
  public let run: String?
  public let times: [Double]
  public let values: [Double]

  public init(name: String, rater: String, run: String? = nil, times: [Double], values: [Double]) {
    precondition(times.count == values.count, "one value per time")
    self.name = name
    self.rater = rater
    self.run = run
    self.times = times
    self.values = values
  }

  /// What was said of one thing in one run, in one panel.
  struct Panel {
    let name: String
    /// nil: none is told apart.
    let run: String?
    /// By rater.
    let series: [RatedSeries]

    /// By name, then run: series of different runs are of different showings and have no panel in common.
    static func panels(_ series: [RatedSeries]) -> [Panel] {
      let runs = Dictionary(grouping: series.filter { !$0.times.isEmpty }) { [$0.name] + ($0.run.map { [$0] } ?? []) }
      return runs.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, members in
        Panel(name: key[0], run: key.count > 1 ? key[1] : nil, series: members.sorted { $0.rater < $1.rater })
      }
    }

    /// `run 2, 3 ratings`.
    var caption: String {
      let count = series.count == 1 ? "1 rating" : "\(series.count) ratings"
      return [run.map { "run \($0)" }, count].compactMap { $0 }.joined(separator: ", ")
    }
  }
}
