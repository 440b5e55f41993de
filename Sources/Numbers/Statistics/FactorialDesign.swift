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
  private let levels: [[Int]]
  /// Rows of each block.
  private let blocks: [[Int]]
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
  ///   - blocks: what each row is of (a sound of which there are variants), in the same order of variants in each; nil: every
  ///     row is by itself.
  public init(_ levels: [[Int]], interactions: Bool, blocks: [Int]? = nil) throws(DesignProblem) {
    let counts = levels.map { ($0.max() ?? -1) + 1 }
    self.levels = levels
    let ofRows = blocks ?? Array(0..<levels.map(\.count).reduce(0, max))
    self.blocks = Dictionary(grouping: ofRows.indices) { ofRows[$0] }.sorted { $0.key < $1.key }.map(\.value)
    precondition(Set(self.blocks.map(\.count)).count < 2, "blocks have the same variants")
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
    func columns(_ factors: [Int]) -> Range<Int> {
      guard let term = terms.first(where: { $0.factors == factors }) else {
        preconditionFailure("the design has no effect of the factors \(factors)")
      }
      return term.columns
    }
    switch effect {
    case .factors(let places):
      precondition(!places.isEmpty, "an effect is of factors")
      return places.flatMap { columns([$0]).map(unit) }
    case .interaction(let a, let b): return columns([a, b]).map(unit)
    case .level(let level, let place):
      let own = columns([place])
      precondition((0...own.count).contains(level), "the factor \(place) has no level \(level)")
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

  /// - Precondition: the effect is one of the design: interactions are only where they were asked for, of two factors in
  ///   their order.
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

/// How rows are exchanged under the hypothesis that there is no effect, one order of all rows for each draw.
public struct RowExchange: Sendable {
  public enum Kind: String, Sendable {
    /// Within the cells of the other factors: labels of the effect's factors are exchanged, exact where they do nothing.
    case withinCells = "within_cells"
    /// What the other effects leave of the rows, over all rows (Freedman and Lane 1983): nearly exact.
    case residuals
  }

  public let kind: Kind
  public let orders: [[Int]]
  /// The smallest p that they can give: one over their number, or over that of all that may differ; 1 where every order only
  /// renames labels, as of a level for each sound.
  public let pFloor: Double
}

extension FactorialDesign {
  /// As many orders of the rows as draws.
  ///
  /// Rows of one block keep together: factors that differ between blocks exchange whole blocks, factors that differ within
  /// them exchange rows of each. This happens within the cells of the other factors where they leave more arrangements of
  /// labels than there are draws, those that differ in the labels' names counted once; else, as always for an interaction,
  /// over all blocks and all rows of a block.
  ///
  /// - Parameter stream: the random numbers of a draw.
  /// - Precondition: as of `projection`.
  public func exchange(_ effect: Effect, draws: Int, stream: (Int) -> RandomStream) -> RowExchange {
    precondition(!hypothesis(effect).isEmpty, "an effect is a hypothesis on coefficients")
    let places = effect.factors
    let (between, within) = (places.filter(isBetween), places.filter { !isBetween($0) })
    func others(_ wanted: (Int) -> Bool) -> [Int] { levels.indices.filter { !places.contains($0) && wanted($0) } }
    var cells = [
      between.isEmpty ? [] : Self.cells(blocks, of: between, by: others(isBetween), in: levels),
      within.isEmpty
        ? []
        : blocks.flatMap { rows in
          Self.cells(rows.map { [$0] }, of: within, by: others { !isBetween($0) }, in: levels)
        },
    ]
    let arrangements = cells.map(Self.logArrangements).reduce(0, +)
    let enough = log(Double(draws) + 1) - 1e-9
    var kind = RowExchange.Kind.withinCells
    var most = arrangements
    if case .interaction = effect { most = -.infinity }
    if most < enough {
      kind = .residuals
      // Of labels of all factors, since rows that are alike in them may be exchanged for nothing.
      let (allBetween, allWithin) = (levels.indices.filter(isBetween), levels.indices.filter { !isBetween($0) })
      cells = [
        between.isEmpty ? [] : Self.cells(blocks, of: allBetween, by: [], in: levels),
        within.isEmpty
          ? [] : blocks.flatMap { rows in Self.cells(rows.map { [$0] }, of: allWithin, by: [], in: levels) },
      ]
      most = cells.joined().map(Self.logLabellings).reduce(0, +)
      if case .factors = effect, places.count == 1, places == (between.isEmpty ? allWithin : allBetween) {
        most -= cells.map(Self.logNames).reduce(0, +)
      }
    }
    return RowExchange(
      kind: kind, orders: (0..<draws).map { Self.order(cells, rowCount: rowCount, stream($0)) },
      pFloor: max(1 / Double(draws + 1), exp(-max(0, most))))
  }

  /// Whether a factor is the same in all rows of each block.
  private func isBetween(_ place: Int) -> Bool {
    blocks.allSatisfy { rows in rows.allSatisfy { levels[place][$0] == levels[place][rows[0]] } }
  }

  /// Whole blocks first, then rows within them.
  private static func order(_ cells: [[Cell]], rowCount: Int, _ start: RandomStream) -> [Int] {
    var stream = start
    return cells.reduce(Array(0..<rowCount)) { before, part in
      var order = before
      for cell in part {
        for (from, to) in zip(stream.permutation(of: cell.units.count), cell.units) {
          for (source, row) in zip(cell.units[from], to) { order[row] = before[source] }
        }
      }
      return order
    }
  }

  /// What is exchanged with each other.
  private struct Cell {
    /// Rows that move together, in the order of the block.
    let units: [[Int]]
    /// What the factors of the effect are in each.
    let labels: [[Int]]
  }

  private static func cells(_ units: [[Int]], of own: [Int], by others: [Int], in levels: [[Int]]) -> [Cell] {
    func key(_ unit: [Int], _ places: [Int]) -> [Int] { places.map { levels[$0][unit[0]] } }
    return Dictionary(grouping: units) { key($0, others) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { Cell(units: $0.value, labels: $0.value.map { key($0, own) }) }
  }

  private static func logFactorial(_ n: Int) -> Double { lgamma(Double(n) + 1) }

  /// Of labels within cells, without their names.
  private static func logArrangements(_ cells: [Cell]) -> Double {
    cells.map(logLabellings).reduce(-logFactorial(Set(cells.flatMap(\.labels)).count), +)
  }

  /// Of labels within a cell.
  private static func logLabellings(_ cell: Cell) -> Double {
    Dictionary(grouping: cell.labels) { $0 }.values.reduce(logFactorial(cell.units.count)) {
      $0 - logFactorial($1.count)
    }
  }

  /// Of labels that can change their names, since as many units have them in every cell.
  private static func logNames(_ cells: [Cell]) -> Double {
    let labels = Set(cells.flatMap(\.labels))
    return Dictionary(grouping: labels) { label in cells.map { $0.labels.count { $0 == label } } }.values
      .map { logFactorial($0.count) }.reduce(0, +)
  }
}
