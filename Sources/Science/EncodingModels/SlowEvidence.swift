import LinearAlgebra
import Statistics

/// Whether a target's slow variation is that of a stationary series, or of a course or a drift.
///
/// Per piece, c_k are the coefficients of orthonormal cosines of its own span T, of periods 2T/k down to 40 s. Of a
/// stationary series whose spectrum is flat down there they have one variance; a course or a drift is in the two slowest:
/// `F = mean(c_1², c_2²) / mean(c_3² ... c_10²)` over all pieces of at least 80 s. A target counts as stationary where F has
/// p > .01, and where its slow variation is at most 8 times as dense as the faster, beyond what the target's window makes of
/// white noise: slower ones predict better without it. Without such a piece nothing is known, and none counts as stationary.
struct SlowEvidence {
  static let level = 0.01
  static let largestRatio = 8.0
  /// Coefficients that are compared: the slowest, and those up to here.
  private static let slowest = 2
  private static let compared = 10

  /// Positions among the rows, and orthonormal cosines over them, the slowest first.
  private let pieces: [(rows: Range<Int>, basis: Matrix)]
  /// How much denser the slow part of white noise is in windows of the target's.
  private let windowRatio: Double

  /// - Parameter rows: those of the targets that are asked about, ascending.
  init(_ problem: EncodingProblem, _ rows: [Int]) {
    var pieces: [(rows: Range<Int>, basis: Matrix)] = []
    var start = 0
    for piece in problem.pieces {
      let first = start
      while start < rows.count, rows[start] < piece.upperBound { start += 1 }
      guard start > first else { continue }
      let basis = Self.orthonormal(problem.cosines(Array(rows[first..<start])))
      if basis.columns >= 2 * Self.slowest { pieces.append((first..<start, basis)) }
    }
    self.pieces = pieces
    windowRatio = Self.windowRatio(problem)
  }

  /// - Parameters:
  ///   - y: `[rows, targets]`.
  ///   - slowRatios: of `PositionFilter.slowRatio`.
  func isStationary(_ y: Matrix, slowRatios: [Double]) -> [Bool] {
    let energies = pieces.map { piece in
      piece.basis.transposeMultiplied(by: y.selecting(rows: Array(piece.rows)))
    }
    return slowRatios.indices.map { t in
      var (slow, fast) = (SquareSum(), SquareSum())
      for own in energies {
        for k in 0..<min(own.rows, Self.compared) {
          if k < Self.slowest { slow.add(own[k, t]) } else { fast.add(own[k, t]) }
        }
      }
      return slowRatios[t] <= Self.largestRatio * windowRatio && slow.p(over: fast) > Self.level
    }
  }

  private struct SquareSum {
    private var sum = 0.0
    private var count = 0.0

    mutating func add(_ value: Double) {
      sum += value * value
      count += 1
    }

    var mean: Double { sum / count }

    /// P(F ≥ the ratio of both means); 0 where there is nothing to compare with.
    func p(over other: SquareSum) -> Double {
      guard count > 0, other.sum > 0 else { return 0 }
      return Distributions.incompleteBeta(other.sum / (other.sum + sum), other.count / 2, count / 2)
    }
  }

  /// The mean density of a moving average of white noise below 1/40 Hz, over that above it; 1 without a window.
  private static func windowRatio(_ problem: EncodingProblem) -> Double {
    let width = (problem.windowSeconds / problem.dt).rounded()
    let count = 4096
    let edge = Double(2 * count) * problem.dt / PositionColumns.sharedPeriod
    guard width > 1, edge < Double(count) else { return 1 }
    var (slow, fast) = (SquareSum(), SquareSum())
    for k in 0..<count {
      let half = Double.pi * (Double(k) + 0.5) / Double(2 * count)
      let gain = cosine(width * half - Double.pi / 2) / cosine(half - Double.pi / 2)
      if Double(k) < edge { slow.add(gain) } else { fast.add(gain) }
    }
    return slow.mean / fast.mean
  }

  /// Columns less their means, each less what those before it explain, of unit length; one that they explain is left out.
  private static func orthonormal(_ x: Matrix) -> Matrix {
    var kept: [[Double]] = []
    for j in 0..<x.columns {
      let raw = x.column(j)
      let mean = Moments.mean(raw)
      var column = raw.map { $0 - mean }
      let before = length(column)
      // Twice, for columns that hardly differ.
      for _ in 0..<2 {
        for other in kept {
          let part = zip(column, other).reduce(0) { $0 + $1.0 * $1.1 }
          for i in column.indices { column[i] -= part * other[i] }
        }
      }
      let left = length(column)
      guard left > 1e-4 * before else { continue }
      kept.append(column.map { $0 / left })
    }
    return Matrix(rows: kept.count, columns: x.rows, values: kept.flatMap { $0 }).transposed
  }

  private static func length(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
