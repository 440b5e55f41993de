import EncodingModels
import LabelledArrays
import LinearAlgebra
import Recordings
import Showings
import Statistics
import Warehouse
import Work

/// The repeated measurements behind a target, each on the grid of its piece: what a noise ceiling is made of.
struct TargetRepeats {
  /// Subjects' or raters' own series.
  private(set) var members: [PieceKey: [String: Matrix]] = [:]
  /// Synchrony within random halves of the subjects: two per split.
  var halves: [PieceKey: [Matrix]] = [:]
  /// Subjects behind the halves.
  var subjectCount = 0
  /// The one rater whose series is the target, where the target is not the mean.
  var own: String?

  mutating func add(_ values: Matrix, of member: String, in piece: PieceKey) {
    members[piece, default: [:]][member] = values
  }

  /// Of some columns.
  func selecting(cells: Range<Int>) -> TargetRepeats {
    let columns = Array(cells)
    var copy = self
    copy.members = members.mapValues { $0.mapValues { $0.selecting(columns: columns) } }
    copy.halves = halves.mapValues { $0.map { $0.selecting(columns: columns) } }
    return copy
  }

  mutating func join(_ other: TargetRepeats) {
    for (piece, series) in other.members { members[piece, default: [:]].merge(series) { mine, _ in mine } }
  }
}

extension TaskArray {
  /// Who made a series.
  var person: String { description.rater ?? description.subject ?? reference.name }

  /// The series of every half of a `synchrony_halves` array, `[time, draw, region]`.
  func halves() throws -> [ClockSeries] {
    let array = try ArrayReader.read(reference)
    let times = array.seconds
    let regions = array.axis("region")?.labels ?? []
    let count = times.isEmpty || regions.isEmpty ? 0 : array.values.count / times.count / regions.count
    return (0..<count).map { half in
      var values = Matrix(rows: times.count, columns: regions.count)
      for row in 0..<times.count {
        for column in regions.indices {
          values[row, column] = Double(array.values[(row * count + half) * regions.count + column])
        }
      }
      return ClockSeries(labels: regions, times: times, step: SampleClock.spacing(times), values: values)
    }
  }
}

/// The largest r a perfect model could reach, per column; NaN where the target was measured once.
struct TargetCeiling {
  /// What r is divided by: from halves of the group, or from the other raters where the target is one of them.
  let values: [Double]
  /// For one rater: r with the mean of all, the rater included.
  let upper: [Double]?

  init(_ assembled: AssembledData, _ fit: EncodingFit, seed: UInt64) {
    let repeats = assembled.target.repeats
    let missing = [Double](repeating: .nan, count: assembled.data.targetCount)
    if !repeats.halves.isEmpty {
      values = Self.ofSynchrony(repeats, assembled, fit) ?? missing
      upper = nil
      return
    }
    let names = Set(repeats.members.values.flatMap(\.keys)).sorted()
    guard names.count >= 2 else {
      values = missing
      upper = nil
      return
    }
    let members = Self.members(repeats, names, assembled, counted: fit.countedRows)
    if let own = repeats.own.flatMap({ names.firstIndex(of: $0) }) {
      func agreement(_ isIn: (Int) -> Bool) -> [Double] {
        fit.agreement(Self.pairs(members, assembled, of: own, with: names.indices.filter(isIn)))
      }
      values = agreement { $0 != own }.map { $0 < 0 ? 0 : $0 }
      upper = agreement { _ in true }
    } else {
      values = fit.splitHalfCeiling(members, splits: Self.splits(members), seed: seed)
      upper = nil
    }
  }

  /// 1,000 halves; fewer where the series of all members hold more than 5 million values.
  private static func splits(_ members: [[Matrix?]]) -> Int {
    let size = members.joined().reduce(0) { $0 + ($1?.values.count ?? 0) }
    return max(100, min(1000, 5_000_000_000 / max(1, size)))
  }

  /// Per piece, of every name its series at the members' common level in the rows that count; nil where it has none.
  private static func members(
    _ repeats: TargetRepeats, _ names: [String], _ assembled: AssembledData, counted: [[[Bool]]]
  ) -> [[Matrix?]] {
    assembled.keys.indices.map { place in
      let (key, piece) = (assembled.keys[place], assembled.data.pieces[place])
      let own = repeats.members[key] ?? [:]
      return MemberMean(
        names.map { name in
          own[name].flatMap { $0.rows == piece.rowCount && $0.columns == piece.targets.columns ? $0 : nil }
        }, counted: counted[place]
      ).members
    }
  }

  /// Per piece, the series of one member and the mean of others.
  private static func pairs(
    _ members: [[Matrix?]], _ assembled: AssembledData, of own: Int, with others: [Int]
  ) -> SeriesPairs {
    zip(members, assembled.data.pieces).map { series, piece in
      (series[own] ?? piece.targets.missing, NoiseCeiling.mean(others.map { series[$0] }) ?? piece.targets.missing)
    }
  }

  /// The square root of the larger of Spearman and Brown over subjects and over pairs, inside the test folds.
  private static func ofSynchrony(_ repeats: TargetRepeats, _ assembled: AssembledData, _ fit: EncodingFit) -> [Double]?
  {
    let parts = assembled.keys.map { repeats.halves[$0] ?? [] }
    guard let splits = parts.map({ $0.count / 2 }).min(), splits > 0, repeats.subjectCount >= 4 else { return nil }
    let fits = zip(parts, assembled.data.pieces).allSatisfy { part, piece in
      part.allSatisfy { $0.rows == piece.rowCount && $0.columns == assembled.data.targetCount }
    }
    guard fits else { return nil }
    return fit.ceiling(
      splits: splits,
      stepUp: { r in
        let (overSubjects, overPairs) = NoiseCeiling.ofHalves(r, subjectCount: repeats.subjectCount)
        return max(overSubjects, overPairs)
      }
    ) { split in parts.map { (first: $0[2 * split], second: $0[2 * split + 1]) } }
  }
}

extension Matrix {
  /// A matrix of this shape in which everything is missing.
  fileprivate var missing: Matrix {
    Matrix(rows: rows, columns: columns, values: [Double](repeating: .nan, count: values.count))
  }
}
