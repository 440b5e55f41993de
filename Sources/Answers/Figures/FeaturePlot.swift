import Diagnostics
import LabelledArrays

/// Draws one feature space over a stimulus, and what people said of it below on the same time axis.
///
/// Up to sixteen columns are curves, each over its own range; more are a picture, one line per column (or per group of
/// neighbouring columns), the column's z-score as colour. Missing values are gaps in curves and grey in pictures.
public struct FeaturePlot {
  let title: String
  let subtitle: String
  let times: [Double]
  let columns: [String]
  /// `[times.count, columns.count]`.
  let values: [Float]
  let annotations: [RatedSeries.Panel]

  /// Columns up to which curves are drawn.
  static let curveLimit = 16

  /// - Parameters:
  ///   - features: axes time (seconds) and feature.
  ///   - annotations: any number, a panel for each name and run.
  /// - Throws: `E-QRY-009` for an array without rows or columns, or with other axes.
  public init(title: String, subtitle: String, features: LabelledArray, annotations: [RatedSeries]) throws {
    guard let time = features.axes.first, case .numbers(let times, "s") = time.values, !times.isEmpty,
      features.axes.count <= 2, let last = features.axes.last, last.count > 0
    else {
      throw EvokeError(
        .nothingToPlot, title,
        reason: "its axes are \(features.axes.map { "\($0.name) (\($0.count))" }.joined(separator: ", "))",
        remedy: "plot an array over time")
    }
    self.title = title
    self.subtitle = subtitle
    self.times = times
    if features.axes.count == 1 {
      columns = [title]
    } else if case .labels(let labels) = last.values {
      columns = labels
    } else {
      columns = (0..<last.count).map(String.init)
    }
    values = features.values
    self.annotations = RatedSeries.Panel.panels(annotations)
  }

  /// Seconds at which the drawing ends: one step behind the last row.
  var end: Double { times[times.count - 1] + step }
  var step: Double { times.count > 1 ? (times[times.count - 1] - times[0]) / Double(times.count - 1) : 1 }

  func column(_ index: Int) -> [Double] {
    stride(from: index, to: values.count, by: columns.count).map { Double(values[$0]) }
  }

  /// For colours alone (x - mean) / SD over what is there; 0 for a column that does not vary, NaN where x is missing.
  static func zScores(_ x: [Double]) -> [Double] {
    let present = x.filter { !$0.isNaN }
    guard !present.isEmpty else { return x }
    let mean = present.reduce(0, +) / Double(present.count)
    let deviation = (present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(present.count)).squareRoot()
    return x.map { $0.isNaN ? .nan : deviation > 0 ? ($0 - mean) / deviation : 0 }
  }

  /// The picture's cells, `height` lines of `width`: means of the z-scores that fall into each; NaN where there is none.
  func cells(width: Int, height: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: width * height)
    var counts = [Int](repeating: 0, count: width * height)
    for c in columns.indices {
      let line = c * height / columns.count
      for (i, z) in Self.zScores(column(c)).enumerated() where !z.isNaN {
        // A row stretches over every cell of its step, so that a coarse series leaves no gaps.
        let first = i * width / times.count
        let behind = max(first + 1, (i + 1) * width / times.count)
        for x in first..<min(behind, width) {
          sums[line * width + x] += z
          counts[line * width + x] += 1
        }
      }
    }
    return sums.indices.map { counts[$0] == 0 ? .nan : sums[$0] / Double(counts[$0]) }
  }
}
