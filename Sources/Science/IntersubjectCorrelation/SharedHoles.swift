/// Samples that every subject lacks in a region, as in a stretch that is masked for all: they are no samples of anybody, and
/// a series without them is whole.
struct SharedHoles: Sendable {
  /// By region, ascending; none of a region of which nobody has anything.
  private(set) var ranges: [Int: [Range<Int>]] = [:]
  /// By region, the mean of every subject over the samples that it has.
  private var levels: [Int: [Float]] = [:]
  private let regionCount: Int

  var isEmpty: Bool { ranges.isEmpty }

  /// Samples that are lacked, `[region]`.
  var counts: [Int32] {
    (0..<regionCount).map { region in Int32(ranges[region, default: []].reduce(0) { $0 + $1.count }) }
  }

  /// Subjects are read one after the other, as long as some sample is lacked by all that were read.
  init(_ series: SubjectSeries) throws {
    regionCount = series.regionCount
    for subject in 0..<series.subjectCount {
      let own = try Self.missing(of: subject, in: series, subject == 0 ? nil : Set(ranges.keys))
      ranges = subject == 0 ? own : ranges.merging(own) { Self.common($0, $1) }.filter { own[$0.key] != nil }
      ranges = ranges.filter { !$0.value.isEmpty }
      if ranges.isEmpty { return }
    }
    ranges = ranges.filter { $0.value != [0..<series.sampleCount] }
    for subject in 0..<series.subjectCount where !ranges.isEmpty {
      for (region, level) in try levels(of: subject, in: series) { levels[region, default: []].append(level) }
    }
  }

  /// Puts a subject at its own level in the holes of `[samples, regions]`: what adds nothing to a product of deviations from
  /// means, and leaves the means as they are.
  func fill(_ subject: Int, _ x: inout [Float], _ samples: Range<Int>) {
    for (region, holes) in ranges {
      guard let level = levels[region]?[subject] else { continue }
      for hole in holes where hole.overlaps(samples) {
        for sample in hole.clamped(to: samples) { x[(sample - samples.lowerBound) * regionCount + region] = level }
      }
    }
  }

  private static func each(
    _ series: SubjectSeries, _ subject: Int, _ body: (_ x: [Float], _ samples: Range<Int>) -> Void
  ) throws {
    let together = max(1, (1 << 20) / series.regionCount)
    for first in stride(from: 0, to: series.sampleCount, by: together) {
      let samples = first..<min(first + together, series.sampleCount)
      body(try series.readChecked(subject, samples), samples)
    }
  }

  /// Where a subject has nothing, in some regions; nil: in all.
  private static func missing(
    of subject: Int, in series: SubjectSeries, _ wanted: Set<Int>?
  ) throws -> [Int: [Range<Int>]] {
    let regions = wanted?.sorted() ?? Array(0..<series.regionCount)
    var found: [Int: [Range<Int>]] = [:]
    try each(series, subject) { x, samples in
      for sample in samples {
        let row = (sample - samples.lowerBound) * series.regionCount
        for region in regions where x[row + region].isNaN {
          if let last = found[region]?.last, last.upperBound == sample {
            found[region]?.removeLast()
            found[region]?.append(last.lowerBound..<sample + 1)
          } else {
            found[region, default: []].append(sample..<sample + 1)
          }
        }
      }
    }
    return found
  }

  private static func common(_ a: [Range<Int>], _ b: [Range<Int>]) -> [Range<Int>] {
    var (i, j) = (0, 0)
    var result: [Range<Int>] = []
    while i < a.count, j < b.count {
      if a[i].overlaps(b[j]) { result.append(a[i].clamped(to: b[j])) }
      if a[i].upperBound < b[j].upperBound { i += 1 } else { j += 1 }
    }
    return result
  }

  private func levels(of subject: Int, in series: SubjectSeries) throws -> [Int: Float] {
    var sums: [Int: (sum: Double, count: Double)] = [:]
    try Self.each(series, subject) { x, samples in
      for region in ranges.keys {
        for i in stride(from: region, to: samples.count * regionCount, by: regionCount) where !x[i].isNaN {
          sums[region, default: (0, 0)].sum += Double(x[i])
          sums[region]?.count += 1
        }
      }
    }
    return ranges.mapValues { _ in Float.nan }.merging(sums.mapValues { Float($0.sum / $0.count) }) { $1 }
  }
}

extension SubjectSeries {
  /// The series with every subject at its own level in the holes that all share.
  func filling(_ holes: SharedHoles) throws -> SubjectSeries {
    holes.isEmpty ? self : try changed(drift: drift, flat: flat) { holes.fill($0, &$1, $2) }
  }
}
