import Diagnostics
import IntersubjectCorrelation
import LabelledArrays
import Plans
import Warehouse

/// The recordings of one stimulus on common samples.
struct SynchronyInput {
  let series: SubjectSeries
  let subjects: [String]
  let labels: [String]
  let presentationCount: Int

  /// Which recordings of a task: those of a suffix of `recording` and `placements`, subjects' names behind a prefix.
  struct Side {
    var suffix = ""
    var prefix = ""
  }

  /// The showings of one stimulus among the recordings of a task.
  init(_ task: UnitTask, stimulus: String, sides: [Side] = [Side()]) throws {
    var members: [String: [Shown]] = [:]
    for side in sides {
      let placements = task.parameters["placements" + side.suffix] ?? .null
      for array in task.arrays("recording" + side.suffix) {
        for placement in RecordingPlacement.all(of: array, in: placements) where placement.piece.stimulus == stimulus {
          members[side.prefix + placement.subject, default: []].append(try Shown(array, placement))
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
    let wanted = task.parameters["regions"]?.arrayValue.map { $0.compactMap(\.stringValue) }
    let labels = wanted.map { w in first.labels.filter { Set(w).contains($0) } } ?? first.labels
    let start = all.map(\.start).max() ?? 0
    let end = all.map(\.end).min() ?? 0
    let count = Int(((end - start) / first.step + 1e-6).rounded(.down))
    guard count >= 3, !labels.isEmpty else {
      throw EvokeError(
        .noCommonData, task.label, reason: "the recordings share \(max(0, count)) samples and \(labels.count) regions",
        remedy: "check onsets and region names")
    }
    self.labels = labels
    subjects = ordered.map(\.key)
    presentationCount = all.count
    let groups = ordered.map(\.value)
    series = .concurrent(
      subjectCount: groups.count, sampleCount: count, regionCount: labels.count, rateHz: 1 / first.step,
      startTime: start
    ) { subject, range in try Shown.mean(groups[subject], labels: labels, from: start, range) }
  }

  /// Refuses series of two subjects that are equal up to scale and offset in every region, unless the study keeps them.
  ///
  /// - Throws: `E-ISC-007` with both names. Twenty samples are needed to tell.
  func refuseIdentical(_ pairs: SubjectPairs, _ task: UnitTask) throws {
    guard task.text("identical", "refuse") != "keep", series.sampleCount >= 20,
      let pair = pairs.identical().first
    else { return }
    throw EvokeError(
      .identicalRecordings, "\(subjects[pair.first]) and \(subjects[pair.second])",
      reason: "their series are the same in \(task.label)",
      remedy: "exclude one of them, or write `filters: {identical: keep}`")
  }

  /// One presentation in one recording.
  struct Shown: Sendable {
    let rows: ArrayRows
    let placement: RecordingPlacement
    let labels: [String]
    let step: Double
    /// Stimulus time of the first and past the last sample.
    let start: Double
    let end: Double
    private let first: Int
    /// Recording time of the array's first row.
    private let origin: Double

    init(_ array: TaskArray, _ placement: RecordingPlacement) throws {
      rows = try ArrayRows(array.reference)
      self.placement = placement
      labels = rows.axes.last?.labels ?? []
      let times = rows.axes.first?.numbers ?? []
      let step = ClockSeries.spacing(times) ?? 1
      self.step = step
      origin = times.first ?? 0
      let onset = placement.onsetS - origin
      first = max(0, Int((onset / step - 1e-6).rounded(.up)))
      let limit =
        placement.durationS.map { min(times.count, Int(((onset + $0) / step + 1e-6).rounded(.down))) } ?? times.count
      start = Double(first) * step - onset + placement.stimulusStartS
      end = start + Double(max(0, limit - first)) * step
    }

    /// Rows of a range counted from stimulus time `from`, the wanted columns, bad ones missing.
    func values(_ wanted: [String], from: Double, _ range: Range<Int>) throws -> [Float] {
      let shift = first + Int(((from - start) / step).rounded())
      let all = try rows.rows(range.lowerBound + shift..<range.upperBound + shift)
      if wanted == labels && placement.bad.isEmpty && placement.blank.isEmpty { return all }
      let places = Dictionary(labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { a, _ in a })
      let columns = wanted.map { placement.bad.contains($0) ? nil : places[$0] }
      var result: [Float] = []
      result.reserveCapacity(range.count * wanted.count)
      for row in 0..<range.count {
        let time = origin + Double(range.lowerBound + shift + row) * step
        for column in columns {
          guard let column, !placement.isBlank(time, labels[column]) else {
            result.append(.nan)
            continue
          }
          result.append(all[row * labels.count + column])
        }
      }
      return result
    }

    /// The mean over repeated presentations to one subject.
    static func mean(_ shown: [Shown], labels: [String], from: Double, _ range: Range<Int>) throws -> [Float] {
      var sum = try shown[0].values(labels, from: from, range)
      for other in shown.dropFirst() {
        let values = try other.values(labels, from: from, range)
        for i in sum.indices { sum[i] += values[i] }
      }
      if shown.count > 1 { for i in sum.indices { sum[i] /= Float(shown.count) } }
      return sum
    }
  }
}
