import LinearAlgebra

/// Products of delayed columns with each other and with targets, made of the series without the columns.
///
/// Over the rows t of a run of neighbours, `C(d, e) = Σ x(t - d) x(t - e)ᵀ` is for delays k further on
///
/// `C(d + k, e + k) = C(d, e) + Σ_first x(t - d - k) x(t - e - k)ᵀ - Σ_last x(t - d) x(t - e)ᵀ`,
///
/// the sums being over the first and the last k rows of the run: block Toeplitz but for the ends. So each lag is summed
/// over all rows once, and everything else over 2k rows of each run; of D delays of P columns and n rows that takes
/// `2 n D P²` operations and not `n D² P²`. Runs of fewer than k rows are gathered.
struct LaggedDesign: Sendable {
  /// Neighbouring rows of one piece.
  struct Run: Sendable {
    /// Their place among all rows of the design.
    let places: Range<Int>
    let rows: Range<Int>
    let piece: Range<Int>
  }

  private struct Band: Sendable {
    let band: Int
    let width: Int
    let delays: [Int]
    /// Whether one of the delays is a column, the others being those it is chosen among.
    let isChosen: Bool
    /// The band's first column.
    let offset: Int

    var span: Int { delays[delays.count - 1] - delays[0] }
    /// Rows by which the delay's samples lie behind those of the largest.
    func shift(_ index: Int) -> Int { delays[delays.count - 1] - delays[index] }
    func column(_ index: Int) -> Int { offset + index * width }
  }

  /// Those of all delays, of which a design that chooses among delays has some at a time.
  let columns: Int
  private let bands: [Band]
  private let step: Int
  private let long: [Run]
  private let short: [Run]
  /// The first row of every long run where they stand one below the other, each with what its delays reach beyond it.
  private let starts: [Int]
  private let length: Int
  private let span: Int
  private let heads: DelayedDesign
  private let tails: DelayedDesign
  private let gathered: DelayedDesign
  /// The part of a dense product's operations that is left.
  private let share: Double
  /// Products of few columns take longer for each operation. Of delays that are chosen among each is asked for by itself,
  /// and what stands beside the columns is read once for all of them.
  var isWorthwhile: Bool { share < 0.5 || bands.contains(where: \.isChosen) }

  /// nil where no band has several delays, where they are not equally far apart, or where no run is as long as they are
  /// apart.
  init?(_ problem: EncodingProblem, bands members: [Int], widths: [Int], rows: [Int]) {
    var bands: [Band] = []
    var offset = 0
    for band in members {
      let columns = problem.bands[band].delayColumns
      bands.append(
        Band(
          band: band, width: widths[band], delays: columns.delays, isChosen: columns.options.count > 1, offset: offset))
      offset += columns.delays.count * widths[band]
    }
    let steps = Set(bands.flatMap { zip($0.delays.dropFirst(), $0.delays).map(-) })
    guard let step = steps.first, steps.count == 1, step > 0 else { return nil }
    (self.bands, self.step, columns) = (bands, step, offset)
    let runs = Self.runs(problem.pieces, rows)
    (long, short) = (runs.filter { $0.rows.count >= step }, runs.filter { $0.rows.count < step })
    guard !long.isEmpty else { return nil }
    let span = bands.map(\.span).reduce(0, max)
    var (starts, next) = ([Int](), 0)
    for run in long {
      starts.append(next)
      next += run.rows.count + span
    }
    (self.starts, self.span, length) = (starts, span, next)
    func design(_ rows: [Int]) -> DelayedDesign {
      DelayedDesign(problem, bands: members, widths: widths, rows: rows, choosesDelay: false)
    }
    heads = design(long.flatMap { $0.rows.prefix(step) })
    tails = design(long.flatMap { $0.rows.suffix(step) })
    gathered = design(short.flatMap(\.rows))
    let lags = bands.reduce(0) { sum, a in sum + bands.reduce(0) { $0 + a.width * $1.width * $1.delays.count } }
    let ends = heads.rows.count + tails.rows.count + gathered.rows.count
    share = (2 * Double(next * lags) / Double(offset * offset) + Double(ends)) / Double(rows.count)
  }

  /// Ascending rows as runs of neighbours.
  private static func runs(_ pieces: [Range<Int>], _ rows: [Int]) -> [Run] {
    var runs: [Run] = []
    var (piece, first) = (0, 0)
    for (place, row) in rows.enumerated() {
      while row >= pieces[piece].upperBound { piece += 1 }
      let isLast = place + 1 == rows.count || rows[place + 1] != row + 1 || row + 1 == pieces[piece].upperBound
      guard isLast else { continue }
      runs.append(Run(places: first..<(place + 1), rows: rows[first]..<(row + 1), piece: pieces[piece]))
      first = place + 1
    }
    return runs
  }
}

extension LaggedDesign {
  /// Places of the columns that stand together at one delay of those that are chosen among.
  func places(under option: Int) -> [Int] {
    bands.flatMap { band in
      let first = band.isChosen ? band.column(option) : band.offset
      return first..<(first + (band.isChosen ? 1 : band.delays.count) * band.width)
    }
  }

  /// Sums over the rows of delayed columns less a reference.
  struct Products {
    /// What is subtracted of each column.
    let reference: [Double]
    /// `Σ z zᵀ`, `[columns, columns]`, the upper triangle.
    var gram: Matrix
    /// Of every run its rows' places and `Σ z`.
    let sums: [(places: Range<Int>, values: [Double])]
    fileprivate let laidOut: [[Double]]
    /// The rows of short runs, `[rows, columns]`.
    fileprivate let rest: Matrix
  }

  /// - Parameters:
  ///   - series: per band of the problem `[all rows, width]`; nothing is read but what stands in a column.
  ///   - edge: what stands for samples outside the piece.
  func products(_ series: [[Double]], edge: [[Double]]) -> Products {
    let references = bands.map { means(of: $0, series[$0.band], edge[$0.band]) }
    let reference = zip(bands, references).flatMap { band, own in band.delays.flatMap { _ in own } }
    let stretches = zip(bands, references).map { band, own in
      laidOut(of: band, series[band.band], edge[band.band].indices.map { edge[band.band][$0] - own[$0] }, less: own)
    }
    func columns(_ design: DelayedDesign) -> Matrix {
      var x = Matrix(rows: design.rows.count, columns: self.columns)
      design.gather(series, edge: edge, into: &x.values)
      for i in 0..<x.rows { for j in 0..<x.columns { x.values[i * x.columns + j] -= reference[j] } }
      return x
    }
    let rest = columns(gathered)
    var gram = Matrix(rows: self.columns, columns: self.columns)
    for (a, x) in zip(bands, stretches) {
      let first = masked(a, x)
      for (b, other) in zip(bands, stretches) { addFirst(a, first, b, other, to: &gram) }
    }
    addFurther(columns(heads), columns(tails), to: &gram)
    Self.add(rest, to: &gram)
    return Products(
      reference: reference, gram: gram, sums: sums(stretches) + sums(rest), laidOut: stretches, rest: rest)
  }

  /// Rows laid out as the series are, once for many series; 0 between runs.
  struct LaidOutRows: Sendable {
    let columns: Int
    fileprivate let spread: [Double]
    /// Those of short runs.
    fileprivate let rest: Matrix
  }

  /// - Parameter y: `[rows, T]`, the sum of every column being 0.
  func laidOut(_ y: Matrix) -> LaidOutRows {
    var spread = [Double](repeating: 0, count: (length - span) * y.columns)
    for (run, start) in zip(long, starts) {
      Self.copy(y.values, run.places.lowerBound * y.columns, run.rows.count * y.columns, to: &spread, start * y.columns)
    }
    return LaidOutRows(columns: y.columns, spread: spread, rest: y.selecting(rows: short.flatMap(\.places)))
  }

  /// `Zᵀ y` of rows that are laid out.
  func right(_ products: Products, _ y: LaidOutRows) -> Matrix {
    var right = Matrix(rows: columns, columns: y.columns)
    for (band, x) in zip(bands, products.laidOut) {
      let own = ofAllDelays(band, x, y.spread, y.columns)
      Self.copy(own, 0, own.count, to: &right.values, band.offset * y.columns)
    }
    guard y.rest.rows > 0 else { return right }
    let other = products.rest.transposeMultiplied(by: y.rest)
    for i in right.values.indices { right.values[i] += other.values[i] }
    return right
  }

  /// The sums of all delays of a band with rows that are laid out, `[delays · width, count]`, the smallest delay first.
  private func ofAllDelays(_ band: Band, _ x: [Double], _ y: [Double], _ count: Int) -> [Double] {
    step == 1 ? ofNeighbours(band, x, y, count) : ofEach(band, x, y, count)
  }

  /// Each delay by itself.
  private func ofEach(_ band: Band, _ x: [Double], _ y: [Double], _ count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: band.delays.count * band.width * count)
    for index in band.delays.indices {
      DoubleProducts.multiply(
        m: band.width, n: count, k: length - span, x, offset: band.shift(index) * band.width, stride: band.width,
        aTransposed: true, y, offset: 0, stride: count, into: &sums, offset: index * band.width * count, stride: count)
    }
    return sums
  }

  /// All delays at once where they are neighbours: D rows of the series, one after the other, are a row of the delayed
  /// columns, the largest delay first, and every D-th of these begins where the one before it ends.
  private func ofNeighbours(_ band: Band, _ x: [Double], _ y: [Double], _ count: Int) -> [Double] {
    let (delays, width) = (band.delays.count, band.width)
    var block = [Double](repeating: 0, count: delays * width * count)
    for first in 0..<min(delays, length - span) {
      DoubleProducts.multiply(
        m: delays * width, n: count, k: (length - span - first + delays - 1) / delays, x, offset: first * width,
        stride: delays * width, aTransposed: true, y, offset: first * count, stride: delays * count, beta: 1,
        into: &block, offset: 0, stride: count)
    }
    var sums = block
    for index in band.delays.indices {
      Self.copy(block, (delays - 1 - index) * width * count, width * count, to: &sums, index * width * count)
    }
    return sums
  }

  /// Per column, the largest Σ z² that its series has at any delay.
  func largestSquares(_ products: Products) -> [Double] {
    let squares = products.squares
    return bands.flatMap { band -> [Double] in
      let own = (0..<band.width).map { j in
        band.delays.indices.reduce(0) { max($0, squares[band.column($1) + j]) }
      }
      return band.delays.flatMap { _ in own }
    }
  }

  /// Means of the band's columns at its smallest delay.
  private func means(of band: Band, _ x: [Double], _ edge: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: band.width)
    var count = 0
    for run in long + short {
      for row in run.rows {
        let source = row - band.delays[0]
        if run.piece.contains(source) {
          for j in 0..<band.width { sums[j] += x[source * band.width + j] }
        } else {
          for j in 0..<band.width { sums[j] += edge[j] }
        }
      }
      count += run.rows.count
    }
    return sums.map { $0 / Double(max(1, count)) }
  }

  /// The stretches of a series that long runs and their delays reach, one below the other.
  private func laidOut(of band: Band, _ x: [Double], _ edge: [Double], less reference: [Double]) -> [Double] {
    let width = band.width
    var y = [Double](repeating: 0, count: length * width)
    for (run, start) in zip(long, starts) {
      let first = run.rows.lowerBound - band.delays[band.delays.count - 1]
      for i in 0..<(run.rows.count + band.span) {
        let (source, target) = ((first + i) * width, (start + i) * width)
        if run.piece.contains(first + i) {
          for j in 0..<width { y[target + j] = x[source + j] - reference[j] }
        } else {
          for j in 0..<width { y[target + j] = edge[j] }
        }
      }
    }
    return y
  }

  /// The columns of the smallest delay where the laid out series begin, 0 between runs.
  private func masked(_ band: Band, _ x: [Double]) -> [Double] {
    var y = [Double](repeating: 0, count: (length - span) * band.width)
    for (run, start) in zip(long, starts) {
      Self.copy(
        x, (start + band.shift(0)) * band.width, run.rows.count * band.width, to: &y, start * band.width)
    }
    return y
  }

  private static func copy(_ x: [Double], _ from: Int, _ count: Int, to y: inout [Double], _ to: Int) {
    for i in 0..<count { y[to + i] = x[from + i] }
  }

  /// Blocks of a band's smallest delay with all delays of another, or of itself, where they lie in the upper triangle.
  private func addFirst(_ a: Band, _ first: [Double], _ b: Band, _ x: [Double], to gram: inout Matrix) {
    let sums = ofAllDelays(b, x, first, a.width)
    // `[delays, b.width, a.width]`; the block of one delay stands as it is where b comes before a.
    for index in b.delays.indices {
      for j in 0..<b.width {
        let (other, from) = (b.column(index) + j, (index * b.width + j) * a.width)
        for i in 0..<a.width {
          let (row, column) = b.offset < a.offset ? (other, a.offset + i) : (a.offset + i, other)
          gram[row, column] = sums[from + i]
        }
      }
    }
  }

  /// All other blocks, each from the one before it along its diagonal.
  private func addFurther(_ heads: Matrix, _ tails: Matrix, to gram: inout Matrix) {
    let (added, dropped) = (Self.upperGram(heads), Self.upperGram(tails))
    let p = columns
    for a in bands {
      for i in (a.offset + a.width)..<max(a.offset + a.width, a.offset + a.delays.count * a.width) {
        for b in bands where b.offset >= a.offset {
          for j in max(i, b.offset + b.width)..<max(i, b.offset + b.width, b.offset + b.delays.count * b.width) {
            let before = (i - a.width) * p + j - b.width
            gram.values[i * p + j] = gram.values[before] + added[i * p + j] - dropped[before]
          }
        }
      }
    }
  }

  private static func upperGram(_ x: Matrix) -> [Double] {
    var s = [Double](repeating: 0, count: x.columns * x.columns)
    DoubleProducts.symmetricProduct(
      n: x.columns, k: x.rows, x.values, stride: max(1, x.columns), transposed: true, into: &s,
      stride: max(1, x.columns))
    return s
  }

  private static func add(_ x: Matrix, to gram: inout Matrix) {
    guard x.rows > 0 else { return }
    DoubleProducts.symmetricProduct(
      n: x.columns, k: x.rows, x.values, stride: x.columns, transposed: true, beta: 1, into: &gram.values,
      stride: x.columns)
  }

  private func sums(_ laidOut: [[Double]]) -> [(places: Range<Int>, values: [Double])] {
    zip(long, starts).map { run, start in
      var sums = [Double](repeating: 0, count: columns)
      for (band, x) in zip(bands, laidOut) {
        for index in band.delays.indices {
          let (to, row) = (band.column(index), start + band.shift(index))
          if index == 0 {
            Self.add(x, row..<(row + run.rows.count), width: band.width, times: 1, to: &sums, at: to)
          } else {
            for j in 0..<band.width { sums[to + j] = sums[to - band.width + j] }
            Self.add(x, row..<(row + step), width: band.width, times: 1, to: &sums, at: to)
            let end = row + step + run.rows.count
            Self.add(x, (end - step)..<end, width: band.width, times: -1, to: &sums, at: to)
          }
        }
      }
      return (run.places, sums)
    }
  }

  private static func add(
    _ x: [Double], _ rows: Range<Int>, width: Int, times factor: Double, to sums: inout [Double], at offset: Int
  ) {
    for row in rows { for j in 0..<width { sums[offset + j] += factor * x[row * width + j] } }
  }

  private func sums(_ rest: Matrix) -> [(places: Range<Int>, values: [Double])] {
    var first = 0
    return short.map { run in
      defer { first += run.rows.count }
      var sums = [Double](repeating: 0, count: columns)
      Self.add(rest.values, first..<(first + run.rows.count), width: columns, times: 1, to: &sums, at: 0)
      return (run.places, sums)
    }
  }
}
