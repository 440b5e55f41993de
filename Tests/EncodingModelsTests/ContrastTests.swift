import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// What one model scores above another, which is chosen, and in what interval a score lies.
@Suite struct ContrastTests {
  private func scores(_ r: [Double], inner: [Double]? = nil, keys: [String]? = nil) -> FoldwiseScores {
    FoldwiseScores(
      folds: r.indices.map {
        .init(key: keys?[$0] ?? "\($0)", stimuli: ["film"], r: r[$0], innerR: inner?[$0] ?? r[$0])
      })
  }

  @Test("the difference, its interval and p are those of the corrected t over folds")
  func differences() throws {
    let (a, b) = ([0.5, 0.6, 0.4, 0.7, 0.5], [0.3, 0.2, 0.4, 0.1, 0.2])
    let contrast = ModelContrast(.init([scores(a)]), .init([scores(b)]))
    let expected = zip(a, b).map { Correlation.fisherZ($0) - Correlation.fisherZ($1) }
    #expect(contrast.differences == expected && contrast.t == CorrectedT(expected))
    #expect(abs(contrast.a - Correlation.fisherMean(a)) < 1e-15 && abs(contrast.b - Correlation.fisherMean(b)) < 1e-15)
    let back = ModelContrast(.init([scores(b)]), .init([scores(a)]))
    #expect(abs(back.t.mean + contrast.t.mean) < 1e-15 && back.t.p(twoSided: true) == contrast.t.p(twoSided: true))
    let mean = ModelContrast(.init([scores(a), scores(b)]), .init([scores(b)]))
    #expect(abs(mean.t.mean - contrast.t.mean / 2) < 1e-12)
    #expect(contrast.interval.kind == .foldCorrectedT && contrast.stimuliCounted == 1 && contrast.foldsTotal == 5)
    #expect(contrast.interval.low == contrast.t.interval()?.lowerBound)
    #expect(ModelContrast(.init([scores(a)]), .init([scores(a)])).t.p(twoSided: true) == 1)
  }

  @Test("only folds that test the same rows and count in every model are compared")
  func commonFolds() {
    let a = scores([0.5, 0.6, .nan, 0.7, 0.5, 0.4], keys: ["a", "b", "c", "d", "e", "f"])
    let b = scores([0.1, 0.2, 0.3, 0.4, 0.5, 0.9], keys: ["f", "e", "d", "c", "b", "x"])
    let contrast = ModelContrast(.init([a]), .init([b]))
    #expect(contrast.folds == ["b", "d", "e", "f"])
    func z(_ r: Double) -> Double { Correlation.fisherZ(r) }
    #expect(contrast.differences == [z(0.6) - z(0.5), z(0.7) - z(0.3), z(0.5) - z(0.2), z(0.4) - z(0.1)])
    #expect(ModelContrast(.init([a]), .init([scores([0.5, 0.6])])).t.p(twoSided: true).isNaN)
  }

  @Test("the largest is chosen by inner scores: what the tested part says changes nothing in the choice")
  func nested() {
    let first = scores([0.1, 0.2, 0.3, 0.4], inner: [0.9, 0.1, 0.5, 0.5])
    let second = scores([0.8, 0.7, 0.6, 0.5], inner: [0.2, 0.3, 0.5, 0.4])
    let choice = NestedChoice([first, second])
    #expect(choice.chosen == [0, 1, 0, 0] && choice.r == [0.1, 0.7, 0.3, 0.4])
    #expect(NestedChoice.shares([first, second]) == [0.75, 0.25])
    let other = scores([0.9, -0.9, 0.9, -0.9], inner: [0.2, 0.3, 0.5, 0.4])
    #expect(NestedChoice([first, other]).chosen == choice.chosen)
    let contrast = ModelContrast(.init([first, second], take: .max), .init([second]))
    let expected = zip(choice.r, [0.8, 0.7, 0.6, 0.5]).map { Correlation.fisherZ($0) - Correlation.fisherZ($1) }
    #expect(contrast.differences == expected)
    let blind = scores([0.5, 0.5, 0.5, 0.5], inner: [.nan, .nan, .nan, .nan])
    #expect(NestedChoice([blind]).chosen == [nil, nil, nil, nil] && NestedChoice.shares([blind])[0].isNaN)
    #expect(NestedChoice([blind, first]).chosen == [1, 1, 1, 1])
  }

  @Test("choosing the largest of equals by the tested part is optimistic, by the training part it is not")
  func optimism() {
    var (honest, tested) = (0.0, 0.0)
    for run in 0..<400 {
      let layers = (0..<8).map { layer -> FoldwiseScores in
        var stream = RandomStream(seed: UInt64(run), purpose: "optimism", key: "\(layer)")
        return scores(
          (0..<5).map { _ in 0.2 * stream.normal() }, inner: (0..<5).map { _ in 0.2 * stream.normal() })
      }
      honest += ModelContrast(.init(Array(layers[0..<7]), take: .max), .init([layers[7]])).t.mean / 400
      tested += (layers[0..<7].map { Correlation.fisherMean($0.folds.map(\.r)) }.max() ?? 0) / 400
    }
    // The mean of 400 runs of five folds has a standard error of .006.
    #expect(abs(honest) < 0.025 && tested > 0.1)
  }

  @Test("subjects of the same stimuli are averaged fold by fold: a common course of theirs is one replicate, not many")
  func overSubjects() {
    let subjects = (0..<12).map { subject -> ModelContrast in
      var stream = RandomStream(seed: 4, purpose: "subjects", key: "\(subject)")
      let common = [0.5, -0.4, 0.3, -0.35, 0.1, -0.1]
      let a = common.map { $0 + 0.02 * stream.normal() }
      return ModelContrast(.init([scores(a)]), .init([scores(a.map { _ in 0 })]))
    }
    let group = GroupContrast(subjects)
    for k in 0..<6 {
      #expect(abs(group.differences[k] - Moments.mean(subjects.map { $0.differences[k] })) < 1e-15)
    }
    #expect(group.t == CorrectedT(group.differences) && group.t.count == 6 && group.t.p(twoSided: true) > 0.5)
    #expect(group.overSubjects == GroupTest.t(subjects.map(\.t.mean), twoSided: true))
    let fewer = ModelContrast(.init([scores([0.1, 0.2, 0.3, 0.4, 0.5])]), .init([scores([0, 0, 0, 0, 0])]))
    let five = GroupContrast(subjects + [fewer])
    #expect(five.folds == ["0", "1", "2", "3", "4"])
    #expect(abs(Correlation.fisherZ(five.a) - Correlation.fisherZ(five.b) - five.t.mean) < 1e-12)
  }

  @Test("left-out stimuli of subjects are the same, though recordings differ by some rows")
  func leftOutStimuli() {
    let stimuli = ["a", "b", "c", "d"]
    func subject(_ key: String, _ r: [Double], _ order: [Int]) -> ModelContrast {
      func side(_ r: [Double]) -> ModelContrast.Side {
        .init([
          FoldwiseScores(
            folds: order.map { .init(key: "\(key)\($0)", stimuli: [stimuli[$0]], r: r[$0], innerR: r[$0]) })
        ])
      }
      return ModelContrast(side(r), side(r.map { _ in 0 }))
    }
    let (long, short) = ([0.1, 0.2, 0.3, 0.4], [0.5, 0.1, 0.2, 0.3])
    let group = GroupContrast([subject("long", long, [0, 1, 2, 3]), subject("short", short, [3, 1, 0, 2])])
    #expect(group.folds == stimuli && group.interval.kind == .stimulusCorrectedT)
    for k in 0..<4 {
      let expected = (Correlation.fisherZ(long[k]) + Correlation.fisherZ(short[k])) / 2
      #expect(abs(group.differences[k] - expected) < 1e-15)
    }
    // Blocks of time are the same only where they test the same rows.
    func blocks(_ key: String) -> ModelContrast {
      let side = scores(long, keys: long.map { "\(key)\($0)" })
      return ModelContrast(.init([side]), .init([side]))
    }
    #expect(GroupContrast([blocks("x"), blocks("y")]).folds.isEmpty)
  }

  @Test("an interval holds its score; below four folds there is none, and what it speaks of is named")
  func intervals() {
    let five = ScoreInterval(
      r: [0.2, 0.5, .nan, -0.1, 0.9, 0.3], kind: .foldCorrectedT, generalisesTo: .timeOfTheseStimuli)
    #expect(five.low < five.value && five.value < five.high && five.unitCount == 5)
    #expect(abs(five.value - Correlation.fisherMean([0.2, 0.5, -0.1, 0.9, 0.3])) < 1e-15)
    #expect(five.kind == .foldCorrectedT && five.generalisesTo == .timeOfTheseStimuli)
    let three = ScoreInterval(r: [0.2, 0.5, 0.3], kind: .stimulusCorrectedT, generalisesTo: .stimuliLikeThese)
    #expect(three.low.isNaN && three.high.isNaN && three.kind == .none && three.generalisesTo == nil)
    #expect(abs(three.value - Correlation.fisherMean([0.2, 0.5, 0.3])) < 1e-15)
    let one = ScoreInterval(r: [1, 1, 1, 1], kind: .foldCorrectedT, generalisesTo: .timeOfTheseStimuli)
    #expect(one.low == one.value && one.high == one.value)
  }
}

/// Folds that belong to the target: the same for every feature, lag and layer.
@Suite struct FrozenFoldTests {
  private func data(_ stimuli: Int, rows: Int, seed: UInt64 = 1, delays: [Int] = [0]) -> EncodingData {
    let pieces = (0..<stimuli).map { s in
      let x = autoregressive(rows, 2, 0.5, seed: seed, key: "x\(s)")
      var y = normals(rows, 1, seed: 7, key: "y\(s)")
      for t in 2..<rows { y[t, 0] += x[t - 2, 0] }
      return Piece(stimulus: "s\(s)", features: [x], targets: y)
    }
    return EncodingData(bands: [Band("x", delays: delays)], pieces: pieces, dt: 1, targetNames: ["y"])
  }

  @Test("features that lack rows have the folds of those that do not; what they lack of a fold is not tested")
  func missingFeatures() throws {
    let whole = data(1, rows: 400)
    var short = whole
    for t in 0..<30 { short.pieces[0].features[0][t, 0] = .nan }
    for t in 395..<400 { short.pieces[0].features[0][t, 1] = .nan }
    let (a, b) = (try EncodingModel().fit(whole).full, try EncodingModel().fit(short).full)
    #expect(a.folds.map(\.key) == b.folds.map(\.key) && a.folds.count == 10)
    #expect(a.folds.map { $0.testCount[0] } == Array(repeating: 40, count: 10))
    #expect(b.folds.map { $0.testCount[0] } == [10] + Array(repeating: 40, count: 8) + [35])
    // A fold of which the features lack more than half does not count.
    #expect(b.folds.map { $0.isCounted[0] } == [false] + Array(repeating: true, count: 9))
    #expect(b.foldsCounted(of: 0) == 9 && a.foldsCounted(of: 0) == 10 && b.stimuliCounted(of: 0) == 1)
    #expect(ModelContrast(.init([a.foldwise(of: 0)]), .init([b.foldwise(of: 0)])).folds.count == 9)
  }

  @Test("whether a fold counts does not depend on the features")
  func countedFolds() throws {
    var slow = data(1, rows: 150)
    for t in 60..<90 { slow.pieces[0].targets[t, 0] = Double(t - 75) / 6 }
    var settings = EncodingSettings()
    settings.outer = .blocks(5)
    let first = try EncodingModel(settings).fit(slow).full.folds.map { $0.isCounted[0] }
    #expect(first == [true, true, false, true, true])
    for layer in 0..<3 {
      var other = slow
      other.pieces[0].features[0] = normals(150, 2, seed: UInt64(layer))
      for t in 0..<layer { other.pieces[0].features[0][t, 0] = .nan }
      #expect(try EncodingModel(settings).fit(other).full.folds.map { $0.isCounted[0] } == first)
    }
  }

  @Test("single lags are compared over the same rows, gaps and folds, and find the planted one")
  func lags() throws {
    let lags = try LagSearch(data(2, rows: 150), delays: [5, 0, 2, 2], settings: EncodingSettings(), null: nil)
    #expect(lags.delays == [0, 2, 5])
    for fit in lags.fits {
      #expect(fit.full.folds.map(\.key) == lags.fits[0].full.folds.map(\.key))
      #expect(fit.full.folds.map { $0.testCount[0] } == lags.fits[0].full.folds.map { $0.testCount[0] })
      #expect(fit.full.folds.map { $0.trainCount[0] } == lags.fits[0].full.folds.map { $0.trainCount[0] })
      #expect(fit.sampleCount == [290])
    }
    let r = lags.fits.map { $0.full.r[0] }
    #expect(r[1] > 0.5 && abs(r[0]) < 0.35 && abs(r[2]) < 0.35)
  }

  @Test("ten blocks where every tenth has an effective n that counts, else five; three long stimuli are left out")
  func automatic() throws {
    #expect(try EncodingModel().fit(data(1, rows: 400)).full.folds.count == 10)
    #expect(try EncodingModel().fit(data(1, rows: 90)).full.folds.count == 5)
    var slow = data(1, rows: 400)
    slow.pieces[0].targets = autoregressive(400, 1, 0.9, seed: 3)
    #expect(try EncodingModel().fit(slow).full.folds.count == 5)
    // Each of two targets has the folds it has alone.
    var both = data(1, rows: 400)
    both.targetNames = ["fast", "slow"]
    both.pieces[0].targets = both.pieces[0].targets.appendingColumns(slow.pieces[0].targets)
    let table = try EncodingModel().fit(both).full
    #expect(table.foldsTotal(of: 0) == 10 && table.foldsTotal(of: 1) == 5)
    let alone = (try EncodingModel().fit(data(1, rows: 400)).full, try EncodingModel().fit(slow).full)
    #expect(table.r == [alone.0.r[0], alone.1.r[0]])
    #expect(table.foldwise(of: 0) == alone.0.foldwise(of: 0))
    // As text, since folds that do not count are NaN.
    #expect("\(table.foldwise(of: 1))" == "\(alone.1.foldwise(of: 0))")
    let three = try EncodingModel().fit(data(3, rows: 110)).full
    #expect(three.folds.map(\.stimuli) == [["s0"], ["s1"], ["s2"]] && three.interval(of: 0).kind == .none)
    let four = try EncodingModel().fit(data(4, rows: 110)).full.interval(of: 0)
    #expect(four.kind == .stimulusCorrectedT && four.generalisesTo == .stimuliLikeThese && four.unitCount == 4)
    let blocks = try EncodingModel().fit(data(2, rows: 150)).full.interval(of: 0)
    #expect(blocks.kind == .foldCorrectedT && blocks.generalisesTo == .timeOfTheseStimuli)
  }

  @Test("few counted folds are flagged, and where most are left out the score is not to be reported")
  func flags() throws {
    let three = try EncodingModel().fit(data(3, rows: 110))
    #expect(three.flags[0].contains(.fewFolds) && !three.flags[0].contains { $0.invalidates(stimulusCount: 3) })
    var drifting = data(1, rows: 200)
    for t in 80..<200 { drifting.pieces[0].targets[t, 0] = Double(t) / 6 }
    var settings = EncodingSettings()
    settings.outer = .blocks(5)
    let fit = try EncodingModel(settings).fit(drifting)
    #expect(fit.full.foldsCounted(of: 0) == 2 && fit.full.folds.count == 5)
    #expect(fit.flags[0].isSuperset(of: [.mostFoldsLeftOut, .fewFolds, .smallFoldsLeftOut]))
    #expect(fit.full.interval(of: 0).kind == .none)
  }

  @Test("inner r is that of the training part: poisoned test rows do not change it")
  func innerScores() throws {
    var settings = EncodingSettings()
    settings.outer = .blocks(4)
    settings.gap = .seconds(2)
    let clean = data(1, rows: 160)
    var poisoned = clean
    for t in 0..<40 { poisoned.pieces[0].targets[t, 0] = 1e3 * Double(t % 7) }
    let (a, b) = (try EncodingModel(settings).fit(clean).full, try EncodingModel(settings).fit(poisoned).full)
    #expect(a.folds[0].innerR == b.folds[0].innerR && a.folds[1].innerR != b.folds[1].innerR)
    // On the mean it is near the r of the tested parts; four folds of 40 rows know r to about .08.
    #expect(abs(Moments.mean(a.folds.map { $0.innerR[0] }) - Moments.mean(a.folds.map { $0.r[0] })) < 0.2)
    var one = settings
    one.lambdas = LambdaGrid(values: [1e6])
    one.inner = .blocks(2)
    #expect(try EncodingModel(one).fit(clean).full.folds.allSatisfy { !$0.innerR[0].isNaN })
  }
}

@Suite struct CeilingTests {
  /// A course that all members follow, with noise of their own; every member has its own level.
  private func pieces(_ count: Int, members: Int, noise: Double, slow: Double = 0) -> [(Matrix, [Matrix?])] {
    (0..<count).map { p in
      var course = autoregressive(400, 1, 0.5, seed: 5, key: "course\(p)")
      for t in 0..<400 { course[t, 0] += slow * Double(t) }
      return (
        course,
        (0..<members).map { m -> Matrix? in
          let own = normals(400, 1, seed: 6, key: "p\(p)m\(m)")
          var x = course
          for t in 0..<400 { x[t, 0] += noise * own[t, 0] + 50 * Double(m) }
          return x
        }
      )
    }
  }

  private func fit(_ pieces: [(Matrix, [Matrix?])], _ settings: EncodingSettings) throws -> (EncodingFit, [[Matrix?]]) {
    let means = pieces.map { MemberMean($0.1) }
    let data = EncodingData(
      bands: [Band("course")],
      pieces: zip(pieces, means).enumerated().map { p, piece in
        Piece(stimulus: "s\(p)", features: [piece.0.0], targets: piece.1.mean)
      }, dt: 1, targetNames: ["mean"])
    return (try EncodingModel(settings).fit(data), means.map(\.members))
  }

  @Test("a perfect model reaches its ceiling, odd numbers of members too", arguments: [2, 3, 5, 8])
  func perfect(_ members: Int) throws {
    var settings = EncodingSettings()
    settings.outer = .leaveOne(.stimulus)
    let noise = Double(members).squareRoot() * 0.7
    let (fit, series) = try fit(pieces(4, members: members, noise: noise), settings)
    let ceiling = fit.splitHalfCeiling(series, splits: 60, seed: 1)[0]
    // Reliability 1 / (1 + .49) of the mean over 1,600 rows.
    #expect(abs(ceiling - (1 / 1.49).squareRoot()) < 0.03)
    #expect(abs(NoiseCeiling.normalised(fit.full.r[0], ceiling: ceiling) - 1) < 0.03)
    #expect(abs(NoiseCeiling.normalisedVariance(fit.full.r2[0], ceiling: ceiling) - 1) < 0.06)
  }

  @Test("slow changes that no fold holds are no part of the ceiling")
  func insideFolds() throws {
    var settings = EncodingSettings()
    settings.outer = .blocks(10)
    settings.minimumEffectiveCount = 0
    let drifting = pieces(1, members: 6, noise: 2, slow: 0.02)
    let (fit, series) = try fit(drifting, settings)
    let ceiling = fit.splitHalfCeiling(series, splits: 60, seed: 1)[0]
    let whole = NoiseCeiling.randomHalves(of: 6, split: 0, seed: 1)
    let r = Correlation.pearson(
      NoiseCeiling.mean(whole.first.map { series[0][$0] })?.values ?? [],
      NoiseCeiling.mean(whole.second.map { series[0][$0] })?.values ?? [])
    #expect(ceiling < NoiseCeiling.spearmanBrown(r, factor: 2).squareRoot() - 0.08)
    #expect(abs(NoiseCeiling.normalised(fit.full.r[0], ceiling: ceiling) - 1) < 0.05)
  }

  @Test("rows that are not tested, levels of members and z-scored pieces do not tell")
  func invariance() throws {
    var settings = EncodingSettings()
    settings.trim = .init(start: 100, end: 0)
    settings.standardisation = .perStimulus
    let plain = pieces(3, members: 4, noise: 1)
    var wild = plain
    for p in 0..<3 { for m in 0..<4 { for t in 0..<90 { wild[p].1[m]?[t, 0] = Double(m * t) } } }
    let (a, series) = try fit(plain, settings)
    let ceiling = a.splitHalfCeiling(series, splits: 30, seed: 2)
    #expect(ceiling == a.splitHalfCeiling(wild.map { MemberMean($0.1).members }, splits: 30, seed: 2))
    #expect(ceiling == a.splitHalfCeiling(series, splits: 30, seed: 2))
    let scaled = series.map { piece in
      piece.map { member in member.map { Matrix(rows: $0.rows, columns: 1, values: $0.values.map { 3 * $0 + 1000 }) } }
    }
    #expect(largestDifference(ceiling, a.splitHalfCeiling(scaled, splits: 30, seed: 2)) < 1e-9)
    #expect(a.splitHalfCeiling(series.map { [$0[0]] }, seed: 2)[0].isNaN)
  }

  @Test("one member against the others, and against all of them")
  func agreement() throws {
    let (fit, series) = try fit(pieces(4, members: 4, noise: 1), EncodingSettings())
    func with(_ others: [Int]) throws -> Double {
      try fit.agreement(
        series.map { piece in
          (try #require(piece[1]), try #require(NoiseCeiling.mean(others.map { piece[$0] })))
        })[0]
    }
    // Course and noise of variance 1: 1/√(2 · 4/3), and (1 + 1/4)/√(2 · 5/4).
    #expect(abs(try with([0, 2, 3]) - 1 / (8.0 / 3).squareRoot()) < 0.05)
    #expect(abs(try with([0, 1, 2, 3]) - 1.25 / 2.5.squareRoot()) < 0.05)
  }
}

extension Matrix {
  /// The columns of both, side by side.
  fileprivate func appendingColumns(_ other: Matrix) -> Matrix {
    Matrix(
      rows: rows, columns: columns + other.columns,
      values: (0..<rows).flatMap { t in
        (0..<columns).map { self[t, $0] } + (0..<other.columns).map { other[t, $0] }
      })
  }
}
