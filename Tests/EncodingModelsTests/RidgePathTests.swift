import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Many targets are predicted some at a time by what they share.
@Suite struct RidgePathTests {
  @Test("of many targets each has the lambdas, scores and inner scores that it has among few", arguments: [40, 70])
  func manyTargets(_ columns: Int) throws {
    let (rows, count) = (220, 230)
    let features = autoregressive(rows, columns, 0.6, seed: 1)
    var targets = features.multiplied(by: normals(columns, count, seed: 2))
    let noise = normals(rows, count, seed: 3)
    for i in targets.values.indices { targets.values[i] += 8 * noise.values[i] }
    let data = EncodingData(
      bands: [Band("x")], pieces: [Piece(stimulus: "s", features: [features], targets: targets)], dt: 1,
      targetNames: (0..<count).map { "y\($0)" })
    var settings = EncodingSettings()
    settings.gap = .seconds(0)
    settings.outer = .blocks(3)
    settings.inner = .blocks(3)
    let model = EncodingModel(settings)
    let together = try model.fit(data).full
    for part in [[0, 1, 2], [96, 97, 98], [count - 1]] {
      let alone = try model.fit(data.selecting(targets: part)).full
      for (fold, other) in zip(together.folds, alone.folds) {
        #expect(part.map { fold.lambda[$0] } == other.lambda)
        #expect(largestDifference(part.map { fold.r[$0] }, other.r) < 1e-11)
        #expect(largestDifference(part.map { fold.innerR[$0] }, other.innerR) < 1e-11)
      }
    }
  }
}
