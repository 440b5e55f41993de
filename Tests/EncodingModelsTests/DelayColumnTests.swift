import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Columns made of a feature's past, and which of it carries the score.
@Suite struct DelayColumnTests {
  private static let lags = [0, 1, 3, 6]

  /// A target for each lag; a film each of so many seconds.
  private func data(
    lags: [Int] = lags, lengths: [Int] = [180, 180, 180], delayColumns: DelayColumns = .single([0])
  ) -> EncodingData {
    let pieces = lengths.enumerated().map { s, seconds in
      let x = autoregressive(seconds, 2, 0.8, seed: 50, key: "x\(s)")
      var y = normals(seconds, lags.count, seed: 51, key: "y\(s)")
      for (target, lag) in lags.enumerated() { for t in lag..<seconds { y[t, target] += x[t - lag, 0] } }
      return Piece(stimulus: "s\(s)", features: [x], targets: y)
    }
    var data = EncodingData(
      bands: [Band("x")], pieces: pieces, dt: 1, targetNames: lags.indices.map { "y\($0)" })
    data.bands[0].delayColumns = delayColumns
    return data
  }

  private func settings(_ position: PositionSet = .none, lambdas: [Double] = [1e-2, 1]) -> EncodingSettings {
    var settings = EncodingSettings()
    settings.position = position
    settings.lambdas = LambdaGrid(values: lambdas)
    return settings
  }

  /// Per target, the delay of every fold.
  private func delays(_ fit: EncodingFit) -> [[Int?]] {
    fit.full.r.indices.map { target in fit.full.folds.filter { $0.testCount[target] > 0 }.map { $0.delay[target] } }
  }

  @Test("one of a span is one column, and a span of one delay is that delay, bit for bit")
  func shapes() throws {
    let chosen = DelayColumns.chosen(0...8)
    #expect(chosen.shape == .chosen && chosen.delays == Array(0...8) && chosen.count == 1)
    #expect(DelayColumns.single(Array(0...8)).count == 9)
    #expect(DelayColumns.chosen(3...3) == .single([3]))
    let (one, fixed) = (
      try EncodingModel(settings()).fit(data(delayColumns: .chosen(3...3))),
      try EncodingModel(settings()).fit(data(delayColumns: .single([3])))
    )
    #expect(one.full.folds == fixed.full.folds && delays(fixed).joined().allSatisfy { $0 == nil })
  }

  @Test(
    "every target finds its delay in every fold, and is then fitted as by that delay",
    arguments: [PositionSet.none, .cosines])
  func planted(_ position: PositionSet) throws {
    let settings = settings(position)
    let fit = try EncodingModel(settings).fit(data(delayColumns: .chosen(0...8)))
    #expect(delays(fit) == Self.lags.map { [Int?](repeating: $0, count: 3) })
    let single = try LagSearch(data(), delays: Array(0...8), settings: settings, null: nil)
    for (target, lag) in Self.lags.enumerated() {
      let (own, fixed) = (fit.full, single.fits[lag].full)
      #expect(abs(own.r[target] - fixed.r[target]) < 1e-10 && own.r[target] > 0.5)
      #expect(abs(own.r2[target] - fixed.r2[target]) < 1e-10)
      #expect(own.folds.map { $0.lambda[target] } == fixed.folds.map { $0.lambda[target] })
      #expect(largestDifference(own.folds.map { $0.innerR[target] }, fixed.folds.map { $0.innerR[target] }) < 1e-10)
    }
    #expect(fit.sampleCount == single.fits[0].sampleCount && fit.droppedCount == [24, 24, 24, 24])
  }

  @Test("features that all delays serve alike keep the smallest; more columns than rows find theirs, too")
  func tiesAndWideFeatures() throws {
    var still = data(delayColumns: .chosen(0...4))
    for s in still.pieces.indices { still.pieces[s].features = [Matrix(rows: 180, columns: 1)] }
    let kept = delays(try EncodingModel(settings()).fit(still)).joined()
    #expect(kept.allSatisfy { $0 == 0 })
    var wide = data(lags: [2], lengths: [60, 60, 60], delayColumns: .chosen(0...4))
    for s in wide.pieces.indices {
      let more = normals(60, 150, seed: 52, key: "\(s)")
      var x = Matrix(rows: 60, columns: 152)
      for t in 0..<60 {
        for j in 0..<2 { x[t, j] = wide.pieces[s].features[0][t, j] }
        for j in 0..<150 { x[t, 2 + j] = 0.05 * more[t, j] }
      }
      wide.pieces[s].features = [x]
      for t in 2..<60 { for j in 0..<150 { wide.pieces[s].targets[t, 0] += more[t - 2, j] } }
    }
    var whole = settings()
    whole.outer = .leaveOne(.stimulus)
    #expect(delays(try EncodingModel(whole).fit(wide)) == [[2, 2, 2]])
  }

  @Test("what a fold tests has no say in its delay", arguments: [PositionSet.none, .cosines])
  func noLeakage(_ position: PositionSet) throws {
    func fit(changing change: (inout Piece) -> Void) throws -> EncodingFit {
      var data = data(lags: [3], delayColumns: .chosen(0...8))
      change(&data.pieces[0])
      return try EncodingModel(settings(position)).fit(data)
    }
    let order = Array((0..<180).reversed())
    let plain = try fit { _ in }
    // The target follows nothing in the exchanged stimulus: only folds that train on it can tell.
    let exchanged = try fit { $0.targets = $0.targets.selecting(rows: order) }
    let both = try fit { piece in
      piece.targets = piece.targets.selecting(rows: order)
      piece.features[0] = normals(180, 2, seed: 53)
    }
    #expect(plain.evidence[0].testStimuli == ["s0"])
    for other in [exchanged, both] {
      #expect(delays(other)[0][0] == 3)
      #expect(other.evidence[0].weightHash == plain.evidence[0].weightHash)
      #expect(other.evidence[1].weightHash != plain.evidence[1].weightHash)
    }
  }

  @Test("every draw of a null finds its delays anew, as a fit of the drawn features does")
  func foundAnew() throws {
    let settings = settings(lambdas: [0.1])
    let film = data(lags: [3], lengths: [200], delayColumns: .chosen(0...8))
    let fit = try EncodingModel(settings).fit(film)
    let null = try fit.null(NullRequest(.circularShift, draws: 12, seed: 9))
    // Shifts of 20 s and more, each once.
    let shifts = Array(20...180)
    var stream = RandomStream(seed: 9, purpose: "circular_shift", key: "s0")
    let sequence = stream.permutation(of: shifts.count)
    var found: Set<Int?> = []
    for draw in 0..<12 {
      var drawn = film
      let order = (0..<200).map { ($0 + shifts[sequence[draw]]) % 200 }
      drawn.pieces[0].features[0] = film.pieces[0].features[0].selecting(rows: order)
      let refitted = try EncodingModel(settings).fit(drawn)
      #expect(abs(refitted.full.r[0] - null.draws[draw, 0]) < 1e-10)
      found.formUnion(delays(refitted)[0])
    }
    #expect(Set(delays(fit)[0]) == [3] && found.count > 3)
    // Held at what the data say, draws would be others.
    let held = try LagSearch(
      film, delays: Array(0...8), settings: settings, null: nil
    ).fits[3].null(NullRequest(.circularShift, draws: 12, seed: 9))
    #expect(zip(held.draws.values, null.draws.values).contains { abs($0 - $1) > 0.01 })
  }

  @Test("so do draws without a filtered design")
  func foundAnewQuickly() throws {
    let settings = settings(.cosines, lambdas: [0.1])
    let films = data(lags: [1, 4], lengths: [100, 100, 100, 100], delayColumns: .chosen(0...8))
    let control = try PositionControl(films, settings: settings, draws: 23, seed: 1)
    let mismatch = try #require(control.mismatch).get()
    #expect(zip(mismatch.observed, control.fit.full.r).allSatisfy { abs($0 - $1) < 1e-9 })
    // Permutations in lexicographic order, without the identity.
    for (draw, order) in [[0, 1, 3, 2], [0, 2, 1, 3], [0, 2, 3, 1]].enumerated() {
      var drawn = films
      for s in 0..<4 { drawn.pieces[s].features = films.pieces[order[s]].features }
      let refitted = try EncodingModel(settings).fit(drawn)
      for target in 0..<2 { #expect(abs(refitted.full.r[target] - mismatch.draws[draw, target]) < 1e-8) }
    }
  }

  @Test("covariates keep every delay beside a delay that is chosen")
  func covariates() throws {
    func control(_ delayColumns: DelayColumns) throws -> CovariateControl {
      var data = data(lags: [3, 3], delayColumns: delayColumns)
      data.bands.append(Band("c", role: .covariate, delays: Array(0...8)))
      for s in data.pieces.indices {
        let c = autoregressive(180, 1, 0.7, seed: 54, key: "\(s)")
        data.pieces[s].features.append(c)
        for t in 2..<180 { data.pieces[s].targets[t, 1] += c[t - 2, 0] }
      }
      return try CovariateControl(data, settings: settings())
    }
    let (chosen, fixed) = (try control(.chosen(0...8)), try control(.single([3])))
    for (a, b) in [(chosen.joint, fixed.joint), (chosen.banded, fixed.banded), (chosen.audioOnly, fixed.audioOnly)] {
      #expect(largestDifference(a.full.r, b.full.r) < 1e-10)
      #expect(largestDifference(a.zeroed?.r ?? [], b.zeroed?.r ?? []) < 1e-10)
    }
    #expect(largestDifference(chosen.uniqueR2, fixed.uniqueR2) < 1e-10 && chosen.uniqueR2[0] > 0.2)
    for target in 0..<2 {
      let sum = chosen.productR.tested[target] + chosen.productR.covariates[target]
      #expect(abs(sum - Moments.mean(chosen.banded.full.folds.map { $0.r[target] })) < 1e-10)
    }
  }

  @Test("sets that are fitted together share a delay, and their parts add up")
  func jointSets() throws {
    var films = data(lags: [2, 5], delayColumns: .chosen(0...6))
    films.bands.append(films.bands[0])
    films.bands[1].name = "z"
    for s in films.pieces.indices {
      let z = autoregressive(180, 2, 0.8, seed: 55, key: "\(s)")
      films.pieces[s].features.append(z)
      for (target, lag) in [2, 5].enumerated() {
        for t in lag..<180 { films.pieces[s].targets[t, target] += z[t - lag, 1] }
      }
    }
    let joint = try JointSets(films, settings: settings())
    #expect(delays(joint.all) == [[2, 2, 2], [5, 5, 5]])
    for target in 0..<2 {
      let sum = joint.productR.reduce(0) { $0 + $1[target] }
      #expect(abs(sum - Moments.mean(joint.all.full.folds.map { $0.r[target] })) < 1e-10)
      #expect(joint.uniqueR2.allSatisfy { $0[target] > 0.1 })
    }
  }

  @Test("a delay that is chosen is a degree of its own")
  func forecast() throws {
    let told = try EncodingModel(settings()).forecast(data(delayColumns: .chosen(0...8)), widths: [2])[0]
    #expect(told.columns.tested == 2)
    #expect(
      told.detectable == DetectableScore(effectiveRows: told.effectiveRows, columns: 3, folds: told.foldsCounted))
  }

  @Test("the lag of an effect is found, and every lag counts in the maximum")
  func lagSearch() throws {
    let found = try LagSearch(
      data(lags: [3]), delays: Array(0...6), settings: settings(), null: NullRequest(.phase, draws: 99, seed: 1))
    let r = found.fits.map { $0.full.r[0] }
    #expect(found.delays == Array(0...6) && r.firstIndex(of: r.max() ?? 0) == 3)
    // One set of rows and folds for all lags.
    #expect(Set(found.fits.map { $0.evidence.map(\.trainRowsHash) }).count == 1)
    let (p, pMax) = try (#require(found.p), #require(found.pMax))
    #expect(p[3][0] == 0.01 && pMax[3][0] == 0.01)
    #expect(zip(p, pMax).allSatisfy { $0[0] <= $1[0] + 0.05 })
    let cluster = try #require(found.clusters?[0].first)
    #expect(
      cluster.cells.contains(3) && cluster.p == 0.01
        && cluster.cells == Array(cluster.cells[0]...cluster.cells[cluster.cells.count - 1]))
    let none = try LagSearch(data(lags: [3]), delays: [1], settings: settings(), null: nil)
    #expect(none.p == nil && none.pMax == nil && none.clusters == nil && none.draws == nil)
    #expect(found.draws == 99)
  }
}
