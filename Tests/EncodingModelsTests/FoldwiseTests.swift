import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Values fold by fold: of means over models, of subjects, and of the two directions of time.
@Suite struct FoldwiseTests {
  private func scores(_ r: [Double], stimuli: [[String]]? = nil) -> FoldwiseScores {
    FoldwiseScores(
      folds: r.indices.map {
        FoldwiseScores.Fold(key: "k\($0)", stimuli: stimuli?[$0] ?? ["a", "b"], r: r[$0], innerR: 0)
      })
  }

  @Test func aMeanOverModelsHasTheFoldsThatCountInAllOfThem() {
    let (a, b) = (scores([0.2, 0.4, .nan, 0.6, 0.5]), scores([0.4, 0.2, 0.3, 0.6, 0.1]))
    let mean = FoldwiseValues(meanOf: [a, b])
    #expect(mean.folds == ["k0", "k1", "k3", "k4"] && mean.foldsTotal == 5 && mean.foldsCounted == 4)
    let z = [(0.2, 0.4), (0.4, 0.2), (0.6, 0.6), (0.5, 0.1)].map {
      (Correlation.fisherZ($0.0) + Correlation.fisherZ($0.1)) / 2
    }
    #expect(zip(mean.values, z).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(abs(mean.score.value - Correlation.inverseFisherZ(z.reduce(0, +) / 4)) < 1e-12)
    #expect(mean.score.kind == .foldCorrectedT && mean.score.low < mean.score.value)
    // One model alone is its own score; a fold that another does not count is left out of it, too.
    let alone = FoldwiseValues(meanOf: [b])
    #expect(abs(alone.score.value - Correlation.fisherMean([0.4, 0.2, 0.3, 0.6, 0.1])) < 1e-12)
    #expect(FoldwiseValues(meanOf: [b], beside: [a]).folds == mean.folds)
  }

  @Test func subjectsAreAveragedFoldByFoldAsContrastsAre() {
    let subjects = [[0.2, 0.4, 0.1, 0.6, 0.5], [0.3, .nan, 0.2, 0.5, 0.4], [0.1, 0.2, 0.6, 0.3, 0.3]].map { scores($0) }
    let zero = scores([0, 0, 0, 0, 0])
    let mean = FoldwiseValues(over: subjects.map { FoldwiseValues(meanOf: [$0]) })
    let group = GroupContrast(
      subjects.map { ModelContrast(ModelContrast.Side([$0]), ModelContrast.Side([zero])) })
    #expect(mean.folds == group.folds && mean.foldsCounted == 4)
    #expect(zip(mean.values, group.differences).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(mean.interval == group.interval && mean.t == group.t)
    // Left-out stimuli meet by their names, whatever their rows.
    let stimuli = [["a"], ["b"], ["c"], ["d"], ["e"]]
    let byStimulus = FoldwiseValues(
      over: [[0.2, 0.4, 0.1, 0.6, 0.5], [0.3, 0.1, 0.2, 0.5, 0.4]].map {
        FoldwiseValues(meanOf: [scores($0, stimuli: stimuli)])
      })
    #expect(byStimulus.generalisesTo == .stimuliLikeThese && byStimulus.interval.kind == .stimulusCorrectedT)
  }

  @Test func aBoundOfPartsBelongsToThePartAboveIt() {
    let bins = DepthBins(5)
    #expect([0, 0.19, 0.2, 0.4, 0.6, 0.8, 1].map(bins.place) == [0, 0, 1, 2, 3, 4, 4])
    #expect(bins.range(of: 3) == 0.6...0.8 && DepthBins(1).place(of: 1) == 0)
  }

  // MARK: - Directions

  /// p of future less past over some subjects who share a rating and noise: weights of the rating before and after.
  private func p(before: Double, after: Double, seed: UInt64) throws -> (p: Double, mean: Double) {
    var numbers = RandomStream(seed: seed, purpose: "directions", key: "world", draw: 0)
    func slow(_ memory: Double) -> [Double] {
      var level = 0.0
      return (0..<240).map { _ in
        level = memory * level + (1 - memory * memory).squareRoot() * numbers.normal()
        return level
      }
    }
    let (rating, common) = (slow(0.9), slow(0.7))
    let differences = try (0..<4).map { _ in
      let own = slow(0.7)
      let y = rating.indices.map { t in
        (2...3).reduce(0.6 * common[t] + 0.8 * own[t]) { sum, lag in
          sum + (t >= lag ? before * rating[t - lag] : 0) + (t + lag < 240 ? after * rating[t + lag] : 0)
        }
      }
      let x = Matrix(rows: 240, columns: 1, values: rating)
      let data = EncodingData(
        bands: [Band("before", delays: [1, 2, 3, 4]), Band("after", delays: [-4, -3, -2, -1])],
        pieces: [Piece(stimulus: "film", features: [x, x], targets: Matrix(rows: 240, columns: 1, values: y))], dt: 1,
        targetNames: ["y"])
      var settings = EncodingSettings()
      (settings.outer, settings.inner) = (.blocks(6), .blocks(3))
      settings.lambdas = LambdaGrid(log10: -3, to: 1, step: 1)
      // Folds of 40 s have few independent values; what is asked is whether the test holds with them.
      settings.smallFold = .keep
      let joint = try JointSets(data, settings: settings)
      let sides = joint.alone.map { fit in
        FoldwiseValues(
          folds: fit.full.folds.map(\.key), stimuli: fit.full.folds.map(\.stimuli), foldsTotal: fit.full.folds.count,
          values: fit.full.folds.map { $0.isCounted[0] ? $0.r2[0] : .nan })
      }
      let difference = sides[0].less(sides[1])
      // R² of one direction alone less that of the other is the difference of what is unique to them.
      #expect(abs(difference.t.mean - (joint.uniqueR2[0][0] - joint.uniqueR2[1][0])) < 1e-9)
      return difference
    }
    let mean = FoldwiseValues(over: differences)
    return (mean.t.p(twoSided: true), mean.t.mean)
  }

  /// 20 seeds each: more than 3 of 20 at .05 have a chance of .016.
  @Test func aCouplingToBothSidesHasNoDirectionAndOneToOneSideHas() throws {
    let symmetric = try (1...20).map { try p(before: 0.5, after: 0.5, seed: $0) }
    #expect(symmetric.count { $0.p <= 0.05 } <= 3, "\(symmetric)")
    let future = try (1...10).map { try p(before: 1, after: 0, seed: $0) }
    #expect(future.count { $0.p <= 0.05 && $0.mean > 0 } >= 7, "\(future)")
    let past = try (1...10).map { try p(before: 0, after: 1, seed: $0) }
    #expect(past.count { $0.p <= 0.05 && $0.mean < 0 } >= 7, "\(past)")
  }
}
