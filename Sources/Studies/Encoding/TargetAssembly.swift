import Diagnostics
import LinearAlgebra
import Recordings
import Showings
import Statistics
import StudyFiles
import Warehouse
import Work

/// The target of one unit, on each piece's own clock, and the repeats behind it.
struct AssembledTarget {
  var pieces: [PieceKey: ClockSeries] = [:]
  /// Every run that a piece's showings come from.
  var runs: [PieceKey: Set<String>] = [:]
  var labels: [String] = []
  /// What the target's noise ceiling is made of.
  var repeats = TargetRepeats()
}

extension TaskArray {
  /// Where a feature, annotation or synchrony belongs.
  var piece: PieceKey {
    guard let stimulus = description.stimulus else { preconditionFailure("\(reference.name) is of no stimulus") }
    return PieceKey(stimulus: stimulus, run: description.run)
  }

  func series() throws -> ClockSeries {
    ClockSeries(try ArrayReader.read(reference), name: description.layerKey ?? description.featureSet ?? "value")
  }

  /// One subject's series of an array `[time, subject, region]`; nil where it is not in it.
  func series(of subject: String) throws -> ClockSeries? {
    let array = try ArrayReader.read(reference)
    let times = array.seconds
    guard let subjects = array.axis("subject")?.labels, let regions = array.axis("region")?.labels else {
      preconditionFailure("\(reference.name) does not name its subjects and regions")
    }
    guard let place = subjects.firstIndex(of: subject) else { return nil }
    var values = Matrix(rows: times.count, columns: regions.count)
    for row in 0..<times.count {
      for column in regions.indices {
        values[row, column] = Double(array.values[(row * subjects.count + place) * regions.count + column])
      }
    }
    return ClockSeries(labels: regions, times: times, step: SampleClock.spacing(times), values: values)
  }
}

/// Targets from the arrays of a unit.
struct TargetAssembly {
  /// The columns that are kept; nil: all.
  let regions: Set<String>?
  let transform: SeriesTransform
  /// The largest share of missing members of a row; nil: raters are taken as they are there, subjects all have to be.
  let maxMissingShare: Double?

  /// Annotation: the mean over the given raters of each piece, each placed on the same grid first. A row where more than
  /// the largest share of the piece's raters is missing is missing.
  func annotation(_ arrays: [TaskArray], dt: Double, name: String, bad: [BadSegment]) throws -> AssembledTarget {
    var result = AssembledTarget(labels: [name])
    for (key, members) in Dictionary(grouping: arrays, by: \.piece) {
      func segments(_ member: TaskArray) -> [BadSegment] {
        bad.filter { $0.concerns(stimulus: key.stimulus, run: key.run, subject: member.description.subject) }
      }
      let series = try members.map { member in
        try member.series().onOwnBins(dt: dt).masked(segments(member)).transformed(transform)
      }
      let count = series.map { $0.rowCount(dt: dt) }.reduce(1, max)
      let times = (0..<count).map { Double($0) * dt }
      let placed = zip(members, series).map { member, own in
        // Masked again on the grid: a slower series is interpolated over short holes.
        ClockSeries(
          labels: own.labels, times: times, step: dt, values: own.onGrid(start: 0, dt: dt, count: count)
        ).masked(segments(member)).values
      }
      for (member, values) in zip(members, placed) { result.repeats.add(values, of: member.person, in: key) }
      result.pieces[key] = ClockSeries(
        labels: [name], times: times, step: dt, values: meanOverRaters(placed))
    }
    return result
  }

  /// The mean of equally long columns over those that are there in a row.
  private func meanOverRaters(_ raters: [Matrix]) -> Matrix {
    var mean = Matrix(rows: raters[0].rows, columns: 1)
    for row in 0..<mean.rows {
      let values = raters.map { $0[row, 0] }.filter { !$0.isNaN }
      let missing = Double(raters.count - values.count)
      let isKept = !values.isEmpty && missing <= (maxMissingShare ?? 1) * Double(raters.count) + 1e-9
      mean[row, 0] = isKept ? values.reduce(0, +) / Double(values.count) : .nan
    }
    return mean
  }

  /// Synchrony: the dynamic array of each stimulus; of one subject the subject's own.
  func synchrony(_ arrays: [TaskArray], dt: Double, subject: String?) throws -> AssembledTarget {
    var result = AssembledTarget()
    if let subject {
      for array in arrays where array.description.kind == "synchrony_subject" {
        guard let series = try array.series(of: subject) else { continue }
        let own = series.selecting(regions).transformed(transform)
        result.labels = result.labels.isEmpty ? own.labels : result.labels
        result.pieces[array.piece] = own.columns(result.labels)
      }
      return result
    }
    for array in arrays where array.description.kind == "synchrony" {
      let series = try array.series().selecting(regions).transformed(transform)
      result.labels = result.labels.isEmpty ? series.labels : result.labels
      result.pieces[array.piece] = series.columns(result.labels)
    }
    for array in arrays where array.description.kind == "synchrony_halves" {
      guard let own = result.pieces[array.piece] else { continue }
      result.repeats.halves[array.piece] = try array.halves().map { half in
        half.selecting(regions).transformed(transform).columns(result.labels).onGrid(own.grid(dt: dt, isAnchored: true))
      }
      guard let count = array.description.parameters["subject_count"]?.intValue else {
        preconditionFailure("\(array.reference.name) does not say of how many subjects its halves are")
      }
      result.repeats.subjectCount = count
    }
    return result
  }

  /// Recorded responses: repeats averaged within a subject; then the mean over subjects of the z-scored columns
  /// (`group`), or the one subject's columns.
  ///
  /// - Throws: `E-REC-024` for a recording that is sampled unevenly.
  func response(
    _ arrays: [TaskArray], placements: [String: [Showing]], cut: PieceCut, isGroup: Bool,
    gridStep: (Double?) -> Double
  ) throws -> AssembledTarget {
    var result = AssembledTarget()
    let shown = arrays.flatMap { array in
      guard let showings = placements[array.reference.name] else {
        preconditionFailure("the plan does not say what \(array.reference.name) shows")
      }
      return showings.map { (array, $0) }
    }
    let pieces = cut.pieces(of: shown.map(\.1.piece))
    let groups = Dictionary(grouping: shown) { pieces[$0.1.piece] ?? $0.1.piece }
    for (key, members) in groups.sorted(by: { $0.key < $1.key }) {
      result.runs[key] = Set(members.compactMap(\.1.run))
      var bySubject: [String: [ClockSeries]] = [:]
      for (member, showing) in members {
        let series = try member.series().selecting(regions).shown(showing, of: member.reference.name)
          .transformed(transform)
        result.labels = result.labels.isEmpty ? series.labels : result.labels
        bySubject[showing.subject, default: []].append(series.columns(result.labels).blanked(Set(showing.bad)))
      }
      let ordered = bySubject.sorted { $0.key < $1.key }
      let subjects = ordered.map { Self.meanOver($0.value, standardised: false, maxShare: 1) }
      guard let first = subjects.first else { continue }
      let target = isGroup ? Self.meanOver(subjects, standardised: true, maxShare: maxMissingShare ?? 0) : first
      result.pieces[key] = target
      guard isGroup else { continue }
      let grid = target.grid(dt: gridStep(target.step), isAnchored: true)
      for (subject, series) in zip(ordered.map(\.key), subjects) {
        let own = Self.meanOver([series], standardised: true, maxShare: 1)
        result.repeats.add(own.onGrid(grid), of: subject, in: key)
      }
    }
    return result
  }

  /// The mean of series on the clock of the first; rows are matched by time.
  static func meanOver(_ series: [ClockSeries], standardised: Bool, maxShare: Double) -> ClockSeries {
    guard let first = series.first, series.count > 1 || standardised else { return series[0] }
    let longest = series.dropFirst().reduce(first) { $1.times.count > $0.times.count ? $1 : $0 }
    let count = longest.times.count
    guard let step = longest.step else { preconditionFailure("what was shown is sampled evenly") }
    var sums = Matrix(rows: count, columns: first.values.columns)
    var counts = [Int](repeating: 0, count: count * first.values.columns)
    var members = [Int](repeating: 0, count: first.values.columns)
    for one in series {
      let shift = Int(((one.start - longest.start) / step).rounded())
      for column in 0..<one.values.columns {
        let (mean, sd) = moments(one.values, column)
        guard !mean.isNaN, !standardised || sd > 1e-12 else { continue }
        members[column] += 1
        for row in 0..<one.values.rows {
          let at = row + shift
          let value = one.values[row, column]
          guard at >= 0, at < count, !value.isNaN else { continue }
          sums[at, column] += standardised ? (value - mean) / sd : value
          counts[at * first.values.columns + column] += 1
        }
      }
    }
    for row in 0..<count {
      for column in 0..<first.values.columns {
        let n = counts[row * first.values.columns + column]
        let missing = Double(members[column] - n)
        let isKept = n > 0 && missing <= maxShare * Double(members[column])
        sums[row, column] = isKept ? sums[row, column] / Double(n) : .nan
      }
    }
    return ClockSeries(labels: first.labels, times: longest.times, step: longest.step, values: sums)
  }

  /// Mean and (population) standard deviation of what is there in a column; NaN of fewer than two values.
  static func moments(_ matrix: Matrix, _ column: Int) -> (mean: Double, sd: Double) {
    let values = matrix.column(column).filter { !$0.isNaN }
    guard values.count > 1 else { return (.nan, .nan) }
    return (Moments.mean(values), Moments.standardDeviation(values, degreesOfFreedom: 0))
  }
}

extension ClockSeries {
  /// Only the named columns, in their own order.
  func selecting(_ regions: Set<String>?) -> ClockSeries {
    guard let regions else { return self }
    return columns(labels.filter { regions.contains($0) })
  }

  /// The columns of these labels; one that is not there is missing.
  func columns(_ wanted: [String]) -> ClockSeries {
    if wanted == labels { return self }
    let places = Dictionary(labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var result = Matrix(rows: values.rows, columns: wanted.count)
    for (c, label) in wanted.enumerated() {
      for row in 0..<values.rows { result[row, c] = places[label].map { values[row, $0] } ?? .nan }
    }
    return ClockSeries(labels: wanted, times: times, step: step, values: result)
  }

  /// The named columns as missing.
  func blanked(_ bad: Set<String>) -> ClockSeries {
    guard !bad.isEmpty else { return self }
    var result = self
    for (c, label) in labels.enumerated() where bad.contains(label) {
      for row in 0..<values.rows { result.values[row, c] = .nan }
    }
    return result
  }

  /// The rows in which the stimulus was shown, on the stimulus' clock, blanked samples missing.
  ///
  /// - Throws: `E-REC-024` with the name of the recording where it is sampled unevenly.
  func shown(_ showing: Showing, of name: String) throws -> ClockSeries {
    let clock = try SampleClock(stamps: times, of: name)
    let rows = showing.rows(on: clock)
    let width = values.columns
    var kept = Array(values.values[(rows.lowerBound * width)..<(rows.upperBound * width)])
    showing.clear(&kept, channels: labels) { times[rows.lowerBound + $0] }
    return ClockSeries(
      labels: labels, times: times[rows].map { $0 - showing.onsetS + showing.stimulusStartS }, step: clock.step,
      values: Matrix(rows: rows.count, columns: width, values: kept))
  }

  /// Rows that a bad segment touches as missing; a row stands for `[t, t + step)`.
  func masked(_ segments: [BadSegment]) -> ClockSeries {
    guard !segments.isEmpty else { return self }
    var result = self
    segments.clear(&result.values.values, times: times, step: step ?? 0)
    return result
  }
}
