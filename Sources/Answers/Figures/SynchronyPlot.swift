import Diagnostics
import LabelledArrays

/// Draws synchrony over a stimulus: regions by time as a picture, what people said above it, the mean over regions
/// below, all on one time axis.
public struct SynchronyPlot {
  /// What is known of a region over the whole stimulus.
  public struct Region: Sendable {
    public let staticValue: Double
    /// Of the maximum statistic over the regions; nil without a null.
    public let pMax: Double?

    public init(staticValue: Double, pMax: Double?) {
      self.staticValue = staticValue
      self.pMax = pMax
    }
  }

  let title: String
  let subtitle: String
  let times: [Double]
  let labels: [String]
  /// `[times.count, labels.count]`.
  let values: [Double]
  let regions: [String: Region]
  let annotations: [RatedSeries.Panel]

  /// - Parameters:
  ///   - synchrony: axes time (seconds) and region.
  ///   - regions: by label.
  /// - Throws: `E-QRY-009` for an array without windows or regions, or with other axes.
  public init(
    title: String, subtitle: String, synchrony: LabelledArray, regions: [String: Region], annotations: [RatedSeries]
  ) throws {
    guard synchrony.axes.count == 2, let times = synchrony.axis("time")?.numbers, !times.isEmpty,
      let labels = synchrony.axis("region")?.labels, !labels.isEmpty
    else {
      throw EvokeError(
        .nothingToPlot, title,
        reason: "its axes are \(synchrony.axes.map { "\($0.name) (\($0.count))" }.joined(separator: ", "))",
        remedy: "plot an array of regions over time")
    }
    self.title = title
    self.subtitle = subtitle
    self.times = times
    self.labels = labels
    values = synchrony.values.map(Double.init)
    self.regions = regions
    self.annotations = RatedSeries.Panel.panels(annotations)
  }

  var step: Double { times.count > 1 ? (times[times.count - 1] - times[0]) / Double(times.count - 1) : 1 }

  /// Seconds drawn: windows, and annotations around them.
  var span: ClosedRange<Double> {
    let shown = annotations.flatMap(\.series).flatMap(\.times)
    let low = min(times[0] - step / 2, shown.min() ?? .infinity)
    return low...max(times[times.count - 1] + step / 2, shown.max() ?? -.infinity)
  }

  /// The mean over regions of every window; NaN where no region has a value.
  var mean: [Double] {
    times.indices.map { t in
      let own = values[(t * labels.count)..<((t + 1) * labels.count)].filter { !$0.isNaN }
      return own.isEmpty ? .nan : own.reduce(0, +) / Double(own.count)
    }
  }

  /// The colour scale's end: the largest magnitude but for the most extreme hundredth of the cells.
  var limit: Double {
    let sorted = values.filter { !$0.isNaN }.map(abs).sorted()
    guard let last = sorted.last else { return 1 }
    let robust = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    return max(robust > 0 ? robust : last, 1e-6)
  }

  /// The picture's cells: `width` columns over the windows, one line per region; NaN where there is nothing.
  func cells(width: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: width * labels.count)
    var counts = [Int](repeating: 0, count: width * labels.count)
    for t in times.indices {
      let first = t * width / times.count
      for x in first..<max(first + 1, (t + 1) * width / times.count) where x < width {
        for region in labels.indices {
          let value = values[t * labels.count + region]
          if value.isNaN { continue }
          sums[region * width + x] += value
          counts[region * width + x] += 1
        }
      }
    }
    return sums.indices.map { counts[$0] == 0 ? .nan : sums[$0] / Double(counts[$0]) }
  }
}
