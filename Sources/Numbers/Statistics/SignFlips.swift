import LinearAlgebra

/// Signs of subjects, drawn once for all cells: the null of a mean over subjects whose values are as likely to be x as -x.
///
/// With few subjects every pattern of signs but the given one is used, so that p = (k + 1) / (patterns) is exact;
/// otherwise patterns are drawn at random. Subjects of the same stimuli are not independent: what follows speaks of
/// subjects and these stimuli.
public struct SignFlips: Sendable, Equatable {
  /// Per draw and subject: whether the sign is turned.
  private let isTurned: [[Bool]]

  public var count: Int { isTurned.count }
  /// Whether they are all patterns.
  public let isExact: Bool
  private let subjects: Int

  /// - Parameters:
  ///   - subjects: one or more.
  ///   - draws: the largest number of patterns.
  public init(subjects: Int, draws: Int, seed: UInt64) {
    precondition(subjects > 0 && draws > 0, "someone's sign is turned")
    self.subjects = subjects
    isExact = subjects < 40 && (1 << subjects) - 1 <= draws
    isTurned =
      isExact
      ? (1..<(1 << subjects)).map { pattern in (0..<subjects).map { pattern >> $0 & 1 == 1 } }
      : (0..<draws).map { draw in
        var stream = RandomStream(seed: seed, purpose: "sign_flip", key: "subjects", draw: draw)
        var bits: UInt64 = 0
        return (0..<subjects).map { subject in
          if subject % 64 == 0 { bits = stream.next() }
          return bits >> UInt64(subject % 64) & 1 == 1
        }
      }
  }

  /// The smallest p that the mean of a cell can have where `there` of the subjects have a value: patterns that differ only
  /// in the others give the same mean.
  public func pFloor(of there: Int) -> Double {
    precondition((1...subjects).contains(there), "a mean over \(there) of \(subjects) subjects")
    return Double(isExact ? 1 << (subjects - there) : 1) / Double(count + 1)
  }

  /// Means over subjects under every pattern: `[draws, cells]`. NaN values are left out; a cell without values is NaN.
  ///
  /// - Parameter values: per cell, a value per subject.
  public func means(_ values: [[Double]]) -> Matrix {
    var result = Matrix(rows: count, columns: values.count)
    for (cell, own) in values.enumerated() {
      let there = own.indices.filter { !own[$0].isNaN }
      for (draw, turned) in isTurned.enumerated() {
        let sum = there.reduce(0) { $0 + (turned[$1] ? -own[$1] : own[$1]) }
        result[draw, cell] = there.isEmpty ? .nan : sum / Double(there.count)
      }
    }
    return result
  }
}
