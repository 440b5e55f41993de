import Diagnostics
import LabelledArrays
import Vocabulary

/// Draws synchrony over a stimulus: regions by time as a picture, what people said above it, the mean over regions
/// below, all on one time axis. Regions that are not to be reported are shades of grey and have no part in the mean, their
/// flags in the legend; a star and bold names mark a p_max of at most .05.
public struct SynchronyPlot {
  /// What is known of a region over the whole stimulus.
  public struct Region: Sendable {
    /// nil where it has none.
    public let staticValue: Double?
    /// Of the maximum statistic over the regions; nil without a null.
    public let pMax: Double?
    /// Why it is not to be reported; none where it may be.
    public let reasons: [String]

    public init(staticValue: Double?, pMax: Double?, reasons: [String] = []) {
      self.staticValue = staticValue
      self.pMax = pMax
      self.reasons = reasons
    }

    /// Whether it is one to point at.
    var isFound: Bool { reasons.isEmpty && Significance.isReached(by: pMax) }
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

  /// Whether a region may be reported.
  func isValid(_ region: Int) -> Bool { regions[labels[region]]?.reasons.isEmpty != false }

  var invalid: InvalidRows { InvalidRows(labels.compactMap { regions[$0]?.reasons }) }

  /// Whether there is a region that may be reported.
  var hasValid: Bool { labels.indices.contains(where: isValid) }

  /// The mean of every window over the regions that may be reported (over all where none may); NaN where none of them has
  /// a value.
  var mean: [Double] {
    let counted = hasValid ? labels.indices.filter(isValid) : Array(labels.indices)
    return times.indices.map { t in
      let there = counted.map { values[t * labels.count + $0] }.filter { !$0.isNaN }
      return there.isEmpty ? .nan : there.reduce(0, +) / Double(there.count)
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
