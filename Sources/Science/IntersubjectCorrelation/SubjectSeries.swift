import Diagnostics
import Vocabulary

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
  let source: Source
  /// What was taken out of every region; nil: nothing.
  private(set) var drift: SlowDrift?
  /// Stretches that did not change before the drift was taken out, by subject x regions + region.
  private(set) var flat: [Int: [Range<Int>]] = [:]

  /// Fills `into` with `[regions.count, samples.count]` of one subject.
  public typealias RegionReader =
    @Sendable (
      _ subject: Int, _ regions: Range<Int>, _ samples: Range<Int>, _ into: inout [Float]
    ) throws -> Void

  /// What a pass may do with the reader.
  enum Source {
    case oneAtATime
    /// Several threads may read at once.
    case concurrent(@Sendable (_ subject: Int, _ samples: Range<Int>) throws -> [Float])
    /// Several threads may read at once, a few regions alone cost no more than their share.
    case regionsApart(RegionReader)
    /// All series are in memory and read in place.
    case memory([[Float]])
  }

  private init(
    _ source: Source, subjectCount: Int, sampleCount: Int, regionCount: Int, rateHz: Double,
    startTime: Double, read: @escaping (_ subject: Int, _ samples: Range<Int>) throws -> [Float]
  ) {
    precondition(regionCount > 0 && rateHz > 0)
    self.subjectCount = subjectCount
    self.sampleCount = sampleCount
    self.regionCount = regionCount
    self.rateHz = rateHz
    self.startTime = startTime
    self.read = read
    self.source = source
  }

  /// A series behind a reader; ranges are asked for in increasing order, several times over the whole length.
  public init(
    subjectCount: Int, sampleCount: Int, regionCount: Int, rateHz: Double, startTime: Double = 0,
    read: @escaping (_ subject: Int, _ samples: Range<Int>) throws -> [Float]
  ) {
    self.init(
      .oneAtATime, subjectCount: subjectCount, sampleCount: sampleCount, regionCount: regionCount, rateHz: rateHz,
      startTime: startTime, read: read)
  }

  /// A series behind a reader that several threads may call at once for different subjects.
  public static func concurrent(
    subjectCount: Int, sampleCount: Int, regionCount: Int, rateHz: Double, startTime: Double = 0,
    read: @escaping @Sendable (_ subject: Int, _ samples: Range<Int>) throws -> [Float]
  ) -> SubjectSeries {
    SubjectSeries(
      .concurrent(read), subjectCount: subjectCount, sampleCount: sampleCount, regionCount: regionCount, rateHz: rateHz,
      startTime: startTime, read: read)
  }

  /// A series stored with each region's samples together, as in files `[subject, region, sample]`.
  ///
  /// `readRegions` fills its last argument with `[regions, samples]` of a subject; several threads call it at once, each
  /// with a buffer of its own that is handed back in (its size is right after the first call of a kind).
  public init(
    subjectCount: Int, sampleCount: Int, regionCount: Int, rateHz: Double, startTime: Double = 0,
    readRegions: @escaping RegionReader
  ) {
    self.init(
      .regionsApart(readRegions), subjectCount: subjectCount, sampleCount: sampleCount, regionCount: regionCount,
      rateHz: rateHz, startTime: startTime
    ) {
      subject, range in
      var rows: [Float] = []
      try readRegions(subject, 0..<regionCount, range, &rows)
      try Self.check(rows.count, subject, range, regionCount)
      var turned = [Float](repeating: 0, count: rows.count)
      for region in 0..<regionCount {
        for sample in 0..<range.count { turned[sample * regionCount + region] = rows[region * range.count + sample] }
      }
      return turned
    }
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
      .memory(values), subjectCount: values.count, sampleCount: length / regionCount, regionCount: regionCount,
      rateHz: rateHz, startTime: startTime
    ) { subject, range in
      if range.count == length / regionCount { return values[subject] }
      return Array(values[subject][range.lowerBound * regionCount..<range.upperBound * regionCount])
    }
  }

  /// The same series with `change` applied to what is read of it: a subject's `[samples, regions]` and which samples
  /// these are.
  func changed(
    drift: SlowDrift?, flat: [Int: [Range<Int>]],
    by change: @escaping @Sendable (_ subject: Int, _ x: inout [Float], _ samples: Range<Int>) -> Void
  ) throws -> SubjectSeries {
    var result: SubjectSeries
    let regions = regionCount
    switch source {
    case .memory(let values):
      let changed = values.enumerated().map { subject, own in
        var own = own
        change(subject, &own, 0..<sampleCount)
        return own
      }
      result = try SubjectSeries(changed, regionCount: regionCount, rateHz: rateHz, startTime: startTime)
    case .concurrent(let read):
      result = .concurrent(
        subjectCount: subjectCount, sampleCount: sampleCount, regionCount: regionCount, rateHz: rateHz,
        startTime: startTime
      ) { subject, samples in
        var own = try read(subject, samples)
        try SubjectSeries.check(own.count, subject, samples, regions)
        change(subject, &own, samples)
        return own
      }
    case .oneAtATime, .regionsApart:
      result = SubjectSeries(
        subjectCount: subjectCount, sampleCount: sampleCount, regionCount: regionCount, rateHz: rateHz,
        startTime: startTime
      ) { [read] subject, samples in
        var own = try read(subject, samples)
        try SubjectSeries.check(own.count, subject, samples, regions)
        change(subject, &own, samples)
        return own
      }
    }
    (result.drift, result.flat) = (drift, flat)
    return result
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
    try Self.check(block.count, subject, range, regionCount)
    return block
  }

  static func check(_ count: Int, _ subject: Int, _ range: Range<Int>, _ regionCount: Int) throws {
    guard count == range.count * regionCount else {
      throw EvokeError(
        .unequalSeries, "subject \(subject)",
        reason: "samples \(range.lowerBound)..<\(range.upperBound) gave \(count) values instead of "
          + "\(range.count * regionCount)",
        remedy: "cut all subjects to the same samples and regions")
    }
  }
}

extension SynchronyMethod {
  /// The estimators that need pairs of subjects alone; components have an analysis of their own.
  public static let estimators: [SynchronyMethod] = [.pairwise, .leaveOneOut]
}
