import Diagnostics
import Foundation
import LinearAlgebra
import Vocabulary

/// What is regressed out.
public struct CleaningSettings: Sendable, Equatable {
  /// Period of the cosine high-pass in seconds; nil: none.
  public var highPassPeriodS: Double? = 128
  /// Whether a straight line is taken out of series and confounds first.
  public var detrend = true
  public var scale = SeriesScale.none

  public init() {}
}

/// Removes confounds and slow drifts in one joint regression: Y - Q Qᵀ Y, Q an orthonormal basis of the z-scored
/// confounds and cosine drifts (Friston et al. 1994; Lindquist et al. 2019: filtering after regression, or
/// before it, puts back what the other took out).
///
/// The result is nilearn's `signal.clean(filter="cosine", standardize_confounds=True)`, except that nilearn leaves all
/// drifts in where one of them correlates above .9 with a confound (a slow head movement). `values` `[volume, region]`
/// row-major; a column of NaN (a region without voxels) stays NaN. Regressors that the others explain but for 1e-9 of
/// the largest are left out. With `detrend` false the series keep their mean.
///
/// - Throws: `confoundsUnequal`, `confoundMissing` (a series with some, but not all, values missing),
///   `noResidualSamples`, `noPercentChange`.
public func clean(
  _ values: [Double], regionCount: Int, confounds: Confounds? = nil, repetitionTimeS: Double,
  settings: CleaningSettings = CleaningSettings(), regions: [String]? = nil
) throws -> [Double] {
  precondition(regionCount > 0 && values.count % regionCount == 0, "shape and value count differ")
  let volumes = values.count / regionCount
  let columns = (0..<regionCount).map { region in (0..<volumes).map { values[$0 * regionCount + region] } }
  func name(_ region: Int) -> String { "region \(regions?[region] ?? "\(region + 1)")" }
  try checkSeries(columns, confounds, volumes, name)
  var regressors = confounds?.columns ?? []
  if let period = settings.highPassPeriodS {
    regressors += cosineDrifts(volumeCount: volumes, repetitionTimeS: repetitionTimeS, highPassPeriodS: period)
  }
  if settings.detrend { regressors = regressors.map(detrended) }
  let basis = orthonormalBasis(regressors.map(zscored))
  let lost = basis.count + (settings.detrend ? 2 : 1)
  guard lost < volumes else {
    throw EvokeError(
      .noResidualSamples, "\(volumes) volumes", reason: "mean, drifts and confounds have \(lost) dimensions",
      remedy: "use fewer confounds, or a longer high-pass period")
  }
  var result = values
  for (region, column) in columns.enumerated() where column.allSatisfy(\.isFinite) {
    let residual = project(settings.detrend ? detrended(column) : column, outOf: basis)
    let scaled = try scale(residual, original: column, settings.scale, name(region))
    for volume in 0..<volumes { result[volume * regionCount + region] = scaled[volume] }
  }
  return result
}

private func checkSeries(
  _ columns: [[Double]], _ confounds: Confounds?, _ volumes: Int, _ name: (Int) -> String
) throws {
  if let confounds, confounds.volumeCount != volumes {
    throw EvokeError(
      .confoundsUnequal, "the confounds", reason: "\(confounds.volumeCount) volumes, the recording has \(volumes)",
      remedy: "give the confounds of this very run")
  }
  for (region, column) in columns.enumerated() {
    let finite = column.count { $0.isFinite }
    guard finite == 0 || finite == volumes else {
      throw EvokeError(
        .confoundMissing, name(region), reason: "\(volumes - finite) of its \(volumes) values are missing",
        remedy: "leave the region or the volumes out")
    }
  }
}

private func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }

private func dot(_ x: [Double], _ y: [Double]) -> Double {
  var sum = 0.0
  for i in x.indices { sum += x[i] * y[i] }
  return sum
}

/// The residual of a straight line.
private func detrended(_ x: [Double]) -> [Double] {
  let centre = mean(x)
  let middle = Double(x.count - 1) / 2
  var (slope, square) = (0.0, 0.0)
  for i in x.indices {
    let t = Double(i) - middle
    slope += t * (x[i] - centre)
    square += t * t
  }
  slope /= max(square, .leastNormalMagnitude)
  return x.indices.map { x[$0] - centre - slope * (Double($0) - middle) }
}

/// Mean 0, standard deviation 1 (n - 1); a column below float64's resolution only loses its mean.
private func zscored(_ x: [Double]) -> [Double] {
  let centre = mean(x)
  let centred = x.map { $0 - centre }
  let deviation = (dot(centred, centred) / Double(x.count - 1)).squareRoot()
  // Below the resolution of the mean only rounding is left.
  let floor = max(Double.ulpOfOne, 8 * abs(centre) * .ulpOfOne)
  return deviation < floor ? [Double](repeating: 0, count: x.count) : centred.map { $0 / deviation }
}

/// Gram-Schmidt with pivoting, every vector orthogonalised twice; stops at 1e-9 of the largest column.
private func orthonormalBasis(_ columns: [[Double]]) -> [[Double]] {
  var left = columns
  var basis: [[Double]] = []
  var largest = 0.0
  while !left.isEmpty {
    let norms = left.map { dot($0, $0).squareRoot() }
    guard let pivot = norms.indices.max(by: { norms[$0] < norms[$1] }) else { break }
    largest = max(largest, norms[pivot])
    guard norms[pivot] > 1e-9 * largest, norms[pivot] > 100 * .ulpOfOne else { break }
    var vector = project(left.remove(at: pivot).map { $0 / norms[pivot] }, outOf: basis)
    let length = dot(vector, vector).squareRoot()
    vector = vector.map { $0 / length }
    basis.append(vector)
    left = left.map { project($0, outOf: [vector]) }
  }
  return basis
}

private func project(_ x: [Double], outOf basis: [[Double]]) -> [Double] {
  var x = x
  for vector in basis {
    let share = dot(vector, x)
    for i in x.indices { x[i] -= share * vector[i] }
  }
  return x
}

private func scale(_ x: [Double], original: [Double], _ scale: SeriesScale, _ region: String) throws -> [Double] {
  switch scale {
  case .none: return x
  case .zscore: return zscored(x)
  case .percent:
    let base = mean(original)
    let largest = original.reduce(0) { max($0, abs($1)) }
    guard base > 1e-9 * largest else {
      throw EvokeError(
        .noPercentChange, region, reason: "its mean is \(base)", remedy: "use scale: none or zscore")
    }
    let centre = mean(x)
    return x.map { 100 * ($0 - centre) / base }
  }
}
