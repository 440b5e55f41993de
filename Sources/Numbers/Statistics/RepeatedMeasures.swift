import LinearAlgebra

/// An effect of an analysis of variance in which every subject has every level of every factor.
///
/// Of the scores `Z = Y M` of n subjects on d orthonormal contrasts M of the effect: `SS_effect = n |mean Z|²`,
/// `SS_error = Σ |Z_i - mean Z|²`, `F = (SS_effect / d) / (SS_error / (d (n - 1)))` with d and d (n - 1) degrees of freedom.
/// Both are multiplied by ε where spheres are not: Greenhouse and Geisser's `(tr S)² / (d tr S²)` of the covariance S of
/// Z (1959), Huynh and Feldt's `(n d ε - 2) / (d (n - 1 - d ε))`, at most 1 (1976). With two levels ε is 1 and F is t².
///
/// The p of subjects who were shown the same stimuli speaks of subjects and these stimuli.
public struct RepeatedMeasures: Sendable, Equatable {
  /// Subjects that have every value.
  public let subjectCount: Int
  /// Cells that the effect compares: levels, of an interaction their product.
  public let levelCount: Int
  public let effectSum: Double
  public let errorSum: Double
  public let df1: Double
  public let df2: Double
  /// Infinite where no subject departs from the mean effect, NaN where nothing varies or there are fewer than two subjects.
  public let f: Double
  public let epsilonGG: Double
  public let epsilonHF: Double

  /// P of an F as large, uncorrected.
  public var p: Double { Distributions.fisherTail(f, df1, df2) }
  /// The same with Greenhouse and Geisser's degrees of freedom.
  public var pGG: Double { Distributions.fisherTail(f, epsilonGG * df1, epsilonGG * df2) }
  /// The same with Huynh and Feldt's.
  public var pHF: Double { Distributions.fisherTail(f, epsilonHF * df1, epsilonHF * df2) }
  /// SS_effect / (SS_effect + SS_error).
  public var partialEta2: Double { effectSum / (effectSum + errorSum) }

  /// One factor, values `[subject, level]`, at least two levels. Subjects with a NaN are left out.
  public init(_ values: Matrix) {
    self.init(Self.complete(values), contrasts: Self.helmert(values.columns))
  }

  /// Two factors and their interaction, values `[subject, level of a, level of b]`, at least two levels each. Subjects with
  /// a NaN are left out.
  public static func twoWay(
    _ values: [Double], subjects: Int, levels: (a: Int, b: Int)
  ) -> (a: RepeatedMeasures, b: RepeatedMeasures, interaction: RepeatedMeasures) {
    let whole = complete(Matrix(rows: subjects, columns: levels.a * levels.b, values: values))
    let (a, b) = (helmert(levels.a), helmert(levels.b))
    func mean(_ count: Int) -> Matrix {
      Matrix(
        rows: count, columns: 1, values: [Double](repeating: 1 / Double(count).squareRoot(), count: count))
    }
    return (
      RepeatedMeasures(whole, contrasts: product(a, mean(levels.b)), levels: levels.a),
      RepeatedMeasures(whole, contrasts: product(mean(levels.a), b), levels: levels.b),
      RepeatedMeasures(whole, contrasts: product(a, b))
    )
  }

  /// - Parameter contrasts: `[cell, contrast]`, orthonormal.
  private init(_ values: Matrix, contrasts: Matrix, levels: Int? = nil) {
    let (n, d) = (values.rows, contrasts.columns)
    (subjectCount, levelCount) = (n, levels ?? contrasts.rows)
    (df1, df2) = (Double(d), Double(d * (n - 1)))
    guard n > 1 else {
      (effectSum, errorSum, f, epsilonGG, epsilonHF) = (.nan, .nan, .nan, .nan, .nan)
      return
    }
    var scores = Self.scores(values, contrasts)
    let mean = scores.columnMeans
    for i in 0..<n { for j in 0..<d { scores[i, j] -= mean[j] } }
    let scatter = scores.gram
    let trace = (0..<d).reduce(0.0) { $0 + scatter[$1, $1] }
    let squares = scatter.values.reduce(0) { $0 + $1 * $1 }
    effectSum = Double(n) * mean.reduce(0) { $0 + $1 * $1 }
    errorSum = trace
    f = (effectSum / df1) / (trace / df2)
    let epsilon = trace * trace / (Double(d) * squares)
    epsilonGG = epsilon
    let (k, m) = (Double(d), Double(n))
    let room = m - 1 - k * epsilon
    // Where subjects are as few as contrasts the estimate has no finite value, and nothing is corrected.
    epsilonHF = epsilon.isNaN ? .nan : room > 0 ? min(1, (m * k * epsilon - 2) / (k * room)) : 1
  }

  private static func scores(_ values: Matrix, _ contrasts: Matrix) -> Matrix {
    var scores = Matrix(rows: values.rows, columns: contrasts.columns)
    for i in 0..<values.rows {
      for j in 0..<contrasts.columns {
        scores[i, j] = (0..<values.columns).reduce(0.0) { $0 + values[i, $1] * contrasts[$1, j] }
      }
    }
    return scores
  }

  /// Orthonormal contrasts `[level, contrast]`: every level against the mean of those before it.
  private static func helmert(_ levels: Int) -> Matrix {
    precondition(levels > 1, "a factor has two levels or more")
    var contrasts = Matrix(rows: levels, columns: levels - 1)
    for j in 1..<levels {
      let scale = 1 / Double(j * (j + 1)).squareRoot()
      for i in 0..<j { contrasts[i, j - 1] = -scale }
      contrasts[j, j - 1] = Double(j) * scale
    }
    return contrasts
  }

  /// Kronecker's product.
  private static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = Matrix(rows: a.rows * b.rows, columns: a.columns * b.columns)
    for i in 0..<result.rows {
      for j in 0..<result.columns {
        result[i, j] = a[i / b.rows, j / b.columns] * b[i % b.rows, j % b.columns]
      }
    }
    return result
  }

  private static func complete(_ values: Matrix) -> Matrix {
    let rows = (0..<values.rows).filter { row in
      !(0..<values.columns).contains { values[row, $0].isNaN }
    }
    return Matrix(
      rows: rows.count, columns: values.columns,
      values: rows.flatMap { row in (0..<values.columns).map { values[row, $0] } })
  }
}
