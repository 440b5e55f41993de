import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Columns made of a feature's past, and which of it carries the score.
@Suite struct DelayKernelTests {
  private func data(lag: Int, seconds: Int = 240, kernels: DelayKernels = .single([0])) -> EncodingData {
    let pieces = (0..<3).map { s in
      let x = autoregressive(seconds, 2, 0.8, seed: 50, key: "x\(s)")
      var y = normals(seconds, 1, seed: 51, key: "y\(s)")
      for t in lag..<seconds { y[t, 0] += x[t - lag, 0] }
      return Piece(stimulus: "s\(s)", features: [x], targets: y)
    }
    var data = EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["y"])
    data.bands[0].kernels = kernels
    return data
  }

  @Test("raised cosines halve equal parts of the span, read all delays, and as many as delays are single ones")
  func shapes() {
    let four = DelayKernels.raisedCosines(0...8, count: 4)
    #expect(four.centres == [1, 3, 5, 7] && four.delays == Array(0...8) && four.shape == .raisedCosine)
    #expect(DelayKernels.raisedCosines(0...8, count: 9) == .single(Array(0...8)))
    #expect(DelayKernels.raisedCosines(-2...2, count: 2).centres == [-1, 1])
    #expect(DelayKernels.automatic(0...8, width: 12, effectiveRows: 30).count == 2)
    #expect(DelayKernels.automatic(0...8, width: 6, effectiveRows: 100).count == 4)
    #expect(DelayKernels.automatic(0...8, width: 1, effectiveRows: 1e6) == .single(Array(0...8)))
    #expect(DelayKernels.automatic(3...3, width: 1, effectiveRows: 100) == .single([3]))
    #expect(DelayKernels.automatic(0...5, width: 1, effectiveRows: .nan).count == 2)
  }

  @Test("a kernel's column is the weighted sum over delays, made by hand")
  func handMade() throws {
    let kernels = DelayKernels.raisedCosines(0...4, count: 2)
    var given = data(lag: 2, kernels: kernels)
    // Folds divide what targets have beyond the reach of delays: of rows that both have, all folds are the same.
    for s in given.pieces.indices {
      for t in 0..<4 { given.pieces[s].targets[t, 0] = .nan }
    }
    // Centres 1 and 3: half a weight one row from a centre.
    let weights = [[0.5, 1, 0.5, 0, 0], [0, 0, 0.5, 1, 0.5]]
    var made = given
    made.bands[0].kernels = .single([0])
    for piece in made.pieces.indices {
      let x = given.pieces[piece].features[0]
      var columns = Matrix(rows: x.rows, columns: 4, values: [Double](repeating: .nan, count: x.rows * 4))
      for t in 4..<x.rows {
        for k in 0..<2 {
          for j in 0..<2 { columns[t, 2 * k + j] = (0...4).reduce(0) { $0 + weights[k][$1] * x[t - $1, j] } }
        }
      }
      made.pieces[piece].features = [columns]
    }
    var settings = EncodingSettings()
    settings.gap = .seconds(4)
    let (one, other) = (try EncodingModel(settings).fit(given), try EncodingModel(settings).fit(made))
    #expect(largestDifference(one.full.r, other.full.r) < 1e-9)
    #expect(one.full.folds.map(\.lambda) == other.full.folds.map(\.lambda))
    #expect(one.sampleCount == other.sampleCount && one.full.r[0] > 0.5)
    settings.delayEdges = .zero
    #expect(try EncodingModel(settings).fit(data(lag: 2, kernels: kernels)).droppedCount == [0])
  }

  @Test("automatic kernels take fewer columns of slower targets")
  func automatic() throws {
    let white = try DelayKernels.automatic(0...8, for: data(lag: 2), settings: EncodingSettings())
    var slow = data(lag: 2)
    for s in slow.pieces.indices { slow.pieces[s].targets = autoregressive(240, 1, 0.9, seed: 52, key: "\(s)") }
    let few = try DelayKernels.automatic(0...8, for: slow, settings: EncodingSettings())
    #expect(white.count == 9 && (2...6).contains(few.count))
    // 720 rows of lag 1 = .9 are about 76 effective ones, two thirds of them train: 50 / (4 x 2).
    var wide = slow
    for s in wide.pieces.indices { wide.pieces[s].features = [autoregressive(240, 30, 0.8, seed: 53, key: "\(s)")] }
    #expect(try DelayKernels.automatic(0...8, for: wide, settings: EncodingSettings()).count == 2)
  }

  @Test("the lag of an effect is found, and every lag counts in the maximum")
  func lagSearch() throws {
    var settings = EncodingSettings()
    settings.lambdas = LambdaGrid(values: [1e-2, 1])
    let found = try LagSearch(
      data(lag: 3), delays: Array(0...6), settings: settings, null: NullRequest(.phase, draws: 99, seed: 1))
    let r = found.fits.map { $0.full.r[0] }
    #expect(found.delays == Array(0...6) && r.firstIndex(of: r.max() ?? 0) == 3)
    // One set of rows and folds for all lags.
    #expect(Set(found.fits.map { $0.evidence.map(\.trainRowsHash) }).count == 1)
    let (p, pMax) = try (#require(found.p), #require(found.pMax))
    #expect(p[3][0] == 0.01 && pMax[3][0] == 0.01)
    #expect(zip(p, pMax).allSatisfy { $0[0] <= $1[0] + 0.05 })
    let none = try LagSearch(data(lag: 3), delays: [1], settings: settings, null: nil)
    #expect(none.p == nil && none.pMax == nil && none.draws == nil)
    #expect(found.draws == 99)
  }
}
