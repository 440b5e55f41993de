import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

/// Position taken out of features and targets.
@Suite struct PositionTests {
  static var settings: EncodingSettings {
    var settings = EncodingSettings()
    settings.position = .cosines
    settings.lambdas = LambdaGrid(values: [1e-3, 1, 100])
    settings.gap = .seconds(0)
    return settings
  }

  /// exp(-t / 10), cosines down to 40 s of the longest stimulus, and down to 100 s of each.
  private static func columns(_ lengths: [Int]) -> Matrix {
    let rows = lengths.reduce(0, +)
    let longest = Double(lengths.max() ?? 0)
    var columns: [[Double]] = [lengths.flatMap { n in (0..<n).map { exp(-(Double($0) + 0.5) / 10) } }]
    for k in 1...Int(2 * longest / 40) {
      columns.append(lengths.flatMap { n in (0..<n).map { cos(Double.pi * Double(k) * (Double($0) + 0.5) / longest) } })
    }
    for (own, n) in lengths.enumerated() where lengths.count > 1 && n >= 50 {
      for k in 1...(2 * n / 100) {
        columns.append(
          lengths.enumerated().flatMap { index, count in
            (0..<count).map {
              index == own ? cos(Double.pi * Double(k) * (Double($0) + 0.5) / Double(n)) : 0
            }
          })
      }
    }
    return Matrix(rows: columns.count, columns: rows, values: columns.flatMap { $0 }).transposed
  }

  private static func data(_ x: Matrix, _ y: Matrix, _ lengths: [Int]) -> EncodingData {
    var first = 0
    let pieces = lengths.enumerated().map { index, count in
      defer { first += count }
      let rows = Array(first..<(first + count))
      return Piece(stimulus: "s\(index)", features: [x.selecting(rows: rows)], targets: y.selecting(rows: rows))
    }
    return EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: (0..<y.columns).map { "y\($0)" })
  }

  /// Least squares on given columns by the singular value decomposition.
  private static func residual(_ x: Matrix, on c: Matrix) throws -> Matrix {
    let w = try RidgeSolver.svd.weights(c, x, lambdas: [Double](repeating: 1e-12, count: x.columns))
    var left = x
    for (i, value) in c.multiplied(by: w).values.enumerated() { left.values[i] -= value }
    return left
  }

  /// Indicators of segments beside what the position columns of some rows span without their means: directions above 1e-4
  /// of the largest singular value of columns of unit length.
  private static func design(_ position: Matrix, _ rows: [Int], _ lengths: [Int], cut: Range<Int>) throws -> Matrix {
    var starts: [Int] = []
    for n in lengths { starts.append((starts.last ?? 0) + n) }
    let segment = rows.map { row in
      2 * (starts.firstIndex { row < $0 } ?? 0) + (row >= cut.upperBound ? 1 : 0)
    }
    let names = Set(segment).sorted()
    var means = Matrix(rows: rows.count, columns: names.count)
    for i in rows.indices { for (k, name) in names.enumerated() where segment[i] == name { means[i, k] = 1 } }
    var c = try residual(position.selecting(rows: rows), on: means)
    for j in 0..<c.columns {
      let length = c.column(j).reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in rows.indices { c[i, j] = length > 1e-9 ? c[i, j] / length : 0 }
    }
    let svd = try #require(SingularValueDecomposition(c))
    let kept = svd.values.indices.filter { svd.values[$0] > 1e-4 * svd.values[0] }
    var design = Matrix(rows: rows.count, columns: names.count + kept.count)
    for i in rows.indices {
      for k in names.indices { design[i, k] = means[i, k] }
      for (k, direction) in kept.enumerated() { design[i, names.count + k] = svd.u[i, direction] }
    }
    return design
  }

  /// Stimuli that are left out one by one, and one film in three blocks.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let lengths: [Int]
    let scheme: FoldScheme
    let tests: [Range<Int>]
  }

  static let cases = [
    Case(
      testDescription: "three stimuli of 130, 110 and 120 s", lengths: [130, 110, 120], scheme: .leaveOne(.stimulus),
      tests: [0..<130, 130..<240, 240..<360]),
    Case(
      testDescription: "a film of 300 s in three blocks", lengths: [300], scheme: .blocks(3),
      tests: [0..<100, 100..<200, 200..<300]),
  ]

  @Test("weights are those of ridge beside unpenalised position columns and a mean per segment", arguments: cases)
  func reference(_ one: Case) throws { try compare(one, .cosines, Self.columns(one.lengths)) }

  @Test("of a stationary target of three stimuli the slowest shared columns alone are unpenalised")
  func courseReference() throws {
    try compare(Self.cases[0], .automatic, Self.columns(Self.cases[0].lengths).selecting(columns: Array(0..<4)))
  }

  /// A fit of a target that is not slow against ridge beside the given columns.
  private func compare(_ one: Case, _ set: PositionSet, _ columns: Matrix) throws {
    let n = one.lengths.reduce(0, +)
    let x = autoregressive(n, 4, 0.5, seed: 3)
    var y = normals(n, 1, seed: 4)
    for t in 0..<n { y[t, 0] += 0.7 * x[t, 0] - 0.4 * x[t, 2] }
    var settings = Self.settings
    settings.position = set
    settings.lambdas = LambdaGrid(values: [0.1])
    settings.outer = one.scheme
    let fit = try EncodingModel(settings).fit(Self.data(x, y, one.lengths))
    #expect(fit.flags[0].contains(.slowLeftIn) == (set == .automatic))
    for (fold, test) in one.tests.enumerated() {
      let train = (0..<n).filter { !test.contains($0) }
      let design = try Self.design(columns, train, one.lengths, cut: test)
      let left = try Self.residual(x.selecting(rows: train), on: design)
      let truth = try Self.residual(y.selecting(rows: train), on: design)
      let sd = (0..<4).map { Moments.standardDeviation(left.column($0), degreesOfFreedom: 0) }
      var z = left
      for i in 0..<z.rows { for j in 0..<4 { z[i, j] /= sd[j] } }
      let w = try RidgeSolver.svd.weights(z, truth, lambdas: [0.1 * Double(train.count)])
      let prediction = test.map { row in (0..<4).reduce(0.0) { $0 + x[row, $1] / sd[$1] * w[$1, 0] } }
      // The target is hardly denser where it is slow: slow variation of the test rows counts as it is.
      let r = Correlation.pearson(test.map { y[$0, 0] }, prediction)
      #expect(abs(fit.full.folds[fold].r[0] - r) < 1e-6)
      #expect(r > 0.2)
    }
  }

  @Test("of one film nothing is taken out of a target that neither drifts nor is slow, and all of the others")
  func evidence() throws {
    let n = 600
    let x = autoregressive(n, 3, 0.9, seed: 21)
    let (white, slow) = (autoregressive(n, 1, 0.3, seed: 22), autoregressive(n, 1, 0.9, seed: 23))
    var y = Matrix(rows: n, columns: 4)
    for t in 0..<n {
      let u = Double(t) / 300 - 1
      for (k, noise) in [white[t, 0], slow[t, 0], white[t, 0] + u, white[t, 0] + 1.5 * u * u].enumerated() {
        y[t, k] = noise + 0.3 * x[t, 0]
      }
    }
    let data = Self.data(x, y, [n])
    func fit(_ position: PositionSet) throws -> (EncodingFit, NullDistribution) {
      var settings = Self.settings
      settings.position = position
      let fit = try EncodingModel(settings).fit(data)
      return (fit, try fit.null(NullRequest(.phase, draws: 5, seed: 3)))
    }
    let (own, whole, nothing) = (try fit(.automatic), try fit(.cosines), try fit(.none))
    for t in 0..<4 {
      let same = t == 0 ? nothing : whole
      // Filtered beside other columns: the same to rounding.
      #expect(own.0.full.r[t] == same.0.full.r[t] && abs(own.0.lag1[t] - same.0.lag1[t]) < 1e-12)
      #expect(largestDifference(own.1.draws.column(t), same.1.draws.column(t)) < 1e-9)
      #expect(own.0.flags[t].contains(.slowLeftIn) == (t == 0))
    }
    #expect(own.0.full.r[0] != whole.0.full.r[0])
    var settings = Self.settings
    settings.position = .automatic
    let control = try PositionControl(data.selecting(targets: [0]), settings: settings, draws: 0, seed: 1)
    #expect(control.plain.full.r == control.fit.full.r)
  }

  @Test("what features and target share in time gives no score beside position, and all of it without")
  func sharedCourse() throws {
    let lengths = [150, 150, 150, 150]
    let course = Self.columns([150, 150]).selecting(rows: Array(0..<150))
    var (x, y) = (autoregressive(600, 3, 0.5, seed: 7), normals(600, 1, seed: 8))
    for t in 0..<600 {
      let value = 30 * course[t % 150, 0] + 20 * course[t % 150, 1] - 15 * course[t % 150, 4]
      for j in 0..<3 { x[t, j] += value }
      y[t, 0] += value
    }
    let data = Self.data(x, y, lengths)
    let fit = try EncodingModel(Self.settings).fit(data)
    #expect(abs(fit.full.r[0]) < 0.1)
    let control = try PositionControl(data, settings: Self.settings, draws: 0, seed: 1)
    #expect(control.fit.full.r == fit.full.r)
    #expect(control.plain.full.r[0] > 0.98)
    // Inner folds test the same quarter of every stimulus, where cosines extrapolate: lambda is not the smallest.
    #expect(control.position.full.r[0] > 0.94)
    #expect(control.mismatch == nil && control.prewhitened == nil && control.flags == fit.flags)
    let plain = try PositionControl(data, settings: Self.settings.withoutPosition, draws: 0, seed: 1)
    #expect(plain.fit.full.r == control.plain.full.r)
  }

  @Test("a slow course of a feature alone changes nothing where the target's is out of scale")
  func featureCourse() throws {
    let course = Self.columns([140, 140]).selecting(rows: Array(0..<140))
    let x = autoregressive(420, 3, 0.5, seed: 9)
    var (moved, y) = (x, normals(420, 1, seed: 10))
    for t in 0..<420 {
      y[t, 0] += x[t, 1]
      for k in 0..<4 {
        y[t, 0] += 200 * course[t % 140, k]
        moved[t, 0] += 5 * course[t % 140, k]
        moved[t, 2] -= 3 * Double(k) * course[t % 140, k] + 40
      }
    }
    let lengths = [140, 140, 140]
    // One lambda: the blocks of inner folds are too short to lose a course of 140 s.
    var settings = Self.settings
    settings.lambdas = LambdaGrid(values: [0.1])
    let one = try EncodingModel(settings).fit(Self.data(x, y, lengths))
    let other = try EncodingModel(settings).fit(Self.data(moved, y, lengths))
    #expect(one.full.r[0] > 0.55)
    #expect(largestDifference(one.full.r, other.full.r) < 1e-9)
    #expect(largestDifference(one.full.r2, other.full.r2) < 1e-9)
    let null = NullRequest(.phase, draws: 5, seed: 3)
    #expect(largestDifference(try one.null(null).draws.values, try other.null(null).draws.values) < 1e-7)
  }

  @Test("a planted effect is found beside drifts that hide it from a plain fit")
  func drifts() throws {
    var (x, y) = (autoregressive(600, 3, 0.5, seed: 11), autoregressive(600, 1, 0.3, seed: 12))
    for t in 0..<600 {
      let u = Double(t % 200) / 100 - 1
      y[t, 0] += 0.7 * x[t, 0] + [8, -10, 6][t / 200] * u
      x[t, 1] += [5, 7, -9][t / 200] * u
    }
    let control = try PositionControl(Self.data(x, y, [200, 200, 200]), settings: Self.settings, draws: 0, seed: 1)
    #expect(control.fit.full.r[0] > 0.5)
    #expect(control.plain.full.r[0] < control.fit.full.r[0] - 0.1)
    // Without its drifts the target is stationary.
    #expect(control.plain.lag1[0] > 0.9 && control.fit.lag1[0] < 0.6)
  }

  @Test("a target's score does not depend on targets of other slowness beside it")
  func manyTargets() throws {
    let x = autoregressive(360, 3, 0.7, seed: 13)
    let (slow, fast) = (autoregressive(360, 1, 0.95, seed: 14), normals(360, 1, seed: 15))
    var both = Matrix(rows: 360, columns: 2)
    for t in 0..<360 { (both[t, 0], both[t, 1]) = (slow[t, 0] + x[t, 0], fast[t, 0] + x[t, 1]) }
    let lengths = [120, 120, 120]
    let together = try EncodingModel(Self.settings).fit(Self.data(x, both, lengths))
    for t in 0..<2 {
      let alone = try EncodingModel(Self.settings).fit(Self.data(x, both.selecting(columns: [t]), lengths))
      #expect(largestDifference([together.full.r[t]], alone.full.r) < 1e-12)
      #expect(together.effectiveCount[t] == alone.effectiveCount[0])
    }
  }

  @Test("covariates are beside position: with it and without it they take what they cause")
  func covariates() throws {
    let (x, c) = (autoregressive(480, 2, 0.7, seed: 16), autoregressive(480, 2, 0.7, seed: 17))
    var y = normals(480, 1, seed: 18)
    for t in 0..<480 { y[t, 0] += x[t, 0] + c[t, 0] + 30 * exp(-Double(t % 120) / 10) }
    var data = Self.data(x, y, [120, 120, 120, 120])
    data.bands.append(Band("c", role: .covariate))
    for piece in data.pieces.indices {
      data.pieces[piece].features.append(c.selecting(rows: Array((piece * 120)..<(piece * 120 + 120))))
    }
    let control = try CovariateControl(data, settings: Self.settings)
    #expect(control.audioOnly.full.r[0] > 0.4 && control.visualOnly.full.r[0] > 0.4)
    #expect(control.joint.full.r[0] > control.audioOnly.full.r[0] + 0.1)
    #expect(control.uniqueR2[0] > 0.2 && abs(control.uniqueR2[0] - control.uniqueR2Ordinary[0]) < 0.05)
    #expect(abs((control.banded.zeroed?.r[0] ?? .nan) - control.audioOnly.full.r[0]) < 0.1)
  }

  @Test("values in rows that do not count change no bit beside position")
  func nothingElseTells() throws {
    let x = autoregressive(360, 3, 0.7, seed: 19)
    var y = normals(360, 1, seed: 20)
    for t in 0..<360 { y[t, 0] += x[t, 0] }
    for t in 40..<50 { y[t, 0] = .nan }
    var wild = (x, y)
    for t in [0, 5, 125, 239, 359] { wild.1[t, 0] = 1e5 }
    for t in [0, 5, 45, 125, 239, 359] { wild.0[t, 1] = -1e6 }
    var settings = Self.settings
    settings.trim = .init(start: 10, end: 10)
    func said(_ x: Matrix, _ y: Matrix) throws -> [String] {
      let control = try PositionControl(Self.data(x, y, [120, 120, 120]), settings: settings, draws: 9, seed: 1)
      return [
        "\(control.fit.full)", "\(control.position.full)", "\(control.flags.map { $0.sorted() })",
        "\(control.fit.rowCounts)",
        "\(try control.fit.null(NullRequest(.phase, draws: 5, seed: 2)))",
        "\(try control.fit.null(NullRequest(.phaseTarget, draws: 5, seed: 2)))",
      ]
    }
    let (plain, spiked) = (try said(x, y), try said(wild.0, wild.1))
    for (a, b) in zip(plain, spiked) { #expect(a == b) }
  }
}
