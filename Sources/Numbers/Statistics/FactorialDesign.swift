import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// Why a design cannot be analysed.
public enum DesignProblem: Error, Equatable {
  /// All rows have one level of the factor at this place.
  case oneLevel(Int)
  /// What these factors do cannot be told from what the factors before them do.
  case confounded([Int])
  /// As many effects as rows: nothing is left over that they could be held against.
  case nothingLeft
}

/// Rows with a level of each of several factors, and what is asked of them: an analysis of variance with sum-coded main
/// effects, and with the interactions of every two factors where they are asked for.
///
/// An effect is a hypothesis L b = 0 on the coefficients of X (n x p): `SS = Y' Q Q' Y` with Q an orthonormal basis of
/// `X (X'X)^-1 L'`, so each is what the effect explains beyond all others (type III sums of squares; with main effects alone
/// also type II), whatever the numbers of rows. Of many columns the sums are added (Anderson 2001).
public struct FactorialDesign: Sendable {
  /// What a row of results is of.
  public enum Effect: Hashable, Sendable {
    /// The main effects of these factors together.
    case factors([Int])
    /// A level, by its place, against the mean of all levels of the factor.
    case level(Int, of: Int)
    /// What two factors do together beyond what each does.
    case interaction(Int, Int)

    /// The factors whose labels are exchanged under the hypothesis that there is no such effect.
    public var factors: [Int] {
      switch self {
      case .factors(let places): places
      case .level(_, let place): [place]
      case .interaction(let a, let b): [a, b]
      }
    }
  }

  private struct Term {
    let factors: [Int]
    let columns: Range<Int>
  }

  /// `[factor][row]`, levels from 0 on.
  let levels: [[Int]]
  let levelCounts: [Int]
  private let terms: [Term]
  /// X = basis · upper, basis `[row, p]` orthonormal; the first column is the mean's.
  private let basis: Matrix
  private let upper: Matrix

  public var rowCount: Int { basis.rows }
  /// Rows less coefficients.
  public var errorDF: Int { basis.rows - basis.columns }

  /// - Parameters:
  ///   - levels: `[factor][row]`; of each factor every number from 0 to the largest is some row's.
  ///   - interactions: whether those of every two factors are effects, too.
  public init(_ levels: [[Int]], interactions: Bool) throws(DesignProblem) {
    let counts = levels.map { ($0.max() ?? -1) + 1 }
    (self.levels, levelCounts) = (levels, counts)
    if let place = counts.firstIndex(where: { $0 < 2 }) { throw .oneLevel(place) }
    let rowCount = levels.map(\.count).reduce(0, max)
    var columns = [[Double](repeating: 1, count: rowCount)]
    var terms: [Term] = []
    func coded(_ place: Int) -> [[Double]] {
      let last = counts[place] - 1
      return (0..<last).map { level in levels[place].map { $0 == level ? 1 : $0 == last ? -1 : 0 } }
    }
    func add(_ factors: [Int], _ made: [[Double]]) {
      terms.append(Term(factors: factors, columns: columns.count..<(columns.count + made.count)))
      columns += made
    }
    for place in levels.indices { add([place], coded(place)) }
    if interactions {
      for a in levels.indices {
        for b in levels.indices where a < b {
          add([a, b], coded(a).flatMap { x in coded(b).map { y in zip(x, y).map(*) } })
        }
      }
    }
    guard columns.count < rowCount else { throw .nothingLeft }
    let made = Self.orthonormal(columns)
    if let place = made.dependent, let term = terms.first(where: { $0.columns.contains(place) }) {
      throw .confounded(term.factors)
    }
    (self.terms, basis, upper) = (terms, made.basis, made.upper)
  }

  /// Gram and Schmidt's, each column twice; the first column that depends on those before it.
  private static func orthonormal(_ columns: [[Double]]) -> (basis: Matrix, upper: Matrix, dependent: Int?) {
    var done: [[Double]] = []
    var upper = Matrix(rows: columns.count, columns: columns.count)
    var dependent: Int?
    for (place, column) in columns.enumerated() {
      var left = column
      for _ in 0..<2 {
        for (other, direction) in done.enumerated() {
          let share = zip(left, direction).reduce(0) { $0 + $1.0 * $1.1 }
          upper[other, place] += share
          for i in left.indices { left[i] -= share * direction[i] }
        }
      }
      let length = left.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let whole = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if length <= 1e-9 * whole { dependent = dependent ?? place }
      upper[place, place] = length
      done.append(left.map { $0 / length })
    }
    let rows = columns.map(\.count).reduce(0, max)
    return (
      Matrix(rows: done.count, columns: rows, values: done.flatMap { $0 }).transposed, upper, dependent
    )
  }

  /// L, a row for each coefficient or combination of coefficients that is nothing under the hypothesis.
  private func hypothesis(_ effect: Effect) -> [[Double]] {
    func unit(_ column: Int) -> [Double] { (0..<basis.columns).map { $0 == column ? 1 : 0 } }
    func columns(_ factors: [Int]) -> Range<Int> { terms.first { $0.factors == factors }?.columns ?? 0..<0 }
    switch effect {
    case .factors(let places): return places.flatMap { columns([$0]).map(unit) }
    case .interaction(let a, let b): return columns([a, b]).map(unit)
    case .level(let level, let place):
      let own = columns([place])
      if level < own.count { return [unit(own.lowerBound + level)] }
      return [(0..<basis.columns).map { own.contains($0) ? -1 : 0 }]
    }
  }

  /// What an effect explains, as products with `Y Y'`.
  public struct Projection: Sendable {
    public let df: Int
    /// `Q Q'`: SS of the effect.
    let own: Matrix
    /// What all other effects leave: SS of the effect and of the error.
    let left: Matrix
  }

  public func projection(_ effect: Effect) -> Projection {
    let (n, p) = (basis.rows, basis.columns)
    // upper' a = l, from the first on.
    let solved = hypothesis(effect).map { wanted -> [Double] in
      var a = wanted
      for i in 0..<p {
        for j in 0..<i { a[i] -= upper[j, i] * a[j] }
        a[i] /= upper[i, i]
      }
      return a
    }
    let directions = basis.multiplied(by: Self.orthonormal(solved).basis)
    let own = directions.outerGram
    var left = basis.outerGram
    for i in left.values.indices { left.values[i] = own.values[i] - left.values[i] }
    for i in 0..<n { left[i, i] += 1 }
    return Projection(df: directions.columns, own: own, left: left)
  }
}

extension FactorialDesign {
  /// How rows are exchanged under the hypothesis that there is no effect.
  public enum Exchange: String, Sendable {
    /// Within the cells of the other factors: labels of the effect's factors are exchanged, exact where they do nothing.
    case withinCells = "within_cells"
    /// What the other effects leave of the rows, over all rows (Freedman and Lane 1983): nearly exact.
    case residuals
  }

  /// As many orders of the rows as draws.
  ///
  /// Rows are exchanged within the cells of the other factors where these leave more arrangements of labels than there are
  /// draws, those that differ in the labels' names counted once; else over all rows, as those of an interaction always are.
  ///
  /// - Parameter stream: the random numbers of a draw.
  public func orders(
    _ effect: Effect, draws: Int, stream: (Int) -> RandomStream
  ) -> (exchange: Exchange, orders: [[Int]]) {
    let cells = self.cells(of: effect)
    let exchange: Exchange = Self.logArrangements(cells) > log(Double(draws) + 1) - 1e-9 ? .withinCells : .residuals
    let groups = exchange == .withinCells ? cells.map(\.rows) : [Array(0..<rowCount)]
    let orders = (0..<draws).map { draw in
      var stream = stream(draw)
      var order = Array(0..<rowCount)
      for rows in groups {
        for (from, to) in zip(stream.permutation(of: rows.count), rows) { order[to] = rows[from] }
      }
      return order
    }
    return (exchange, orders)
  }

  private struct Cell {
    let rows: [Int]
    /// What the factors of the effect are in each.
    let labels: [[Int]]
  }

  /// Rows by the levels of the factors that are not the effect's; none of an interaction, which no exchange of labels
  /// leaves alone.
  private func cells(of effect: Effect) -> [Cell] {
    if case .interaction = effect { return [] }
    let own = effect.factors
    let others = levels.indices.filter { !own.contains($0) }
    func key(_ row: Int, _ places: [Int]) -> [Int] { places.map { levels[$0][row] } }
    return Dictionary(grouping: 0..<rowCount) { key($0, others) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { Cell(rows: $0.value, labels: $0.value.map { key($0, own) }) }
  }

  /// Of labels within cells, without their names; minus infinity where there is nothing to arrange.
  private static func logArrangements(_ cells: [Cell]) -> Double {
    func logFactorial(_ n: Int) -> Double { lgamma(Double(n) + 1) }
    let names = Set(cells.flatMap(\.labels)).count
    guard names > 1 else { return -.infinity }
    let all = cells.map { cell in
      Dictionary(grouping: cell.labels) { $0 }.values.reduce(logFactorial(cell.rows.count)) {
        $0 - logFactorial($1.count)
      }
    }
    return all.reduce(-logFactorial(names), +)
  }
}
