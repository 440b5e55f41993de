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
    try transfer(training, testing).scores[0].folds.map(\.r)
  }

  private func transfer(
    _ training: EncodingData, _ testing: EncodingData, draws: Int = 0
  ) throws -> CohortTransfer {
    try CohortTransfer(training: training, testing: testing, settings: Self.settings, draws: draws, seed: 1)
  }

  /// Every film's first feature and target, less what they have in common, beside a course that all films share.
  private func withCourse(_ data: EncodingData) -> EncodingData {
    var stream = RandomStream(seed: 9, purpose: "transfer", key: "course", draw: 0)
    var other = RandomStream(seed: 10, purpose: "transfer", key: data.pieces[0].stimulus, draw: 0)
    let course = (0..<80).map { _ in 1.5 * stream.normal() }
    var data = data
    for film in data.pieces.indices {
      for t in 0..<80 {
        data.pieces[film].features[0][t, 0] += course[t]
        data.pieces[film].targets[t, 0] = course[t] + other.normal()
      }
    }
    return data
  }

  @Test("flags are those of any fit: of the cohort that predicts its twin, those of its own fit")
  func flags() throws {
    var constant = cohort(7)
    for t in 0..<80 { constant.pieces[1].targets[t, 0] = 2 }
    for (data, expected) in [
      (cohort(1), nil), (cohort(7, films: 3), EncodingFlag.fewFolds), (constant, .constantTarget),
    ] {
      let own = try EncodingModel(Self.settings).fit(data).flags
      #expect(try transfer(data, data).flags == own)
      if let expected { #expect(own[0].contains(expected)) }
    }
  }

  @Test("a course that the tested films share is no transfer", arguments: [5, 3])
  func course(films: Int) throws {
    let (training, testing) = (cohort(11, films: films), cohort(12, films: films, names: "other"))
    let plain = try transfer(training, testing, draws: 39)
    #expect(!plain.flags[0].contains(.sharedCourse) && !plain.flags[0].contains(.courseNotChecked))
    let shared = try transfer(withCourse(training), withCourse(testing), draws: 39)
    #expect(shared.scores[0].folds.allSatisfy { $0.r > 0.3 } && shared.flags[0].contains(.sharedCourse))
    var unequal = testing
    unequal.pieces[0].stimulus = unequal.pieces[1].stimulus
    #expect(try transfer(training, unequal, draws: 39).flags[0].contains(.courseNotChecked))
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
