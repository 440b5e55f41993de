import Diagnostics

/// The same stimulus recorded in several subjects, read in pieces.
///
/// Row-major `[samples, regions]` per subject, time first; missing is NaN. All subjects have the same samples and
/// regions. One value is one stimulus (or one presentation of it): nothing computed from it crosses to another.
public struct SubjectSeries {
  public let subjectCount: Int
  public let sampleCount: Int
  public let regionCount: Int
  /// Samples per second (1 / TR).
  public let rateHz: Double
  /// Stimulus time of the first sample in seconds.
  public let startTime: Double
  /// The samples of one subject in a range: `[range.count, regionCount]`.
  public let read: (_ subject: Int, _ samples: Range<Int>) throws -> [Float]
  /// All series, where they are in memory: read in place.
  private(set) var values: [[Float]]?

  /// A series behind a reader; ranges are asked for in increasing order, possibly twice over the whole length.
  public init(
    subjectCount: Int, sampleCount: Int, regionCount: Int, rateHz: Double, startTime: Double = 0,
    read: @escaping (_ subject: Int, _ samples: Range<Int>) throws -> [Float]
  ) {
    precondition(regionCount > 0 && rateHz > 0)
    self.subjectCount = subjectCount
    self.sampleCount = sampleCount
    self.regionCount = regionCount
    self.rateHz = rateHz
    self.startTime = startTime
    self.read = read
  }

  /// Series that are already in memory, one array `[samples, regions]` per subject.
  ///
  /// Throws `E-ISC-005` where the lengths differ.
  public init(_ values: [[Float]], regionCount: Int, rateHz: Double, startTime: Double = 0) throws {
    let length = values.first?.count ?? 0
    if let odd = values.firstIndex(where: { $0.count != length || $0.count % regionCount != 0 }) {
      throw EvokeError(
        .unequalSeries, "subject \(odd)", reason: "it has \(values[odd].count) values, the first has \(length)",
        remedy: "cut all subjects to the same samples and regions")
    }
    self.init(
      subjectCount: values.count, sampleCount: length / regionCount, regionCount: regionCount, rateHz: rateHz,
      startTime: startTime
    ) { subject, range in
      if range.count == length / regionCount { return values[subject] }
      return Array(values[subject][range.lowerBound * regionCount..<range.upperBound * regionCount])
    }
    self.values = values
  }

  /// A series needs two subjects, and the reader must return what was asked for.
  func checkSubjects() throws {
    guard subjectCount >= 2 else {
      throw EvokeError(
        .tooFewSubjects, "\(subjectCount) subject(s)", reason: "synchrony is a correlation between subjects",
        remedy: "import at least two recordings of the stimulus (three where data are missing)")
    }
  }

  func readChecked(_ subject: Int, _ range: Range<Int>) throws -> [Float] {
    let block = try read(subject, range)
    guard block.count == range.count * regionCount else {
      throw EvokeError(
        .unequalSeries, "subject \(subject)",
        reason: "samples \(range.lowerBound)..<\(range.upperBound) gave \(block.count) values instead of "
          + "\(range.count * regionCount)",
        remedy: "cut all subjects to the same samples and regions")
    }
    return block
  }
}

/// The estimators of synchrony (SCIENCE 10.3).
public enum SynchronyMethod: String, Sendable, CaseIterable {
  /// tanh of the mean over pairs of atanh(r), r clipped to ±(1 - 1e-7).
  case pairwise
  /// tanh of the mean over subjects of atanh(corr(z_a, sum of the others' z)), each subject z-scored in the window.
  case leaveOneOut = "leave_one_out"
}
