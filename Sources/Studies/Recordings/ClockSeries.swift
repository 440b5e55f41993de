import Diagnostics
import LabelledArrays
import LinearAlgebra
import Showings
import SignalProcessing
import StudyFiles
import Warehouse

/// Where a series belongs: one stimulus in one acquisition run, or a part of it.
package struct PieceKey: Hashable, Comparable {
  package let stimulus: String
  package let run: String?
  /// Second of the stimulus at which it begins, where a pause divides what was shown; nil: nothing does.
  package let partS: Double?

  package init(stimulus: String, run: String?, partS: Double? = nil) {
    self.stimulus = stimulus
    self.run = run
    self.partS = partS
  }

  package static func < (a: PieceKey, b: PieceKey) -> Bool {
    (a.stimulus, a.run ?? "", a.partS ?? -.infinity) < (b.stimulus, b.run ?? "", b.partS ?? -.infinity)
  }

  /// Its stimulus, whatever the run and the part.
  package var ofAllRuns: PieceKey { PieceKey(stimulus: stimulus, run: nil) }

  /// What is of this piece, of its run, or of its stimulus whatever the run, in this order.
  package var holders: [PieceKey] { [self, PieceKey(stimulus: stimulus, run: run), ofAllRuns] }

  /// How a part is told from others of its stimulus; nil: it is none.
  package var part: String? { partS.map { second in "from \(Int(exactly: second).map { "\($0)" } ?? "\(second)") s" } }

  package var label: String {
    let whole = run.map { "\(stimulus) run \($0)" } ?? stimulus
    return part.map { "\(whole) \($0)" } ?? whole
  }
}

extension Showing {
  package var piece: PieceKey { PieceKey(stimulus: stimulus, run: run) }
}

extension LabelledArray {
  /// The stamps of a series. An array that the catalog calls one has them.
  package var seconds: [Double] {
    guard let times = axis("time")?.numbers else { preconditionFailure("a series has an axis of time") }
    return times
  }
}

extension LabelledArray {
  /// A series of a stimulus as a fit on a grid of `dt` seconds reads it: `[time, column]`, row i over
  /// `[i·dt, (i + 1)·dt)`, NaN where nothing is known. Axes behind time are flattened into columns.
  ///
  /// - Parameter limit: the most values that are made; nil is returned where the last stamp lies so far out that there
  ///   were more.
  package func onGrid(dt: Double, name: String, limit: Int) -> LabelledArray? {
    let series = ClockSeries(self, name: name).onOwnBins(dt: dt)
    guard series.end / dt <= Double(limit / max(series.values.columns, 1)) else { return nil }
    let count = series.rowCount(dt: dt)
    return LabelledArray(
      axes: [.time((0..<count).map { Double($0) * dt }), .labels("column", series.labels)],
      values: series.onGrid(start: 0, dt: dt, count: count).values.map { Float($0) }, units: units)
  }
}

/// Stamps of an even clock, of which some may not be there.
package struct EvenStamps {
  package let step: Double
  /// The row of the clock that each stamp is.
  package let places: [Int]

  /// nil: the stamps are of no such clock. Its step is the median spacing; at least a row in a hundred is there.
  package init?(_ stamps: [Double]) {
    if let step = SampleClock.spacing(stamps) {
      (self.step, places) = (step, Array(stamps.indices))
      return
    }
    let steps = zip(stamps.dropFirst(), stamps).map { $0 - $1 }.sorted()
    guard steps.count > 1, let first = stamps.first, let last = stamps.last, steps[0] > 0 else { return nil }
    let median = steps[steps.count / 2]
    let rows = ((last - first) / median).rounded()
    guard rows <= 100 * Double(stamps.count) else { return nil }
    let step = (last - first) / rows
    let found = stamps.map { Int((($0 - first) / step).rounded()) }
    for (stamp, place) in zip(stamps, found) where abs(stamp - first - Double(place) * step) > 1e-6 * max(step, 1) {
      return nil
    }
    guard zip(found.dropFirst(), found).allSatisfy(>) else { return nil }
    (self.step, places) = (step, found)
  }
}

/// Columns over stimulus time: a row at t stands for `[t, t + step)`, or for a stamp when irregular.
package struct ClockSeries {
  package var labels: [String]
  /// Seconds of the stimulus.
  package var times: [Double]
  /// Spacing of the clock, nil when the stamps are irregular.
  package var step: Double?
  /// `[times, labels]`, NaN missing.
  package var values: Matrix
  /// Which row of the clock each is, of a series that is even but for rows that are not there at all; nil: all are there.
  package private(set) var places: [Int]?
  /// Rows that are as good as not there, since they would be made of one that is not; NaN.
  package private(set) var hollow: Set<Int> = []

  /// Whether the clock has a row that is not there.
  package var lacksRows: Bool { places != nil || !hollow.isEmpty }

  package var start: Double { times.first ?? 0 }
  package var end: Double { (times.last ?? 0) + (step ?? 0) }

  /// Rows of `dt` seconds from 0 that hold the series: the last needs half of itself covered, or one stamp where irregular.
  package func rowCount(dt: Double) -> Int {
    guard step != nil else { return times.isEmpty ? 0 : Int((end / dt + 1e-9).rounded(.down)) + 1 }
    return Int((end / dt + 0.5 + 1e-9).rounded(.down))
  }

  /// The rows of an array whose axis 0 is time; later axes are flattened into columns.
  package init(_ array: LabelledArray, name: String) {
    let times = array.seconds
    precondition(array.axes.first?.name == "time", "time is axis 0")
    let columns = times.isEmpty ? 0 : array.values.count / times.count
    labels = array.axes.count > 1 ? array.axes[1].labels ?? (0..<columns).map { "\(name)-\($0)" } : [name]
    self.times = times
    step = SampleClock.spacing(times)
    values = Matrix(rows: times.count, columns: columns, values: array.values.map(Double.init))
  }

  package init(labels: [String], times: [Double], step: Double?, values: Matrix) {
    self.labels = labels
    self.times = times
    self.step = step
    self.values = values
  }

  /// The series with every row at the start of its own bin: a stamp stands for the bin it lies in, wherever it lies in it.
  /// Rows that an even clock lacks are known by the places of the others, each of which lies where it would without them.
  /// Stamps that are uneven, or farther apart than the grid, are placed one by one and stay.
  package func onOwnBins(dt: Double) -> ClockSeries {
    guard let first = times.first else { return self }
    var result = self
    if step == nil, let clock = EvenStamps(times), clock.step <= dt * (1 + 1e-9) {
      result.step = clock.step
      result.times = clock.places.map { first + Double($0) * clock.step }
      result.places = clock.places
    }
    guard let step = result.step, step <= dt * (1 + 1e-9) else { return self }
    let shift = SampleClock.binStart(of: first, step: step) - first
    if shift != 0 { result.times = result.times.map { $0 + shift } }
    return result
  }

  /// The rows of a piece.
  package struct Grid {
    package let start: Double
    package let dt: Double
    package let count: Int

    package init(start: Double, dt: Double, count: Int) { (self.start, self.dt, self.count) = (start, dt, count) }
  }

  /// The grid of a target's piece. A windowed target's stamps are moments; a row is the one whose window they summarise.
  package func grid(dt: Double, isAnchored: Bool) -> Grid {
    grid(from: isAnchored ? start - (start / dt).rounded(.down) * dt : 0, dt: dt)
  }

  /// The grid of a recorded response; a part of a stimulus begins with its own first row.
  package func grid(dt: Double, isPart: Bool) -> Grid {
    isPart ? grid(from: start, dt: dt) : grid(dt: dt, isAnchored: true)
  }

  /// The whole rows from a second to its end.
  private func grid(from first: Double, dt: Double) -> Grid {
    let last = max(end, (times.last ?? 0) + dt)
    return Grid(start: first, dt: dt, count: max(1, Int(((last - first) / dt + 1e-6).rounded(.down))))
  }

  package func onGrid(_ grid: Grid) -> Matrix { onGrid(start: grid.start, dt: grid.dt, count: grid.count) }

  /// The rows that are there, and which of the clock they are; nil: all.
  private var there: (values: [Double], places: [Int]?) {
    guard !hollow.isEmpty else { return (values.values, places) }
    let rows = (0..<values.rows).filter { !hollow.contains($0) }
    let width = values.columns
    return (rows.flatMap { values.values[$0 * width..<($0 + 1) * width] }, rows.map { places?[$0] ?? $0 })
  }

  /// The columns on a grid of `count` rows of `dt` seconds from `start`.
  package func onGrid(start gridStart: Double, dt: Double, count: Int) -> Matrix {
    let placed =
      if let step {
        placeOnGrid(
          there.values, columns: values.columns, startSeconds: start, stepSeconds: step, gridStart: gridStart,
          binSeconds: dt, binCount: count, places: there.places)
      } else {
        placeOnGrid(
          times: times.map { $0 - gridStart }, values: values.values, columns: values.columns, binSeconds: dt,
          binCount: count)
      }
    return Matrix(rows: count, columns: values.columns, values: placed.values)
  }

  /// The series on the rows of `dt` seconds, counted from 0, that hold it.
  package func onRows(dt: Double) -> ClockSeries {
    let first = Int((start / dt + 1e-6).rounded(.down))
    let count = max(1, Int((end / dt - 1e-6).rounded(.up)) - first)
    return ClockSeries(
      labels: labels, times: (first..<(first + count)).map { Double($0) * dt }, step: dt,
      values: onGrid(start: Double(first) * dt, dt: dt, count: count))
  }

  /// The columns in the order of these labels, which are those of the series; nil where they are not, or do not name every
  /// column.
  package func reordered(_ wanted: [String]) -> ClockSeries? {
    let places = Dictionary(labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let order = wanted.compactMap { places[$0] }
    guard order.count == wanted.count, wanted.count == labels.count, Set(order).count == values.columns else {
      return nil
    }
    var result = self
    result.labels = wanted
    for row in 0..<values.rows {
      for (column, place) in order.enumerated() { result.values[row, column] = values[row, place] }
    }
    return result
  }

  /// The rows of which most lies behind a second.
  package func from(_ second: Double) -> ClockSeries {
    let reach = if let step { step / 2 } else { 0.0 }
    let first = times.firstIndex { $0 >= second - reach - 1e-6 } ?? times.count
    guard first > 0 else { return self }
    var result = ClockSeries(
      labels: labels, times: Array(times[first...]), step: step,
      values: Matrix(
        rows: times.count - first, columns: values.columns, values: Array(values.values[(first * values.columns)...])))
    result.places = places.map { places in places[first...].map { $0 - places[first] } }
    result.hollow = Set(hollow.filter { $0 >= first }.map { $0 - first })
    return result
  }

  /// First differences of the rows, column by column; the first row is missing. A change needs both its rows: behind a row
  /// that is not there, there is none either.
  func changes() -> ClockSeries {
    var result = self
    // Of stamps that are placed one by one those of an even clock show which rows are not there.
    let places = places ?? (step == nil ? EvenStamps(times)?.places : nil)
    for row in 0..<values.rows {
      let isBehindHole = row > 0 && places.map { $0[row] != $0[row - 1] + 1 || hollow.contains(row - 1) } == true
      if isBehindHole, step != nil { result.hollow.insert(row) }
      for column in 0..<values.columns {
        result.values[row, column] = row > 0 && !isBehindHole ? values[row, column] - values[row - 1, column] : .nan
      }
    }
    return result
  }

  /// The Euclidean norm of every row: how far an embedding moves, of its changes.
  func lengths() -> ClockSeries {
    let lengths = (0..<values.rows).map { row in
      (0..<values.columns).reduce(0.0) { $0 + values[row, $1] * values[row, $1] }.squareRoot()
    }
    var result = self
    result.labels = ["change"]
    result.values = Matrix(rows: lengths.count, columns: 1, values: lengths)
    return result
  }

  /// A centred moving average over `seconds`, missing rows left out; of uneven stamps over those at most half of it away.
  /// A row that is not there stays so: what lies in a hole is the grid's to say.
  func smoothed(seconds: Double) -> ClockSeries {
    guard seconds > 0, step.map({ seconds > $0 }) != false else { return self }
    let half = step.map { Int((seconds / $0 / 2).rounded()) }
    var result = self
    var (first, last) = (0, 0)
    for row in 0..<values.rows where !hollow.contains(row) {
      if let half, let places {
        while places[row] - places[first] > half { first += 1 }
        while last + 1 < values.rows, places[last + 1] - places[row] <= half { last += 1 }
      } else if let half {
        (first, last) = (max(0, row - half), min(values.rows - 1, row + half))
      } else {
        while times[row] - times[first] > seconds / 2 { first += 1 }
        while last + 1 < values.rows, times[last + 1] - times[row] <= seconds / 2 { last += 1 }
      }
      let range = first...last
      for column in 0..<values.columns {
        var sum = 0.0
        var count = 0
        for i in range where !values[i, column].isNaN {
          sum += values[i, column]
          count += 1
        }
        result.values[row, column] = count > 0 ? sum / Double(count) : .nan
      }
    }
    return result
  }

  /// The series as a feature or target is used: the changes of a target are those of each of its columns, those of an
  /// embedding one series, the length of its difference.
  package func transformed(_ transform: SeriesTransform, isEmbedding: Bool = false) -> ClockSeries {
    switch transform {
    case .none: self
    case .changes: isEmbedding && values.columns > 1 ? changes().lengths() : changes()
    case .smooth(let seconds): smoothed(seconds: seconds)
    }
  }
}

extension SeriesTransform {
  /// Columns of an embedding as a feature: its changes are one series; nil: not known.
  package func columns(ofEmbedding width: Int?) -> Int? {
    switch self {
    case .changes: 1
    case .none, .smooth: width
    }
  }
}
