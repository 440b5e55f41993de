/// What one rater said of a stimulus over time, as figures draw it.
public struct RatedSeries: Sendable {
  public let name: String
  public let rater: String
  public let times: [Double]
  public let values: [Double]

  public init(name: String, rater: String, times: [Double], values: [Double]) {
    precondition(times.count == values.count, "one value per time")
    self.name = name
    self.rater = rater
    self.times = times
    self.values = values
  }
}
