import Diagnostics
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// The search for the rotation of white samples whose rows are most independent.
struct RotationSearch {
  /// White samples, `[n, sampleCount]`.
  private let samples: Matrix
  /// `[n, n]`, orthogonal.
  private(set) var rotation: Matrix
  private(set) var iterationCount = 0
  private(set) var isConverged = false

  init(_ samples: Matrix, start: Matrix) {
    self.samples = samples
    rotation = start
  }

  /// w <- E[z tanh(w z)] - E[1 - tanh²(w z)] w for all rows at once, then the nearest orthogonal matrix.
  mutating func fixedPoint(tolerance: Double, maxIterations: Int) throws(EvokeError) {
    let scale = 1 / Double(samples.columns)
    while iterationCount < maxIterations, !isConverged {
      var score = rotation.multiplied(by: samples)
      let slopes = Contrast.scores(&score)
      var next = score.multiplied(by: samples.transposed)
      for i in 0..<next.rows {
        for j in 0..<next.columns { next[i, j] = next[i, j] * scale - slopes[i] * rotation[i, j] }
      }
      next = try orthogonalised(next)
      var change = 0.0
      for i in 0..<next.rows {
        let cosine = (0..<next.columns).reduce(0.0) { $0 + next[i, $1] * rotation[i, $1] }
        change = max(change, abs(abs(cosine) - 1))
      }
      rotation = next
      iterationCount += 1
      isConverged = change < tolerance
    }
  }

  /// Ascent over rotations with the approximate Hessian of independent sources as metric and a short memory.
  ///
  /// With y = W z, the relative gradient is G = sign E[tanh(y) yᵀ], antisymmetric part; direction ij has curvature
  /// (|k_i| + |k_j|) / 2, k_i = E[1 - tanh²(y_i)] - E[y_i tanh(y_i)], whose sign tells sub- from super-Gaussian.
  mutating func quasiNewton(tolerance: Double, maxIterations: Int) throws(EvokeError) {
    var y = rotation.multiplied(by: samples)
    var state = Contrast(y)
    var memory = LimitedMemory()
    while iterationCount < maxIterations {
      iterationCount += 1
      if state.largestGradient < tolerance {
        isConverged = true
        break
      }
      var direction = memory.direction(state)
      var next = try step(y, state, direction)
      if next == nil, !memory.isEmpty {
        memory = LimitedMemory()
        direction = memory.direction(state)
        next = try step(y, state, direction)
      }
      guard let next else { break }
      if next.state.signs == state.signs {
        memory.add(step: next.step, change: subtract(next.state.gradient, state.gradient))
      } else {
        memory = LimitedMemory()
      }
      rotation = next.turn.multiplied(by: rotation)
      y = next.y
      state = next.state
    }
    rotation = try orthogonalised(rotation)
  }

  private struct Step {
    let turn: Matrix
    let y: Matrix
    let state: Contrast
    let step: Matrix
  }

  /// The longest of the steps 1, 1/2, 1/4 ... that lowers the loss; nil where none does.
  private func step(_ y: Matrix, _ state: Contrast, _ direction: Matrix) throws(EvokeError) -> Step? {
    var scale = 1.0
    for _ in 0..<12 {
      var step = direction
      for i in step.values.indices { step.values[i] *= scale }
      let turn = try rotationAlong(step)
      let moved = turn.multiplied(by: y)
      let next = Contrast(moved)
      let gain = state.loss(signs: state.signs) - next.loss(signs: state.signs)
      // Near the end the loss changes by its rounding only; the gradient still tells.
      if gain > 1e-12 || (gain > -1e-12 && next.largestGradient < state.largestGradient) {
        return Step(turn: turn, y: moved, state: next, step: step)
      }
      scale /= 2
    }
    return nil
  }

  /// (I - S / 2)⁻¹ (I + S / 2), a rotation for antisymmetric S (Cayley): the orthogonal part of (I + S / 2)².
  private func rotationAlong(_ s: Matrix) throws(EvokeError) -> Matrix {
    var half = s
    for i in half.values.indices { half.values[i] /= 2 }
    for i in 0..<s.rows { half[i, i] += 1 }
    return try orthogonalised(half.multiplied(by: half))
  }
}

func subtract(_ a: Matrix, _ b: Matrix) -> Matrix {
  Matrix(rows: a.rows, columns: a.columns, values: zip(a.values, b.values).map { $0 - $1 })
}

/// The logcosh contrast of rows of unit variance: score, gradient and curvature.
struct Contrast {
  /// E log cosh y per row.
  let means: [Double]
  /// +1 for super-Gaussian rows, -1 for sub-Gaussian ones.
  let signs: [Double]
  /// Antisymmetric.
  let gradient: Matrix
  /// |k| per row.
  let curvatures: [Double]

  init(_ y: Matrix) {
    var score = y
    let (slopes, losses) = Self.scoresAndLosses(&score)
    means = losses
    let product = score.multiplied(by: y.transposed)
    let scale = 1 / Double(y.columns)
    let n = y.rows
    let k = (0..<n).map { slopes[$0] - product[$0, $0] * scale }
    // A super-Gaussian row has E[1 - tanh²] > E[y tanh y].
    let signs = k.map { $0 < 0 ? -1.0 : 1 }
    var gradient = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0..<n { gradient[i, j] = scale * (signs[i] * product[i, j] - signs[j] * product[j, i]) / 2 }
    }
    self.signs = signs
    self.gradient = gradient
    curvatures = k.map { abs($0) }
  }

  var largestGradient: Double { gradient.values.reduce(0) { max($0, abs($1)) } }

  func loss(signs: [Double]) -> Double { zip(means, signs).reduce(0) { $0 + $1.0 * $1.1 } }

  /// The gradient over the curvature, at least 0.01.
  func preconditioned(_ direction: Matrix) -> Matrix {
    var result = direction
    for i in 0..<direction.rows {
      for j in 0..<direction.columns { result[i, j] /= max(0.01, (curvatures[i] + curvatures[j]) / 2) }
    }
    return result
  }

  /// tanh of every value in place; returns the mean of 1 - tanh² per row.
  static func scores(_ y: inout Matrix) -> [Double] { scoresAndLosses(&y).slopes }

  /// tanh of every value in place; the means of 1 - tanh² y and of log cosh y per row.
  ///
  /// With e = exp(-2 |y|): tanh |y| = (1 - e) / (1 + e), log cosh y = |y| + log(1 + e) - log 2. The logarithm is taken of
  /// products of 64 factors between 1 and 2.
  static func scoresAndLosses(_ y: inout Matrix) -> (slopes: [Double], losses: [Double]) {
    let count = y.columns
    var slopes = [Double](repeating: 0, count: y.rows)
    var losses = slopes
    for row in 0..<y.rows {
      var (slope, loss, product) = (0.0, 0.0, 1.0)
      for i in 0..<count {
        let value = y.values[row * count + i]
        let size = abs(value)
        let e = exp(-2 * size)
        let t = (1 - e) / (1 + e)
        y.values[row * count + i] = value < 0 ? -t : t
        slope += 1 - t * t
        loss += size
        product *= 1 + e
        if i % 64 == 63 {
          loss += log(product)
          product = 1
        }
      }
      slopes[row] = slope / Double(count)
      losses[row] = (loss + log(product)) / Double(count) - log(2.0)
    }
    return (slopes, losses)
  }
}

/// Steps and changes of the gradient of the last few iterations (L-BFGS).
private struct LimitedMemory {
  private var pairs: [(step: Matrix, change: Matrix, scale: Double)] = []

  var isEmpty: Bool { pairs.isEmpty }

  mutating func add(step: Matrix, change: Matrix) {
    let product = inner(step, change)
    guard product > 0 else { return }
    pairs.append((step, change, 1 / product))
    if pairs.count > 7 { pairs.removeFirst() }
  }

  /// Minus the inverse Hessian times the gradient.
  func direction(_ state: Contrast) -> Matrix {
    var q = state.gradient
    var weights: [Double] = []
    for pair in pairs.reversed() {
      let a = pair.scale * inner(pair.step, q)
      weights.append(a)
      q = added(q, -a, pair.change)
    }
    q = state.preconditioned(q)
    for (pair, a) in zip(pairs, weights.reversed()) {
      q = added(q, a - pair.scale * inner(pair.change, q), pair.step)
    }
    for i in q.values.indices { q.values[i] = -q.values[i] }
    return q
  }

  private func inner(_ a: Matrix, _ b: Matrix) -> Double { zip(a.values, b.values).reduce(0) { $0 + $1.0 * $1.1 } }

  private func added(_ a: Matrix, _ factor: Double, _ b: Matrix) -> Matrix {
    Matrix(rows: a.rows, columns: a.columns, values: zip(a.values, b.values).map { $0 + factor * $1 })
  }
}
