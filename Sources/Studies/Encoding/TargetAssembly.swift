import Diagnostics
import EncodingModels
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
  /// Pieces that are parts of their stimulus (`PieceCut.parts`).
  var parts: Set<PieceKey> = []
  /// Seconds of slivers between pauses, which no piece has.
  var sliverS = 0.0
  /// Every run that a piece's showings come from; nil: the target is not recorded in runs.
  var runs: [PieceKey: Set<String>]?
  var labels: [String] = []
  /// What the target's noise ceiling is made of.
  var repeats = TargetRepeats()
  /// Raters or subjects that are missing from means.
  var missing = MissingMembers()

  /// None of a target that is not recorded in runs.
  func runs(of piece: PieceKey) -> Set<String> {
    guard let runs else { return [] }
    guard let own = runs[piece] else { preconditionFailure("what \(piece.label) shows has its runs") }
    return own
  }
}

extension TaskArray {
  func series() throws -> ClockSeries {
    ClockSeries(try ArrayReader.read(reference), name: description.layerKey ?? description.featureSet ?? "value")
  }

  /// When its samples are, and what its columns are called, of a series of channels or regions.
  ///
  /// - Throws: `E-REC-024` for a recording that is sampled unevenly.
  fileprivate func clock() throws -> (clock: SampleClock, labels: [String]) {
    let axes = try ArrayRows(reference).axes
    guard axes.count == 2, let times = axes[0].numbers, let labels = axes[1].labels else {
      preconditionFailure("\(reference.name) is a series of channels or regions")
    }
    return (try SampleClock(stamps: times, of: reference.name), labels)
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
  /// A row of which a larger share of raters or subjects is missing is missing.
  let largestMissingShare: Double
  /// The rows that count, which alone say at which level a rater or subject stands; without those of a piece all do.
  var counted: [PieceKey: CountedRows] = [:]

  /// Annotation: the mean over the given raters of each piece, each placed on the same grid first and at one level
  /// (`MemberMean`).
  ///
  /// - Parameter isFeature: whether it is a feature of a model: then the rows count that the model reads, in any of the
  ///   pieces that have it.
  func annotation(
    _ arrays: [TaskArray], dt: Double, name: String, bad: [BadSegment], isFeature: Bool = false
  ) throws -> AssembledTarget {
    var result = AssembledTarget(labels: [name])
    let byPiece = Dictionary(grouping: arrays, by: \.piece)
    let readers = Dictionary(grouping: counted.keys) { piece in
      piece.holders.first { byPiece[$0] != nil } ?? piece.ofAllRuns
    }
    for (key, members) in byPiece {
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
      let rows =
        isFeature
        ? readers[key].map { [$0.compactMap { counted[$0] }.features(at: times)] }
        : counted[key]?.targets(at: times)
      let mean = MemberMean(placed, largestMissingShare: largestMissingShare, counted: rows)
      result.missing.add(mean)
      result.pieces[key] = ClockSeries(labels: [name], times: times, step: dt, values: mean.mean)
    }
    return result
  }

  /// Synchrony: the dynamic array of each stimulus; of one subject the subject's own.
  func synchrony(_ arrays: [TaskArray], dt: Double, subject: String?) throws -> AssembledTarget {
    var result = AssembledTarget()
    let kind = subject == nil ? "synchrony" : "synchrony_subject"
    let dynamic = try arrays.filter { $0.description.kind == kind }.compactMap { array in
      let own: ClockSeries? = if let subject { try array.series(of: subject) } else { try array.series() }
      return own.map { (array.piece, $0.selecting(regions).transformed(transform)) }
    }
    result.labels = Self.union(dynamic.map(\.1.labels))
    for (piece, series) in dynamic { result.pieces[piece] = series.columns(result.labels) }
    guard subject == nil else { return result }
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
  /// (`group`, `MemberMean`), or the one subject's columns.
  ///
  /// - Throws: `E-REC-024` for a recording that is sampled unevenly.
  func response(
    _ arrays: [TaskArray], placements: [String: [Showing]], cut: PieceCut, isGroup: Bool,
    gridStep: (Double?) -> Double
  ) throws -> AssembledTarget {
    var result = AssembledTarget()
    let shown = try arrays.flatMap { array in
      guard let showings = placements[array.reference.name] else {
        preconditionFailure("the plan does not say what \(array.reference.name) shows")
      }
      let (clock, labels) = try array.clock()
      return showings.map { showing in
        (
          array: array, recorded: RecordedShowing(showing, in: array.reference.name, on: clock), clock: clock,
          labels: labels
        )
      }
    }
    result.labels = Self.union(shown.map { own in own.labels.filter { regions?.contains($0) ?? true } })
    let pieces = ShownPieces(shown.map(\.recorded), cut)
    let groups = pieces.members
    result.sliverS = pieces.sliverS
    result.parts = PieceCut.parts(
      groups.flatMap { key, members in members.map { (key, $0.showing.seconds(on: shown[$0.place].clock)) } })
    result.runs = groups.mapValues { members in Set(members.compactMap(\.showing.run)) }
    var levelled: [(PieceKey, subject: String, series: ClockSeries)] = []
    for (key, members) in groups.sorted(by: { $0.key < $1.key }) {
      let recorded = try members.map { own in
        let array = shown[own.place].array
        return try array.series().shown(own.showing, of: array.reference.name).columns(result.labels)
          .blanked(Set(own.showing.bad))
      }
      var bySubject: [String: [ClockSeries]] = [:]
      for (member, own) in zip(members, Self.ofOneStep(recorded, gridStep)) {
        bySubject[member.showing.subject, default: []].append(own.transformed(transform))
      }
      let ordered = bySubject.sorted { $0.key < $1.key }
      let subjects = ordered.map { meanOfRepeats($0.value, of: key, noting: &result.missing) }
      guard let first = subjects.first else { continue }
      guard isGroup else {
        result.pieces[key] = first
        continue
      }
      let (clock, values, spread) = Self.aligned(subjects)
      result.missing.note(spread)
      let mean = MemberMean(
        values, standardised: true, largestMissingShare: largestMissingShare,
        counted: counted[key]?.targets(at: clock.times))
      result.missing.add(mean)
      func series(_ values: Matrix) -> ClockSeries {
        ClockSeries(labels: clock.labels, times: clock.times, step: clock.step, values: values)
      }
      result.pieces[key] = series(mean.mean)
      for (subject, own) in zip(ordered.map(\.key), mean.members) {
        if let own { levelled.append((key, subject, series(own))) }
      }
    }
    let dt = gridStep(result.pieces.values.compactMap(\.step).max())
    for (key, subject, own) in levelled {
      guard let target = result.pieces[key] else { continue }
      result.repeats.add(own.onGrid(target.grid(dt: dt, isPart: result.parts.contains(key))), of: subject, in: key)
    }
    return result
  }

  /// All labels, in the order in which they are met: what the first lacks is missing there, not everywhere.
  private static func union(_ lists: [[String]]) -> [String] {
    var seen: Set<String> = []
    return lists.joined().filter { seen.insert($0).inserted }
  }

  /// Series that are sampled alike as they are; others on the rows of a grid of the slowest, by which they can be matched.
  private static func ofOneStep(_ series: [ClockSeries], _ gridStep: (Double?) -> Double) -> [ClockSeries] {
    let steps = series.compactMap(\.step)
    guard let least = steps.min(), let most = steps.max(), most - least > 1e-6 * most else { return series }
    return series.map { $0.onRows(dt: gridStep(most)) }
  }

  /// Series of equal labels on the rows of the longest, matched by time; what one does not have is missing.
  ///
  /// - Parameter joinsParts: on the rows of all of them, as the parts of one stimulus need.
  private static func aligned(
    _ series: [ClockSeries], joinsParts: Bool = false
  ) -> (clock: ClockSeries, values: [Matrix], spread: SampleSpread) {
    let longest = series.dropFirst().reduce(series[0]) { $1.times.count > $0.times.count ? $1 : $0 }
    guard let step = longest.step else { preconditionFailure("what was shown is sampled evenly") }
    let columns = longest.values.columns
    let spread = SampleSpread(starts: series.map(\.start), reference: longest.start, step: step)
    let shifts = series.map { Int((($0.start - longest.start) / step).rounded()) }
    let ends = zip(shifts, series).map { $0 + $1.values.rows }
    let first = joinsParts ? shifts.reduce(0, min) : 0
    let end = joinsParts ? ends.reduce(longest.times.count, max) : longest.times.count
    let values = zip(series, shifts).map { one, shift in
      var placed = Matrix(
        rows: end - first, columns: columns, values: [Double](repeating: .nan, count: (end - first) * columns))
      for row in 0..<one.values.rows where (0..<placed.rows).contains(row + shift - first) {
        for column in 0..<columns { placed[row + shift - first, column] = one.values[row, column] }
      }
      return placed
    }
    let times = (first..<end).map { row in
      longest.times.indices.contains(row) ? longest.times[row] : longest.start + Double(row) * step
    }
    let clock = ClockSeries(labels: longest.labels, times: times, step: step, values: longest.values)
    return (clock, values, spread)
  }

  /// One subject's showings as one series: their mean over those that are there in a row, at one level. Parts, which show
  /// no second twice, have no level in common and are joined as they are.
  private func meanOfRepeats(
    _ showings: [ClockSeries], of key: PieceKey, noting missing: inout MissingMembers
  ) -> ClockSeries {
    guard showings.count > 1 else { return showings[0] }
    let (clock, values, spread) = Self.aligned(showings, joinsParts: true)
    let ordered = showings.sorted { $0.start < $1.start }
    if zip(ordered, ordered.dropFirst()).allSatisfy({ $0.end <= $1.start + Showing.clockToleranceS }) {
      var joined = values[0]
      for part in values.dropFirst() {
        for i in joined.values.indices where joined.values[i].isNaN { joined.values[i] = part.values[i] }
      }
      return ClockSeries(labels: clock.labels, times: clock.times, step: clock.step, values: joined)
    }
    missing.note(spread)
    let mean = MemberMean(values, largestMissingShare: 1, counted: counted[key]?.targets(at: clock.times))
    missing.note(mean)
    return ClockSeries(labels: clock.labels, times: clock.times, step: clock.step, values: mean.mean)
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
    var series = self
    (series.labels, series.values) = (wanted, result)
    return series
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
