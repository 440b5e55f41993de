import Diagnostics
import Foundation

/// Nuisance regressors of one run.
public struct Confounds: Sendable, Equatable {
  public private(set) var names: [String] = []
  /// One column of `volumeCount` values per name.
  public private(set) var columns: [[Double]] = []
  public let volumeCount: Int

  public init(volumeCount: Int) { self.volumeCount = volumeCount }

  /// Adds a column; nil stands for n/a. A missing first value (derivatives have none) is the second's, as in nilearn's
  /// `load_confounds`.
  ///
  /// - Throws: `confoundsUnequal` for another length, `confoundMissing` for any other gap.
  public mutating func add(_ name: String, _ values: [Double?]) throws {
    guard values.count == volumeCount else {
      throw EvokeError(
        .confoundsUnequal, name, reason: "it has \(values.count) values, the recording \(volumeCount) volumes",
        remedy: "give the confounds of this very run")
    }
    var column = values.map { $0 ?? .nan }
    if column.count > 1, !column[0].isFinite { column[0] = column[1] }
    if let gap = column.firstIndex(where: { !$0.isFinite }) {
      throw EvokeError(
        .confoundMissing, name, reason: "volume \(max(gap, 1) + 1) has no number",
        remedy: "leave this confound out, or repair the table")
    }
    names.append(name)
    columns.append(column)
  }

  /// Adds six motion parameters as 24: themselves, their backward differences (0 first), and the squares of both
  /// (Friston et al. 1996; Satterthwaite et al. 2013).
  public mutating func addMotion(_ parameters: [(name: String, values: [Double])]) throws {
    for (name, values) in parameters {
      let differences = values.indices.map { $0 == 0 ? 0 : values[$0] - values[$0 - 1] }
      try add(name, values)
      try add(name + "_derivative1", differences)
      try add(name + "_power2", values.map { $0 * $0 })
      try add(name + "_derivative1_power2", differences.map { $0 * $0 })
    }
  }

  /// Adds one column per volume whose framewise displacement exceeds a threshold: 1 there, 0 elsewhere. The first volume
  /// has none, for want of one before it.
  ///
  /// - Throws: `confoundMissing` where any other has none: nobody knows whether it moved.
  public mutating func addSpikes(framewiseDisplacement: [Double?], above thresholdMM: Double = 0.5) throws {
    precondition(framewiseDisplacement.count == volumeCount, "one displacement per volume")
    for (volume, value) in framewiseDisplacement.enumerated() {
      guard let value, value.isFinite else {
        if volume == 0 { continue }
        throw EvokeError(
          .confoundMissing, "framewise displacement", reason: "volume \(volume + 1) has no number",
          remedy: "leave motion outliers out of the confounds, or repair the table")
      }
      guard value > thresholdMM else { continue }
      var spike = [Double](repeating: 0, count: volumeCount)
      spike[volume] = 1
      try add("motion_outlier_\(volume)", spike)
    }
  }
}

/// Cosine drifts: c_k(t) = sqrt(2/T) cos(pi k (t + 1/2) / T), k = 1 ... floor(2 T TR / period), at most T - 1
/// (the DCT-II of SPM and nilearn). `[column][volume]`.
public func cosineDrifts(volumeCount: Int, repetitionTimeS: Double, highPassPeriodS: Double) -> [[Double]] {
  precondition(volumeCount > 1 && repetitionTimeS > 0 && highPassPeriodS > 0, "drifts need time")
  let total = Double(volumeCount)
  // In this order of operations, because a whole quotient must not be rounded below itself (nilearn's order).
  let order = min(total - 1, (2 * total * (1 / highPassPeriodS) * repetitionTimeS).rounded(.down))
  return stride(from: 1, through: order, by: 1).map { k in
    (0..<volumeCount).map { (volume: Int) -> Double in
      (2 / total).squareRoot() * cos(Double.pi / total * (Double(volume) + 0.5) * k)
    }
  }
}
