import Diagnostics
import LinearAlgebra
import Statistics

/// A relation of the features to targets whose score is known: `y = n + b s`, s one linear function of the delayed
/// features, the same in every stimulus and fold.
///
/// s is what the model of a fit predicts when it is fitted to all rows that count, with position left in. b is chosen per
/// target so that the true model scores r: in a fold in whose test rows position leaves the variance V_s of s and V_n of
/// n (the mean over 20 draws), its expected correlation is `b √V_s / √(b² V_s + V_n)`; the Fisher mean of these over the
/// folds that count is r.
struct PlantedRelation {
  /// Per piece `[rows, targets]`: b s, 0 in rows that do not count.
  let parts: [Matrix]

  static let noiseDraws = 20

  /// - Throws: `E-ENC-011` where the features predict nothing that varies, and what fitting throws.
  init(_ r: Double, of fit: EncodingFit, noise: (_ draw: Int) -> [Matrix]) throws {
    var signal = try fit.wholePrediction()
    let drawn = (0..<Self.noiseDraws).map { draw in
      Matrix(
        rows: fit.problem.rowCount, columns: fit.problem.targetCount, values: noise(draw).flatMap(\.values))
    }
    for target in fit.problem.groups.flatMap(\.targets) {
      let folds = fit.variances(of: target, signal: signal, noise: drawn)
      guard let amplitude = Self.amplitude(r, folds) else {
        throw EvokeError(
          .notCalibrated, "planted r \(r) of \(fit.problem.targetNames[target])",
          reason: "the features predict nothing that varies in the folds that count",
          remedy: "calibrate without --r, or take other features")
      }
      for row in 0..<signal.rows { signal[row, target] *= amplitude }
    }
    parts = fit.problem.pieces.map { signal.selecting(rows: Array($0)) }
  }

  /// Variances of signal and noise in the test rows of a fold.
  struct FoldVariances {
    let signal: Double
    let noise: Double

    func r(_ amplitude: Double) -> Double {
      let power = amplitude * amplitude * signal
      return power + noise > 0 ? (power / (power + noise)).squareRoot() : .nan
    }
  }

  /// b by bisection of its logarithm; nil where no b gives r.
  static func amplitude(_ r: Double, _ folds: [FoldVariances]) -> Double? {
    let varying = folds.filter { $0.signal > 0 && $0.noise > 0 }
    guard !varying.isEmpty else { return nil }
    let unit = (Moments.mean(varying.map(\.noise)) / Moments.mean(varying.map(\.signal))).squareRoot()
    var (low, high) = (-30.0, 30.0)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      let score = Correlation.fisherMean(varying.map { $0.r(unit * exponential(middle)) })
      if score < r { low = middle } else { high = middle }
    }
    return unit * exponential((low + high) / 2)
  }
}

extension EncodingFit {
  /// Of every target the prediction in all rows that count, by one model fitted to all of them at the median of the
  /// folds' lambdas, position left in; 0 in other rows.
  fileprivate func wholePrediction() throws -> Matrix {
    var result = Matrix(rows: problem.rowCount, columns: problem.targetCount)
    let cache = BandCache()
    for group in problem.groups.flatMap(problem.byTreatment) {
      let rows = group.valid.indices.filter { group.valid[$0] }
      let part = TestPart(
        index: 0, targets: Set(group.targets), test: rows, testStimuli: [], stimuli: [], key: "")
      let prepared = try PreparedFold(problem, group, Fold(part: part, train: rows, gap: 0, decay: 0), cache)
      let lambdas = group.targets.map { target in
        Moments.median(full.folds.map { $0.lambda[target] }.filter { !$0.isNaN })
      }
      let prediction = try prepared.linearPrediction(lambdas: lambdas)
      for (i, row) in rows.enumerated() {
        for (k, target) in group.targets.enumerated() { result[row, target] = prediction[i, k] }
      }
    }
    return result
  }

  /// What position leaves of signal and noise in the test rows of the folds of a target that count.
  fileprivate func variances(
    of target: Int, signal: Matrix, noise: [Matrix]
  ) -> [PlantedRelation.FoldVariances] {
    fits.compactMap { fold in
      guard let place = fold.targets.firstIndex(of: target), fold.isCounted[place] else { return nil }
      func variance(_ x: Matrix) -> Double {
        let own = x.selecting(rows: fold.prepared.test).selecting(columns: [target])
        return Moments.standardDeviation(fold.prepared.scored(own).column(0), degreesOfFreedom: 0)
      }
      let noises = noise.map { variance($0) }
      let own = variance(signal)
      return PlantedRelation.FoldVariances(
        signal: own * own, noise: Moments.mean(noises.map { $0 * $0 }))
    }
  }
}
