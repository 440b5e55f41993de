import LinearAlgebra
import Statistics

/// Two series of every piece, `[rows, targets]`, NaN where missing: halves of what a target is the mean of, or one member
/// and the others.
public typealias SeriesPairs = [(first: Matrix, second: Matrix)]

extension EncodingFit {
  /// Per piece and target, whether each row counts.
  public var countedRows: [[[Bool]]] {
    let valid = (0..<problem.targetCount).map { target in
      problem.groups.first { $0.targets.contains(target) }?.valid ?? [Bool](repeating: false, count: problem.rowCount)
    }
    return problem.pieces.map { rows in valid.map { Array($0[rows]) } }
  }

  /// The largest r that a perfect model could reach, per target, inside the same test folds as r.
  ///
  /// √ρ, ρ being the reliability to which r of two halves (the Fisher mean over counted folds and splits) is stepped up:
  /// over whole stimuli halves also agree on slow changes that no fold holds. Stepping up fold by fold would put the noise
  /// of short folds under the root and make ceilings too low (a perfect model got 1.16 of it in 24 s folds). NaN without a
  /// fold that has three rows.
  ///
  /// - Parameters:
  ///   - halves: of every split, per piece.
  ///   - stepUp: the reliability of the whole by r of its halves.
  public func ceiling(splits: Int, stepUp: (Double) -> Double, halves: (Int) -> SeriesPairs) -> [Double] {
    var sums = fits.map { $0.targets.map { _ in 0.0 } }
    var used = sums
    for split in 0..<splits {
      for (fold, values) in correlations(halves(split)).enumerated() {
        for (k, r) in values.enumerated() where !r.isNaN {
          sums[fold][k] += Correlation.fisherZ(r)
          used[fold][k] += 1
        }
      }
    }
    let means = fits.indices.map { fold in
      fits[fold].targets.indices.map { k in
        used[fold][k] > 0 ? Correlation.inverseFisherZ(sums[fold][k] / used[fold][k]) : .nan
      }
    }
    return foldMean(means).map { stepUp($0).squareRoot() }
  }

  /// The same of a target that is a mean over members (raters, subjects): random halves of them, stepped up by Spearman and
  /// Brown, kr / (1 + (k - 1)r) with k = N / ⌊N/2⌋.
  ///
  /// - Parameter members: per piece, of every member `[rows, targets]` at the members' common level (`MemberMean`), nil
  ///   where one has no data; all pieces name the same members.
  public func splitHalfCeiling(_ members: [[Matrix?]], splits: Int = 1000, seed: UInt64, key: String = "") -> [Double] {
    let count = members.first?.count ?? 0
    guard count >= 2 else { return [Double](repeating: .nan, count: problem.targetCount) }
    let factor = Double(count) / Double(count / 2)
    return ceiling(splits: splits, stepUp: { NoiseCeiling.spearmanBrown($0, factor: factor) }) { split in
      let halves = NoiseCeiling.randomHalves(of: count, split: split, seed: seed, key: key)
      return zip(members, problem.pieces).map { piece, rows in
        func mean(_ chosen: [Int]) -> Matrix {
          NoiseCeiling.mean(chosen.map { piece[$0] })
            ?? Matrix(
              rows: rows.count, columns: problem.targetCount,
              values: [Double](repeating: .nan, count: rows.count * problem.targetCount))
        }
        return (mean(halves.first), mean(halves.second))
      }
    }
  }

  /// r of two series inside the test rows, the Fisher mean over counted folds, per target: how well the other members
  /// predict one, say.
  public func agreement(_ pairs: SeriesPairs) -> [Double] { foldMean(correlations(pairs)) }

  /// The Fisher mean over counted folds of a value per fitted fold and target of it.
  private func foldMean(_ values: [[Double]]) -> [Double] {
    var byTarget = [[Double]](repeating: [], count: problem.targetCount)
    for (fit, own) in zip(fits, values) {
      for (k, t) in fit.targets.enumerated() where fit.isCounted[k] { byTarget[t].append(own[k]) }
    }
    return byTarget.map(Correlation.fisherMean)
  }

  /// Per fitted fold and target of it: r over the test rows that both series have, without position, as the target is
  /// scored; NaN with fewer than three.
  private func correlations(_ given: SeriesPairs) -> [[Double]] {
    precondition(given.count == problem.pieces.count, "series and pieces differ in number")
    let pairs = problem.settings.standardisation == .perStimulus ? standardised(given) : given
    return fits.map { fit in
      let rows = located(fit.prepared.test)
      func tested(_ series: (Int) -> Matrix) -> Matrix {
        Matrix(
          rows: rows.count, columns: fit.targets.count,
          values: rows.flatMap { place in fit.targets.map { series(place.piece)[place.row, $0] } })
      }
      let (first, second) = (tested { pairs[$0].first }, tested { pairs[$0].second })
      if !first.values.contains(where: \.isNaN), !second.values.contains(where: \.isNaN) {
        let (a, b) = (fit.prepared.scored(first), fit.prepared.scored(second))
        return fit.targets.indices.map { k in Self.agreement(a.column(k), b.column(k)) }
      }
      return fit.targets.indices.map { k in missing(fit, k, first.column(k), second.column(k)) }
    }
  }

  /// The same for one target of a fold where one of the series has missing rows.
  private func missing(_ fit: FittedFold, _ k: Int, _ first: [Double], _ second: [Double]) -> Double {
    let both = first.indices.filter { !first[$0].isNaN && !second[$0].isNaN }
    let values = Matrix(rows: both.count, columns: 2, values: both.flatMap { [first[$0], second[$0]] })
    let left = problem.scored(
      values, in: both.map { fit.prepared.test[$0] }, of: fit.fold.test, as: fit.targets[k])
    return Self.agreement(left.column(0), left.column(1))
  }

  private static func agreement(_ a: [Double], _ b: [Double]) -> Double {
    a.count >= 3 ? Correlation.pearson(a, b) : .nan
  }

  /// z-scored within every piece by the rows that count, as the targets are.
  private func standardised(_ pairs: SeriesPairs) -> SeriesPairs {
    func scaled(_ series: [Matrix]) -> [Matrix] {
      var all = Matrix(
        rows: problem.rowCount, columns: problem.targetCount, values: series.flatMap(\.values))
      ColumnScaling.standardiseTargets(&all, problem.kept)
      return problem.pieces.map { all.selecting(rows: Array($0)) }
    }
    return zip(scaled(pairs.map(\.first)), scaled(pairs.map(\.second))).map { ($0, $1) }
  }

  /// Piece and row within it of ascending rows.
  private func located(_ rows: [Int]) -> [(piece: Int, row: Int)] {
    var piece = 0
    return rows.map { row in
      while row >= problem.pieces[piece].upperBound { piece += 1 }
      return (piece, row - problem.pieces[piece].lowerBound)
    }
  }
}
