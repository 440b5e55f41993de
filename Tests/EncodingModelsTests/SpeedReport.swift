import EncodingModels
import Foundation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Times, printed and never asserted: `EVOKE_SPEED=1 swift test -c release --filter SpeedReport`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["EVOKE_SPEED"] != nil)) struct SpeedReport {
  private func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = Date()
    try work()
    return Date().timeIntervalSince(start)
  }

  @Test("nested ridge 3600 x 768 x 68, 5 x 5 folds, 20 lambdas, float64")
  func nestedRidge() throws {
    let data = EncodingData(
      bands: [Band("x")],
      pieces: [Piece(stimulus: "s", features: [normals(3600, 768, seed: 1)], targets: normals(3600, 68, seed: 2))],
      dt: 1,
      targetNames: (0..<68).map { "y\($0)" })
    var settings = EncodingSettings()
    settings.gap = .seconds(0)
    settings.outer = .blocks(5)
    settings.inner = .blocks(5)
    settings.lambdas = LambdaGrid(values: (0..<20).map { pow(10, -1 + 6 * Double($0) / 19) }, scale: .none)
    for _ in 0..<3 { print("nested ridge", try seconds { _ = try EncodingModel(settings).fit(data) }, "s") }
  }

  @Test("one layer of a sweep on 120 s: nested PCA fit and 1,000 draws")
  func layer() throws {
    for rows in [120, 480, 960] {
      let data = EncodingData(
        bands: [Band("x", reduction: Reduction(components: 12, fit: .trainFold, scale: .zscore), delays: Array(0...8))],
        pieces: [
          Piece(
            stimulus: "s", features: [autoregressive(rows, 768, 0.8, seed: 3)],
            targets: autoregressive(rows, 4, 0.9, seed: 4))
        ], dt: 1, targetNames: ["a", "b", "c", "d"])
      var fit: EncodingFit?
      let fitting = try seconds { fit = try EncodingModel().fit(data) }
      let drawing = try seconds { _ = try fit?.null(NullRequest(.phase, draws: 1000, seed: 1)) }
      print("rows", rows, "fit", fitting, "s, 1,000 draws", drawing, "s")
    }
  }
}
