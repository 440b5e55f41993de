import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// r of a fit over some of its test rows.
@Suite struct ActiveRowsTests {
  private static let rows = 240

  /// Two pieces whose target follows the feature in every row but those of `silent`, in which it is noise.
  private func data(silent: Range<Int>, seed: UInt64 = 12) -> EncodingData {
    let pieces = (0..<2).map { s in
      let x = autoregressive(Self.rows, 2, 0.5, seed: 11, key: "x\(s)")
      var y = normals(Self.rows, 2, seed: seed, key: "y\(s)")
      for t in 0..<Self.rows where !silent.contains(t) { y[t, 0] += 2 * x[t, 0] }
      return Piece(stimulus: "s\(s)", features: [x], targets: y)
    }
    return EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["driven", "noise"])
  }

  private func fit(_ data: EncodingData, position: PositionSet = .none) throws -> EncodingFit {
    var settings = EncodingSettings()
    settings.lambdas = LambdaGrid(values: [0.01, 1, 100])
    settings.outer = .blocks(5)
    settings.inner = .blocks(4)
    settings.position = position
    return try EncodingModel(settings).fit(data)
  }

  private func every(_ isIn: (Int) -> Bool) -> [[Bool]] { (0..<2).map { _ in (0..<Self.rows).map(isIn) } }

  @Test(arguments: [PositionSet.none, .cosines]) func `over all rows it is the r of every fold`(_ position: PositionSet)
    throws
  {
    let fit = try fit(data(silent: 0..<0), position: position)
    for (target, found) in fit.foldwise(in: every { _ in true }).enumerated() {
      let whole = fit.full.foldwise(of: target)
      #expect(found.folds.map(\.key) == whole.folds.map(\.key))
      for (a, b) in zip(found.folds, whole.folds) { #expect(abs(a.r - b.r) < 1e-12 && a.innerR.isNaN) }
    }
  }

  @Test func `over some rows it is their correlation with the out-of-fold prediction`() throws {
    let data = data(silent: 0..<120)
    let fit = try fit(data)
    let isIn = every { $0 >= 120 && $0 % 3 != 0 }
    let found = fit.foldwise(in: isIn)[0]
    for (k, fold) in found.folds.enumerated() {
      // Blocks of 48 rows of each piece.
      var (truth, prediction): ([Double], [Double]) = ([], [])
      for piece in 0..<2 {
        for row in (48 * k)..<(48 * (k + 1)) where isIn[piece][row] {
          truth.append(data.pieces[piece].targets[row, 0])
          prediction.append(fit.full.predictions[piece][row, 0])
        }
      }
      guard truth.count >= 20 else {
        #expect(fold.r.isNaN)
        continue
      }
      #expect(abs(fold.r - Correlation.pearson(truth, prediction)) < 1e-12)
      #expect(fold.r > fit.full.folds[k].r[0] - 0.1)
    }
    #expect(found.folds.count { !$0.r.isNaN } == 3)
    // Half of the rows follow nothing: what is left of r is far below that of the others.
    #expect(fit.full.r[0] < 0.75 && Correlation.fisherMean(found.folds.map(\.r)) > 0.8)
    // What follows nothing: three folds of 32 rows, eight times.
    let noise = try (12..<20).map { seed in
      try Correlation.fisherMean(self.fit(self.data(silent: 0..<120, seed: seed)).foldwise(in: isIn)[1].folds.map(\.r))
    }
    #expect(abs(Correlation.fisherMean(noise)) < 0.2, "\(noise)")
  }

  @Test func `rows that are out change nothing, and without rows nothing counts`() throws {
    let fit = try fit(data(silent: 0..<120))
    #expect(fit.foldwise(in: every { _ in false }).allSatisfy { $0.folds.allSatisfy(\.r.isNaN) })
    // Nine rows of a fold have no effective n of ten.
    let few = fit.foldwise(in: [(0..<Self.rows).map { $0 % 48 < 9 }, [Bool](repeating: false, count: Self.rows)])
    #expect(few.allSatisfy { $0.folds.allSatisfy(\.r.isNaN) })
  }
}
