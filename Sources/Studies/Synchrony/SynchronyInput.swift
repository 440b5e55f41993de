import Diagnostics
import IntersubjectCorrelation
import LabelledArrays
import Showings
import Vocabulary
import Warehouse
import Work

/// The recordings of one stimulus on common samples.
struct SynchronyInput {
  private(set) var series: SubjectSeries
  let subjects: [String]
  let labels: [String]
  let presentationCount: Int
  /// The seconds that all subjects have, of those that any of them has.
  let commonShare: Double
  /// Between samples that are compared as the same.
  let spread: SampleSpread

  private let identical: IdenticalRecordings

  /// Which recordings of a task, with their showings; subjects' names get a prefix.
  struct Side {
    let role: String
    let placements: [String: [Showing]]
    var prefix = ""

    /// The placed arrays, in the task's order, each with its showings.
    ///
    /// - Throws: `E-EXE-007` for a placed array that was not handed to the task.
    fileprivate func arrays(of task: UnitTask) throws -> [(array: TaskArray, showings: [Showing])] {
      let arrays = task.arrays(role)
      let names = Set(arrays.map(\.reference.name))
      if let missing = placements.keys.filter({ !names.contains($0) }).min() {
        throw EvokeError(
          .inputMissing, missing, reason: "it was not handed to \(task.label) as \(role)",
          remedy: "plan and run the study again")
      }
      return arrays.compactMap { array in placements[array.reference.name].map { (array, $0) } }
    }
  }

  /// The showings of one stimulus among the recordings of a task.
  init(_ task: UnitTask, stimulus: String, sides: [Side], _ settings: SynchronySettings) throws {
    var members: [String: [Shown]] = [:]
    // Components are combinations of regions, the same in all stimuli and in one order.
    var common: [String]?
    for side in sides {
      for (array, showings) in try side.arrays(of: task) {
        if settings.method == .corrca, let showing = showings.first {
          let own = try Shown(array, showing).labels
          common = common?.filter(Set(own).contains) ?? own
        }
        for showing in showings where showing.stimulus == stimulus {
          members[side.prefix + showing.subject, default: []].append(try Shown(array, showing))
        }
      }
    }
    let ordered = members.sorted { $0.key < $1.key }
    guard let first = ordered.first?.value.first else {
      throw EvokeError(
        .noCommonData, task.label, reason: "no recording of the stimulus", remedy: "import recordings of this stimulus")
    }
    let all = ordered.flatMap(\.value)
    if let odd = all.first(where: { abs($0.step - first.step) > 1e-9 * first.step }) {
      throw EvokeError(
        .noCommonData, odd.rows.reference.name,
        reason: "its rate is \(1 / odd.step) Hz, that of \(first.rows.reference.name) \(1 / first.step) Hz",
        remedy: "resample one of them (preparation: eeg: resample_hz)")
    }
    let labels = Self.labels(common.map { [$0] } ?? all.map(\.labels), settings.regions)
    let groups = try ordered.map { try Member($0.value, labels: labels) }
    let start = groups.map(\.start).reduce(-.infinity, max)
    let end = groups.map(\.end).reduce(.infinity, min)
    let count = Int(((end - start) / first.step + 1e-6).rounded(.down))
    guard count >= 3, !labels.isEmpty else {
      throw EvokeError(
        .noCommonData, task.label, reason: "the recordings share \(max(0, count)) samples and \(labels.count) regions",
        remedy: "check onsets and region names")
    }
    self.labels = labels
    identical = settings.identical
    subjects = ordered.map(\.key)
    presentationCount = all.count
    let whole = groups.map(\.end).reduce(-.infinity, max) - groups.map(\.start).reduce(.infinity, min)
    commonShare = (end - start) / whole
    spread = SampleSpread(starts: all.map(\.start), reference: start, step: first.step)
    let recorded = SubjectSeries.concurrent(
      subjectCount: groups.count, sampleCount: count, regionCount: labels.count, rateHz: 1 / first.step,
      startTime: start
    ) { subject, range in try groups[subject].values(from: start, range) }
    series = try settings.compared(recorded)
  }

  /// All regions, in the order in which recordings name them: one that the first lacks is missing there, not from everybody.
  ///
  /// - Parameter regions: those that are kept; nil: all.
  private static func labels(_ lists: [[String]], _ regions: [String]?) -> [String] {
    let wanted = regions.map { Set($0) }
    var seen: Set<String> = []
    return lists.joined().filter { (wanted?.contains($0) ?? true) && seen.insert($0).inserted }
  }

  /// The same subjects and regions with other series, compared as the settings say.
  func comparing(_ series: SubjectSeries, _ settings: SynchronySettings) throws -> SynchronyInput {
    var copy = self
    copy.series = try settings.compared(series)
    return copy
  }

  /// Of the seconds that were recorded those that everybody has, by region.
  func shares(_ fixed: StaticSynchrony) -> [Double] {
    fixed.lackedByAll.map { commonShare * (1 - Double($0) / Double(series.sampleCount)) }
  }

  /// Refuses series of two subjects that are equal up to scale and offset in every region, unless the study keeps them.
  ///
  /// - Throws: `E-ISC-007` with both names. Twenty samples are needed to tell.
  func refuseIdentical(_ pairs: SubjectPairs, _ unit: String) throws {
    guard identical == .refuse, series.sampleCount >= 20,
      let pair = pairs.identical().first
    else { return }
    throw EvokeError(
      .identicalRecordings, "\(subjects[pair.first]) and \(subjects[pair.second])",
      reason: "their series are the same in \(unit)",
      remedy: "exclude one of them, or write `filters: {identical: keep}`")
  }

  /// One presentation in one recording.
  struct Shown: Sendable {
    let rows: ArrayRows
    let showing: Showing
    let labels: [String]
    /// Stimulus time of the first and past the last sample.
    let start: Double
    let end: Double
    private let clock: SampleClock
    private let first: Int
    let count: Int

    var step: Double { clock.step }

    init(_ array: TaskArray, _ showing: Showing) throws {
      rows = try ArrayRows(array.reference)
      self.showing = showing
      guard rows.axes.count == 2, let times = rows.axes[0].numbers, let labels = rows.axes[1].labels else {
        throw EvokeError(
          .noCommonData, array.reference.name, reason: "it is no series of channels or regions",
          remedy: "import it again")
      }
      self.labels = labels
      clock = try SampleClock(stamps: times, of: array.reference.name)
      let shown = showing.rows(on: clock)
      (first, count) = (shown.lowerBound, shown.count)
      start = Double(first) * clock.step - (showing.onsetS - clock.start) + showing.stimulusStartS
      end = start + Double(shown.count) * clock.step
    }

    /// Rows of a range counted from stimulus time `from`, the wanted columns, bad ones missing.
    func values(_ wanted: [String], from: Double, _ range: Range<Int>) throws -> [Float] {
      let shift = first + Int(((from - start) / step).rounded())
      let read = range.lowerBound + shift..<range.upperBound + shift
      var all = try rows.rows(read)
      showing.clear(&all, channels: labels) { clock.time(read.lowerBound + $0) }
      return showing.columns(wanted, of: all, channels: labels)
    }
  }

  /// What one subject saw of the stimulus: once, again, or in parts.
  struct Member: Sendable {
    /// By the seconds of the stimulus at which they begin.
    private let shown: [Shown]
    private let labels: [String]
    /// Of parts the mean of every region, else empty.
    private let levels: [[Double]]
    /// Stimulus time of the first and past the last sample.
    let start: Double
    let end: Double

    /// Rows that are held in memory while means are taken.
    private static let stretch = 1 << 16

    init(_ shown: [Shown], labels: [String]) throws {
      let ordered = shown.sorted { $0.start < $1.start }
      (self.shown, self.labels) = (ordered, labels)
      let areParts =
        ordered.count > 1
        && zip(ordered, ordered.dropFirst()).allSatisfy { $0.end <= $1.start + Showing.clockToleranceS }
      levels = try areParts ? ordered.map { try Self.level(of: $0, labels) } : []
      let (starts, ends) = (ordered.map(\.start), ordered.map(\.end))
      start = areParts ? starts.reduce(.infinity, min) : starts.reduce(-.infinity, max)
      end = areParts ? ends.reduce(-.infinity, max) : ends.reduce(.infinity, min)
    }

    /// The mean of every region over what was shown; NaN where nothing is there.
    private static func level(of shown: Shown, _ labels: [String]) throws -> [Double] {
      var sums = [Double](repeating: 0, count: labels.count)
      var counts = sums
      for first in stride(from: 0, to: shown.count, by: stretch) {
        let values = try shown.values(labels, from: shown.start, first..<min(first + stretch, shown.count))
        for (i, value) in values.enumerated() where !value.isNaN {
          sums[i % labels.count] += Double(value)
          counts[i % labels.count] += 1
        }
      }
      return zip(sums, counts).map { $0 / $1 }
    }

    /// Rows of a range counted from stimulus time `from`: the mean over showings of the same seconds; parts one after the
    /// other, each about its own mean, since two recordings have no level in common.
    func values(from: Double, _ range: Range<Int>) throws -> [Float] {
      guard levels.isEmpty else { return try joined(from: from, range) }
      var sum = try shown[0].values(labels, from: from, range)
      for other in shown.dropFirst() {
        let values = try other.values(labels, from: from, range)
        for i in sum.indices { sum[i] += values[i] }
      }
      if shown.count > 1 { for i in sum.indices { sum[i] /= Float(shown.count) } }
      return sum
    }

    private func joined(from: Double, _ range: Range<Int>) throws -> [Float] {
      let width = labels.count
      var result = [Float](repeating: .nan, count: range.count * width)
      var last: Int?
      for (index, part) in shown.enumerated() {
        let first = Int(((part.start - from) / part.step).rounded())
        if let last { try bridge(last..<max(last, first), before: index, range, &result) }
        let (low, high) = (max(range.lowerBound, first), min(range.upperBound, first + part.count))
        last = first + part.count
        guard low < high else { continue }
        let values = try values(of: index, low - first..<high - first)
        let place = (low - range.lowerBound) * width
        for (i, value) in values.enumerated() { result[place + i] = value }
      }
      return result
    }

    /// The rows of a part about their mean.
    private func values(of index: Int, _ rows: Range<Int>) throws -> [Float] {
      let values = try shown[index].values(labels, from: shown[index].start, rows)
      return values.enumerated().map { Float(Double($1) - levels[index][$0 % labels.count]) }
    }

    /// Fills what lies between two parts by straight lines, as short holes of slow series are: up to two samples, which no
    /// recording has where parts do not begin with a sample.
    private func bridge(
      _ gap: Range<Int>, before index: Int, _ range: Range<Int>, _ result: inout [Float]
    ) throws {
      let rows = gap.clamped(to: range)
      guard gap.count <= 2, !rows.isEmpty, shown[index].count > 0, shown[index - 1].count > 0 else { return }
      let count = shown[index - 1].count
      let (before, behind) = (try values(of: index - 1, count - 1..<count), try values(of: index, 0..<1))
      for row in rows {
        let share = Float(row - gap.lowerBound + 1) / Float(gap.count + 1)
        for column in labels.indices {
          result[(row - range.lowerBound) * labels.count + column] =
            before[column] + share * (behind[column] - before[column])
        }
      }
    }
  }
}

extension SynchronySettings {
  /// Recordings as they are compared: without slow drift, unless they are taken as they are.
  fileprivate func compared(_ recorded: SubjectSeries) throws -> SubjectSeries {
    try highPassS.map { try recorded.highPassed(periodS: $0, flatSeconds: windowS) } ?? recorded
  }
}
