import Diagnostics

/// What rounding to float32 takes from series of numbers: arrays are stored as float32, whose 24 bits hold 1e6 + 1e-3 x in
/// steps of 0.06, so that nothing of x is left.
///
/// A series is refused where the root mean square of what rounding changes is more than a hundredth of its standard deviation: a
/// correlation with it would be off by 5e-5. NaN is missing; a series that does not vary loses nothing.
package struct Float32Loss {
  private struct Series {
    var count = 0.0
    var mean = 0.0
    /// Sums of squares: about the mean, and of what rounding changes.
    var square = 0.0
    var error = 0.0
  }

  private static let allowed = 1e-2
  private var series: [Series]

  package init(seriesCount: Int) { series = [Series](repeating: Series(), count: seriesCount) }

  /// Adds a value to a series; its float32.
  package mutating func add(_ value: Double, to index: Int) -> Float {
    let rounded = Float(value)
    guard value.isFinite, rounded.isFinite else { return rounded }
    let step = value - series[index].mean
    series[index].count += 1
    series[index].mean += step / series[index].count
    series[index].square += step * (value - series[index].mean)
    let error = value - Double(rounded)
    series[index].error += error * error
    return rounded
  }

  /// - Parameter name: what messages call a series.
  /// - Throws: `precisionLost` for the first series that loses too much.
  package func refuse(_ name: (Int) -> String) throws(EvokeError) {
    for (index, one) in series.enumerated()
    where one.square > 0 && one.error > Self.allowed * Self.allowed * one.square {
      let (error, deviation) = ((one.error / one.count).squareRoot(), (one.square / one.count).squareRoot())
      throw EvokeError(
        .precisionLost, name(index),
        reason: "about \(one.mean) float32 rounds by \(error), and the values vary by \(deviation)",
        remedy: "take the offset of \(one.mean) out before exporting, or leave the series out (--map NAME=COLUMN)")
    }
  }

  /// One series as float32.
  package static func floats(_ values: [Double], _ name: @autoclosure () -> String) throws(EvokeError) -> [Float] {
    var loss = Float32Loss(seriesCount: 1)
    var floats: [Float] = []
    floats.reserveCapacity(values.count)
    for value in values { floats.append(loss.add(value, to: 0)) }
    try loss.refuse { _ in name() }
    return floats
  }
}
