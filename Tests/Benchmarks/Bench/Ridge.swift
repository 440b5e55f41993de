import EncodingModels
import Foundation
import HDF5File
import LinearAlgebra
import Statistics
import Vocabulary

private func matrix(_ file: HDF5File, _ name: String) throws -> Matrix {
  let shape = try file.info(name).shape
  return Matrix(rows: shape[0], columns: shape[1], values: try file.doubles(name))
}

/// 5 x 5 blocks without a gap and 20 lambdas, as the scripts of the other programs have them.
private var fiveByFive: EncodingSettings {
  var settings = EncodingSettings()
  settings.gap = .seconds(0)
  settings.outer = .blocks(5)
  settings.inner = .blocks(5)
  settings.lambdas = LambdaGrid(values: (0..<20).map { pow(10, -1 + 6 * Double($0) / 19) }, scale: .none)
  return settings
}

private func data(_ band: Band, _ features: Matrix, _ targets: Matrix) -> EncodingData {
  EncodingData(
    bands: [band], pieces: [Piece(stimulus: "s", features: [features], targets: targets)], dt: 1,
    targetNames: (0..<targets.columns).map { "y\($0)" })
}

/// Nested ridge; columns are standardised on the training rows of every fold, which is not an option here.
func ridge(_ path: String, targets count: String) throws {
  BLASThreads.set(threads)
  let file = try HDF5File(reading: path)
  let data = data(Band("x"), try matrix(file, "X768"), try matrix(file, "Y\(count)"))
  var timing = Timing()
  let fit = try timing.measure(runs, warm: data.targetCount < 1000) { try EncodingModel(fiveByFive).fit(data) }
  let r = fit.full.folds.flatMap(\.r)
  timing.report(
    "nested ridge X768 Y\(count) 5x5x20 f64",
    [
      "mean_r": r.reduce(0, +) / Double(r.count),
      "median_alpha": Timing.median(fit.full.folds.flatMap(\.lambda)),
    ])
}

/// A sweep of layers and elements: 12 components fitted on the training rows of every fold, delays of 0 to 5 rows,
/// nested ridge, and draws with common phases at the observed lambdas; told is what 39 models and 1,000 draws would
/// take.
func sweep(_ path: String, targets: String, models: Int, draws: Int) throws {
  BLASThreads.set(threads)
  let layers = try HDF5Floats(HDF5File(reading: path), "X")
  let shape = layers.info.shape
  let y = try matrix(HDF5File(reading: targets), "Y68")
  let band = Band("x", reduction: Reduction(components: 12, fit: .trainFold, scale: .zscore), delays: Array(0...5))
  let features = try (0..<models).map { model in
    var values = [Float](repeating: 0, count: shape[2] * shape[3])
    try layers.read(
      offset: [model / shape[1], model % shape[1], 0, 0], count: [1, 1, shape[2], shape[3]], into: &values)
    return Matrix(rows: shape[2], columns: shape[3], values: values.map(Double.init))
  }
  var (fitting, drawing) = (Timing(), Timing())
  let fits = try fitting.measure(runs, warm: false) {
    try features.map { try EncodingModel(fiveByFive).fit(data(band, $0, y)) }
  }
  let request = NullRequest(.phase, draws: draws, seed: 1)
  let nulls = try drawing.measure(runs, warm: false) { try fits.map { try $0.null(request) } }
  let (fit, draw) = (Timing.median(fitting.processor), Timing.median(drawing.processor))
  let scores = fits.flatMap(\.full.r)
  let null = nulls.flatMap(\.draws.values)
  let all = { (fit: Double, draw: Double) in 39 * (fit + draw * 1000 / Double(draws)) / Double(models) }
  var timing = fitting
  timing.add(drawing)
  timing.report(
    "sweep 13x3 of 768 to 12, 6 delays, Y68, 1000 draws",
    [
      "seconds_all": all(Timing.median(fitting.wall), Timing.median(drawing.wall)), "cpu_seconds_all": all(fit, draw),
      "fit_s": Timing.median(fitting.wall) / Double(models),
      "draw_ms": 1000 * Timing.median(drawing.wall) / Double(models * draws),
      "fit_cpu_s": fit / Double(models), "draw_cpu_ms": 1000 * draw / Double(models * draws),
      "mean_r": scores.reduce(0, +) / Double(scores.count), "null_mean": null.reduce(0, +) / Double(null.count),
    ])
}

/// What a study makes of one layer in memory by its own defaults: the fit with what stands beside it, and draws with common
/// phases. The layer is 50 courses in 768 columns and noise; the targets are as slow as ratings.
func layer(rows: Int, draws: Int, targets count: Int) throws {
  BLASThreads.set(threads)
  var stream = RandomStream(seed: 1, purpose: "bench layer")
  func autoregressive(_ columns: Int, _ memory: Double) -> Matrix {
    var x = Matrix(rows: rows, columns: columns)
    for i in x.values.indices {
      let before = i < columns ? 0 : x.values[i - columns]
      x.values[i] = memory * before + (1 - memory * memory).squareRoot() * stream.normal()
    }
    return x
  }
  let courses = autoregressive(50, 0.7)
  let loadings = Matrix(rows: 50, columns: 768, values: (0..<(50 * 768)).map { _ in stream.normal() / 7 })
  var features = courses.multiplied(by: loadings)
  for i in features.values.indices { features.values[i] += stream.normal() / 2 }
  var band = Band("x", reduction: Reduction(components: 12, fit: .trainFold, scale: .zscore))
  band.delayColumns = .chosen(0...5)
  let data = data(band, features, autoregressive(count, 0.9))
  var settings = EncodingSettings()
  settings.position = .cosines
  settings.outer = .blocks(5)
  settings.inner = .blocks(4)
  var (fitting, drawing) = (Timing(), Timing())
  let control = try fitting.measure(runs, warm: false) {
    try PositionControl(data, settings: settings, draws: min(draws, 199), seed: 1)
  }
  let null = try drawing.measure(runs, warm: false) {
    try control.fit.null(NullRequest(.phase, draws: draws, seed: 1))
  }
  let (fit, draw) = (Timing.median(fitting.processor), Timing.median(drawing.processor))
  var timing = fitting
  timing.add(drawing)
  timing.report(
    "one layer of \(rows) x 768 to 12, one of 6 delays, Y\(count)",
    [
      "fit_s": fit, "draw_ms": 1000 * draw / Double(draws), "r": control.fit.full.r[0], "p": null.p[0],
      "mean_r": control.fit.full.r.reduce(0, +) / Double(count),
      "null_mean": null.draws.values.reduce(0, +) / Double(null.draws.values.count),
    ])
}
