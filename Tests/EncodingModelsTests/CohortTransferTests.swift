import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Trained on one cohort, tested on another.
@Suite struct CohortTransferTests {
  private static var settings: EncodingSettings {
    var settings = EncodingSettings()
    settings.outer = .leaveOne(.stimulus)
    settings.gap = .seconds(3)
    settings.position = .none
    return settings
  }

  /// Films of three feature columns, of which the target holds the first (or, of another truth, the last).
  private func cohort(
    _ seed: UInt64, films: Int = 5, names: String = "film", follows column: Int = 0, noise: Double = 0.7
  ) -> EncodingData {
    var stream = RandomStream(seed: seed, purpose: "transfer", key: "data", draw: 0)
    let pieces = (0..<films).map { film -> Piece in
      var x = Matrix(rows: 80, columns: 3)
      var y = Matrix(rows: 80, columns: 1)
      for t in 0..<80 {
        for j in 0..<3 { x[t, j] = (t == 0 ? 0 : 0.5 * x[t - 1, j]) + stream.normal() }
        y[t, 0] = x[t, column] + noise * stream.normal()
      }
      return Piece(stimulus: "\(names)\(film)", features: [x], targets: y)
    }
    return EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["y"])
  }

  private func r(_ training: EncodingData, _ testing: EncodingData) throws -> [Double] {
    try CohortTransfer(training: training, testing: testing, settings: Self.settings).scores[0].folds.map(\.r)
  }

  @Test("a cohort's twin is predicted as the cohort predicts itself: what is tested is trained on in neither")
  func twin() throws {
    let data = cohort(1)
    let own = try EncodingModel(Self.settings).fit(data).full.foldwise(of: 0).folds.map(\.r)
    let found = try r(data, data)
    #expect(found.count == own.count && zip(found, own).allSatisfy { abs($0 - $1) < 1e-9 }, "\(found) \(own)")
  }

  @Test("the same truth is carried over to other stimuli, another truth is not")
  func truths() throws {
    let training = cohort(2)
    let same = try r(training, cohort(3, names: "other"))
    let another = try r(training, cohort(3, names: "other", follows: 2))
    #expect(same.count == 5 && same.allSatisfy { $0 > 0.6 }, "\(same)")
    #expect(another.allSatisfy { abs($0) < 0.4 } && abs(Moments.mean(another)) < 0.2, "\(another)")
  }

  @Test("nothing of the tested cohort is learnt from: one film's values change no other film's score")
  func poison() throws {
    let (training, testing) = (cohort(4), cohort(5, names: "other"))
    var poisoned = testing
    for t in 0..<80 {
      poisoned.pieces[0].features[0][t, 1] = 1e4 * Double(t)
      poisoned.pieces[0].targets[t, 0] = -1e4
    }
    let (clean, dirty) = (try r(training, testing), try r(training, poisoned))
    #expect(zip(clean, dirty).dropFirst().allSatisfy { $0 == $1 }, "\(clean) \(dirty)")
  }

  @Test("cohorts of unlike targets are refused")
  func refused() {
    var other = cohort(6, names: "other")
    other.targetNames = ["z"]
    #expect(throws: (any Error).self) { try r(cohort(6), other) }
  }
}
