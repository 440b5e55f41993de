import EncodingModels
import LinearAlgebra
import Statistics

/// Series of one run of a gate: the same (scenario, seed, key) gives the same series.
struct PlantedSeries: Sendable {
  let scenario: String
  let seed: UInt64

  /// As a study file has them that says nothing.
  static var settings: EncodingSettings {
    var settings = EncodingSettings()
    settings.position = .cosines
    return settings
  }

  /// AR(1) columns of unit variance, started in their stationary distribution.
  func autoregressive(_ rows: Int, _ columns: Int, _ a: Double, _ key: String) -> Matrix {
    var stream = RandomStream(seed: seed, purpose: "gate/\(scenario)", key: key)
    var x = Matrix(rows: rows, columns: columns)
    let step = (1 - a * a).squareRoot()
    for t in 0..<rows {
      for j in 0..<columns { x[t, j] = t == 0 ? stream.normal() : a * x[t - 1, j] + step * stream.normal() }
    }
    return x
  }

  /// The unit-variance course that `columns` drive alike.
  func course(of x: Matrix) -> [Double] {
    (0..<x.rows).map { t in
      (0..<x.columns).reduce(0.0) { $0 + x[t, $1] } / Double(x.columns).squareRoot()
    }
  }

  /// x `share` of the variance's root, own noise the rest.
  func mixed(_ x: Matrix, amplitude: Double, noise: Matrix) -> Matrix {
    var y = x
    for i in y.values.indices {
      y.values[i] = amplitude * x.values[i] + (1 - amplitude * amplitude).squareRoot() * noise.values[i]
    }
    return y
  }

  /// Columns that each hold r of a course, the rest being noise of their own.
  func targets(of course: [Double], r: Double, count: Int, noise a: Double, _ key: String) -> Matrix {
    var y = autoregressive(course.count, count, a, key)
    for t in course.indices {
      for k in 0..<count { y[t, k] = r * course[t] + (1 - r * r).squareRoot() * y[t, k] }
    }
    return y
  }
}

/// Stimuli of equal length.
struct Films: Sendable {
  let count: Int
  let rows: Int

  var label: String { "\(count) x \(rows) s" }
  var short: String { "\(count)x\(rows)" }
}
