import LinearAlgebra

/// The mean over members (raters of a series, subjects of a group) of whom some are missing in some rows.
///
/// Every member is moved to the members' common level first, so that one who drops out does not move the mean: with C the
/// rows in which all members have a value, x_m the mean of member m over C and x the mean of the x_m,
/// `y(t) = x + mean over the members present of (x_m(t) - x_m)`. Members that share fewer rows than `leastCommonRows` have
/// the levels of the additive model `x_m(t) = level_m + course(t)` instead, fitted by least squares to all rows that two
/// or more of them share; those that share no row with the others, directly or by others, are left out.
///
/// Rows that do not count (trimmed, say) have a mean too, but no say in the levels. Where no value is missing it is the
/// plain mean.
public struct MemberMean: Sendable {
  /// `[rows, columns]`; NaN where nobody or too few are present.
  public let mean: Matrix
  /// The members at their common level, as the mean is made of them: nil and NaN as given, all NaN for one left out.
  public let members: [Matrix?]
  /// Per column: rows that count and whose mean is over some of the members; all rows where one has nothing of the column.
  public let partialRows: [Int]
  /// Per column: rows that count and in which somebody, but too few, are present; they are missing.
  public let thinRows: [Int]
  /// Per column: members whose level cannot be compared with the others'; they are left out.
  public let unconnected: [Int]
  /// Whether the mean depends on which rows count: where members are z-scored, and where some value is missing in a row in
  /// which another is there.
  public let dependsOnRows: Bool

  /// Below this, levels are not taken from the rows that all have.
  static let leastCommonRows = 10

  /// - Parameters:
  ///   - members: `[rows, columns]` each, NaN where missing; nil: no data at all, and not counted.
  ///   - standardised: every member's columns are z-scored first (over C, or over its own rows where C is too short); a
  ///     constant column is left out.
  ///   - largestMissingShare: a row with a larger share of missing members is missing.
  ///   - counted: per column and row, whether it counts; nil: all do. Where no row of a column counts, all do.
  public init(
    _ given: [Matrix?], standardised: Bool = false, largestMissingShare: Double = 0.5, counted: [[Bool]]? = nil
  ) {
    let data = given.compactMap { $0 }
    guard let shape = data.first else {
      (mean, members, partialRows, thinRows, unconnected) = (Matrix(rows: 0, columns: 0), given, [], [], [])
      dependsOnRows = false
      return
    }
    for member in data {
      precondition(member.rows == shape.rows && member.columns == shape.columns, "members differ in shape")
    }
    dependsOnRows =
      standardised
      || shape.values.indices.contains { i in
        let missing = data.count { $0.values[i].isNaN }
        return missing > 0 && missing < data.count
      }
    var levelled = given
    var mean = Matrix(rows: shape.rows, columns: shape.columns)
    var (partial, thin, apart) = ([Int](), [Int](), [Int]())
    for column in 0..<shape.columns {
      let own = counted.flatMap { $0[column].contains(true) ? $0[column] : nil }
      let result = Self.column(
        given.map { $0?.column(column) }, counted: own ?? Array(repeating: true, count: shape.rows), standardised,
        largestMissingShare)
      for row in 0..<shape.rows {
        mean[row, column] = result.mean[row]
        for (m, series) in result.members.enumerated() { if let series { levelled[m]?[row, column] = series[row] } }
      }
      partial.append(result.partial)
      thin.append(result.thin)
      apart.append(result.unconnected)
    }
    (self.mean, members, partialRows, thinRows, unconnected) = (mean, levelled, partial, thin, apart)
  }

  private struct Column {
    var members: [[Double]?]
    var mean: [Double]
    var partial = 0
    var thin = 0
    var unconnected: Int
  }

  private static func column(
    _ given: [[Double]?], counted: [Bool], _ standardised: Bool, _ largest: Double
  ) -> Column {
    let rows = given.lazy.compactMap { $0?.count }.first ?? 0
    let present = given.indices.filter { given[$0]?.contains { !$0.isNaN } ?? false }
    let series = present.map { given[$0] ?? [] }
    let (levelled, unconnected) = atOneLevel(series, counted, standardised)
    var result = Column(
      members: given.map { $0.map { _ in [Double](repeating: .nan, count: rows) } },
      mean: [Double](repeating: .nan, count: rows), unconnected: unconnected)
    for (m, own) in zip(present, levelled) { if let own { result.members[m] = own } }
    let kept = levelled.compactMap { $0 }
    // Who has other columns and nothing of this one is in no row's share, but is missing from its mean.
    let isAnyAbsent = present.count < given.count { $0 != nil }
    for row in 0..<rows {
      let values = kept.map { $0[row] }.filter { !$0.isNaN }
      guard !values.isEmpty else { continue }
      let missing = Double(kept.count - values.count)
      guard missing <= largest * Double(kept.count) + 1e-9 else {
        if counted[row] { result.thin += 1 }
        continue
      }
      if missing > 0 || isAnyAbsent, counted[row] { result.partial += 1 }
      result.mean[row] = Moments.mean(values)
    }
    return result
  }

  /// The series at their common level, nil for one that cannot be compared, and how many those are.
  private static func atOneLevel(
    _ given: [[Double]], _ counted: [Bool], _ standardised: Bool
  ) -> (series: [[Double]?], unconnected: Int) {
    guard let rows = given.first?.count else { return ([], 0) }
    let counts = (0..<rows).map { row in counted[row] ? given.count { !$0[row].isNaN } : 0 }
    let common = (0..<rows).filter { counts[$0] == given.count }
    let own = (0..<rows).filter { counted[$0] }
    let isWhole = common.count == counts.count { $0 > 0 }
    let isCommon = isWhole || common.count >= leastCommonRows
    let series = standardised ? given.map { Self.standardised($0, over: isCommon ? common : own) } : given
    // Where nobody is missing alone, and where all are z-scored over the same rows, they stand at one level as they are.
    if isCommon, isWhole || standardised {
      let kept = series.map { $0.contains { !$0.isNaN } ? $0 : nil }
      return (kept, 0)
    }
    let levels = isCommon ? series.map { own in Moments.mean(common.map { own[$0] }) } : additive(series, counted)
    let kept = levels.filter { !$0.isNaN }
    let grand = Moments.mean(kept)
    let moved = zip(series, levels).map { own, level in level.isNaN ? nil : own.map { $0 - level + grand } }
    return (moved, levels.count - kept.count)
  }

  /// Divided by the standard deviation over some rows (those that are there); NaN for a constant series.
  private static func standardised(_ x: [Double], over rows: [Int]) -> [Double] {
    let own = rows.map { x[$0] }.filter { !$0.isNaN }
    let sd = Moments.standardDeviation(own, degreesOfFreedom: 0)
    let mean = Moments.mean(own)
    return sd > 1e-12 * max(1, abs(mean)) ? x.map { ($0 - mean) / sd } : x.map { _ in .nan }
  }

  /// Least-squares levels of members in `x_m(t) = level_m + course(t)`, of those that hang together with most of the rows;
  /// NaN for the others.
  ///
  /// Rows are eliminated: with n(t) members present, `Σ_t (x_m(t) - x̄(t)) = Σ_t (a_m - ā(t))` over the rows that m has,
  /// solved by sweeping over the members until the levels stand.
  private static func additive(_ series: [[Double]], _ counted: [Bool]) -> [Double] {
    guard let rows = series.first?.count else { return [] }
    let present = (0..<rows).map { row in counted[row] ? series.indices.filter { !series[$0][row].isNaN } : [] }
    func ownMean(_ m: Int) -> Double {
      Moments.mean((0..<rows).filter { counted[$0] && !series[m][$0].isNaN }.map { series[m][$0] })
    }
    let connected = largestConnected(series.count, present)
    guard connected.count > 1 else {
      return series.indices.map { connected.contains($0) ? ownMean($0) : .nan }
    }
    let shared = present.map { $0.filter(connected.contains) }.enumerated().filter { $0.element.count > 1 }
    var levels = series.map { _ in Double.nan }
    for m in connected { levels[m] = ownMean(m) }
    for _ in 0..<10_000 {
      let course = shared.map { row, members in Moments.mean(members.map { series[$0][row] - levels[$0] }) }
      var largest = 0.0
      for m in connected {
        var (sum, count) = (0.0, 0.0)
        for (k, entry) in shared.enumerated() where entry.element.contains(m) {
          sum += series[m][entry.offset] - course[k]
          count += 1
        }
        largest = max(largest, abs(sum / count - levels[m]))
        levels[m] = sum / count
      }
      if largest < 1e-12 * (1 + abs(levels[connected.first ?? 0])) { break }
    }
    return levels
  }

  /// The members that hang together by rows they share, the set with most values, in order: what is
  /// made of them has the same digits in every run.
  private static func largestConnected(_ count: Int, _ present: [[Int]]) -> [Int] {
    var owner = Array(0..<count)
    var values = [Int](repeating: 0, count: count)
    for members in present {
      for m in members { values[m] += 1 }
      guard let first = members.first else { continue }
      for m in members where owner[m] != owner[first] {
        let old = owner[m]
        for i in owner.indices where owner[i] == old { owner[i] = owner[first] }
      }
    }
    let sets = Dictionary(grouping: 0..<count) { owner[$0] }.values
    let sizes = sets.map { set in (set, set.reduce(0) { $0 + values[$1] }) }
    let best = sizes.max { $0.1 != $1.1 ? $0.1 < $1.1 : ($0.0.first ?? 0) > ($1.0.first ?? 0) }
    return best?.0 ?? []
  }
}
