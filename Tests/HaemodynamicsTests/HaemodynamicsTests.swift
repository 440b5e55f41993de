import Diagnostics
import Foundation
import Haemodynamics
import LabelledArrays
import NIfTIFile
import Testing
import Vocabulary

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures/haemodynamics")

private func image(_ name: String) throws -> NIfTIFile {
  try NIfTIFile(reading: folder.appendingPathComponent(name).path)
}

private func reference(_ name: String) throws -> [Double] {
  let all = try JSONDecoder().decode(
    [String: [Double]].self, from: Data(contentsOf: folder.appendingPathComponent("reference.json")))
  return try #require(all[name])
}

private func largestDifference(_ x: [Double], _ y: [Double]) -> Double {
  guard x.count == y.count else { return .infinity }
  return zip(x, y).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

private func correlation(_ x: [Double], _ y: [Double]) -> Double {
  let n = Double(x.count)
  let (a, b) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
  var (xy, xx, yy) = (0.0, 0.0, 0.0)
  for i in x.indices {
    xy += (x[i] - a) * (y[i] - b)
    xx += (x[i] - a) * (x[i] - a)
    yy += (y[i] - b) * (y[i] - b)
  }
  return xy / (xx * yy).squareRoot()
}

private func code(_ body: () throws -> Void) -> ErrorCode? {
  do { try body() } catch { return (error as? EvokeError)?.code }
  return nil
}

@Suite struct RegionSeriesTests {
  @Test("Region means leave out voxels that are constant or not finite, and count them")
  func means() throws {
    let series = try regionSeries(of: image("bold.nii.gz"), atlas: AtlasLabels(reading: image("atlas.nii.gz")))
    let kept = try reference("kept").map { Int($0) }
    #expect(series.codes == [3, 7, 1001, 2002] && series.volumeCount == 60)
    #expect(series.voxelCounts == kept)
    #expect(series.constantCounts == (try reference("constant").map { Int($0) }))
    #expect(series.notFiniteCounts == [0, 0, 1, 0])
    // Sums of about 50 numbers near 800 in float64.
    #expect(largestDifference(series.values, try reference("means")) < 1e-9)
  }

  @Test("A sine put into one region is recovered there and nowhere else")
  func recovery() throws {
    let series = try regionSeries(of: image("bold.nii.gz"), atlas: AtlasLabels(reading: image("atlas.nii.gz")))
    let sine = (0..<60).map { sin(2 * Double.pi * Double($0) / 20) }
    let r = (0..<4).map { region in correlation(sine, (0..<60).map { series.values[$0 * 4 + region] }) }
    #expect(r[1] > 0.99)
    // Of noise, r has standard deviation 1/sqrt(60); 4 of them.
    #expect([0, 2, 3].allSatisfy { abs(r[$0]) < 0.52 })
  }

  @Test("Another grid, probabilities and an atlas of time are refused")
  func refused() throws {
    let bold = try image("bold.nii.gz")
    #expect(
      code { _ = try regionSeries(of: bold, atlas: AtlasLabels(reading: image("atlas-shifted.nii.gz"))) }
        == .gridsDiffer)
    #expect(code { _ = try AtlasLabels(reading: image("atlas-probabilities.nii.gz")) } == .notAnAtlas)
    #expect(code { _ = try AtlasLabels(reading: bold) } == .niftiShape)
    let atlas = try AtlasLabels(reading: image("atlas.nii.gz"))
    #expect(code { _ = try regionSeries(of: image("atlas.nii.gz"), atlas: atlas) } == .niftiShape)
    let other = ImageGrid(dims: [8, 7, 5], affine: atlas.grid.affine)
    #expect(code { try atlas.check(other, object: "x") } == .gridsDiffer)
    var affine = atlas.grid.affine
    affine[3] += 0.0009
    try atlas.check(ImageGrid(dims: atlas.grid.dims, affine: affine), object: "within the tolerance")
    #expect(
      code { _ = try AtlasLabels(grid: other, labels: [Double](repeating: 0, count: 280), object: "x") } == .notAnAtlas)
  }

  @Test("Numbers painted on an atlas have those numbers as region means")
  func painting() throws {
    let atlas = try AtlasLabels(reading: image("atlas.nii.gz"))
    let volume = paint([0.5, -1, 2, 7], on: atlas)
    let labels = try image("atlas.nii.gz").volume()
    for (label, value) in zip(labels, volume) {
      switch label {
      case 3: #expect(value == 0.5)
      case 7: #expect(value == -1)
      case 1001: #expect(value == 2)
      case 2002: #expect(value == 7)
      default: #expect(value.isNaN)
      }
    }
  }
}

@Suite struct SignalCleaningTests {
  private static func confounds() throws -> Confounds {
    let values = try reference("confounds")
    var confounds = Confounds(volumeCount: 150)
    for column in 0..<8 { try confounds.add("c\(column)", (0..<150).map { values[$0 * 8 + column] }) }
    return confounds
  }

  @Test(
    "Cleaned series are nilearn's",
    arguments: [
      ("clean", true, 128 as Double?, true, SeriesScale.none), ("clean-percent", true, 128, true, .percent),
      ("clean-zscore", true, 128, true, .zscore), ("clean-no-detrend", true, 128, false, .none),
      ("clean-drift", false, 100, false, .none), ("clean-confounds", true, nil, true, .none),
    ])
  func nilearn(name: String, hasConfounds: Bool, period: Double?, detrend: Bool, scale: SeriesScale) throws {
    var settings = CleaningSettings()
    (settings.highPassPeriodS, settings.detrend, settings.scale) = (period, detrend, scale)
    let cleaned = try clean(
      reference("signals"), regionCount: 5, confounds: hasConfounds ? Self.confounds() : nil, repetitionTimeS: 2,
      settings: settings)
    // Asked for are 1e-6; QR and Gram-Schmidt agree to rounding of signals near 1000.
    #expect(largestDifference(cleaned, try reference(name)) < 1e-9)
  }

  @Test("What is left correlates with no confound")
  func residuals() throws {
    let confounds = try Self.confounds()
    let cleaned = try clean(reference("signals"), regionCount: 5, confounds: confounds, repetitionTimeS: 2)
    for region in 0..<5 {
      let series = (0..<150).map { cleaned[$0 * 5 + region] }
      for column in confounds.columns { #expect(abs(correlation(series, column)) < 1e-10) }
    }
  }

  @Test("A confound named twice, or one that is constant, changes nothing")
  func collinear() throws {
    var confounds = try Self.confounds()
    let once = try clean(reference("signals"), regionCount: 5, confounds: confounds, repetitionTimeS: 2)
    try confounds.add("again", confounds.columns[0].map { 3 * $0 - 1 })
    try confounds.add("sum", zip(confounds.columns[1], confounds.columns[2]).map { $0 + $1 })
    try confounds.add("constant", [Double](repeating: 0.1, count: 150))
    let twice = try clean(reference("signals"), regionCount: 5, confounds: confounds, repetitionTimeS: 2)
    #expect(largestDifference(once, twice) < 1e-8)
  }

  @Test("A movement as slow as a drift does not switch the high-pass off")
  func slowMovement() throws {
    let drifts = cosineDrifts(volumeCount: 150, repetitionTimeS: 2, highPassPeriodS: 128)
    var confounds = Confounds(volumeCount: 150)
    try confounds.add("slow", drifts[0].enumerated().map { $1 + 1e-3 * sin(Double($0)) })
    let cleaned = try clean(reference("signals"), regionCount: 5, confounds: confounds, repetitionTimeS: 2)
    for region in 0..<5 {
      let series = (0..<150).map { cleaned[$0 * 5 + region] }
      for column in drifts + confounds.columns { #expect(abs(correlation(series, column)) < 1e-8) }
    }
  }

  @Test("A spike regressor makes its volume count for nothing")
  func spikes() throws {
    var displacement = [Double?](repeating: 0.1, count: 150)
    (displacement[0], displacement[40]) = (nil, 0.9)
    var confounds = Confounds(volumeCount: 150)
    try confounds.addSpikes(framewiseDisplacement: displacement)
    #expect(confounds.names == ["motion_outlier_40"])
    displacement[41] = nil
    let error = #expect(throws: EvokeError.self) {
      var others = Confounds(volumeCount: 150)
      try others.addSpikes(framewiseDisplacement: displacement)
    }
    #expect(error?.code == .confoundMissing && error?.reason.contains("42") == true)
    var settings = CleaningSettings()
    settings.detrend = false
    var signals = try reference("signals")
    let before = try clean(signals, regionCount: 5, confounds: confounds, repetitionTimeS: 2, settings: settings)
    for region in 0..<5 { signals[40 * 5 + region] += 500 }
    let after = try clean(signals, regionCount: 5, confounds: confounds, repetitionTimeS: 2, settings: settings)
    // A spike adds to the mean, which stays, and to nothing else.
    let shifts = zip(after, before).map { $0 - $1 }
    #expect(shifts.allSatisfy { abs($0 - 500.0 / 150) < 1e-9 })
  }

  @Test("Six motion parameters become 24, derivatives beginning with 0")
  func motion() throws {
    var confounds = Confounds(volumeCount: 3)
    try confounds.addMotion((0..<6).map { ("p\($0)", [1, 3, 6].map { Double($0) }) })
    #expect(confounds.columns.count == 24)
    #expect(Array(confounds.columns[0..<4]) == [[1, 3, 6], [0, 2, 3], [1, 9, 36], [0, 4, 9]])
  }

  @Test("A missing first value is the second's; other gaps and lengths are errors")
  func gaps() throws {
    var confounds = Confounds(volumeCount: 3)
    try confounds.add("dvars", [nil, 2, 3])
    #expect(confounds.columns == [[2, 2, 3]])
    #expect(code { try confounds.add("x", [1, nil, 3]) } == .confoundMissing)
    #expect(code { try confounds.add("x", [nil, nil, 3]) } == .confoundMissing)
    #expect(code { try confounds.add("x", [1, 2]) } == .confoundsUnequal)
    #expect(
      code { _ = try clean([1, 2, 4, 3], regionCount: 1, confounds: confounds, repetitionTimeS: 2) }
        == .confoundsUnequal)
    #expect(code { _ = try clean([1, .nan, 4, 3], regionCount: 1, repetitionTimeS: 2) } == .confoundMissing)
  }

  @Test("As many confounds as volumes are an error")
  func nothingLeft() throws {
    var confounds = Confounds(volumeCount: 4)
    for i in 0..<3 { try confounds.add("\(i)", (0..<4).map { $0 == i ? 1 : 0 }) }
    #expect(
      code { _ = try clean([1, 2, 4, 3], regionCount: 1, confounds: confounds, repetitionTimeS: 2) }
        == .noResidualSamples)
  }

  @Test("Percent signal change is relative to a positive mean; regions without voxels stay missing")
  func percent() throws {
    var settings = CleaningSettings()
    (settings.highPassPeriodS, settings.detrend, settings.scale) = (nil, false, .percent)
    func percent(_ values: [Double], regionCount: Int = 1) throws -> [Double] {
      try clean(values, regionCount: regionCount, repetitionTimeS: 2, settings: settings)
    }
    let changed = try percent([90, .nan, 110, .nan, 100, .nan], regionCount: 2)
    #expect(largestDifference([changed[0], changed[2], changed[4]], [-10, 10, 0]) < 1e-12)
    #expect(changed[1].isNaN && changed[5].isNaN)
    #expect(code { _ = try percent([-1, 0, 1]) } == .noPercentChange)
    #expect(code { _ = try percent([-9, -10, -11]) } == .noPercentChange)
  }

  @Test("Drifts are orthonormal, have mean 0 and number floor(2 T TR / period)")
  func drifts() {
    let columns = cosineDrifts(volumeCount: 128, repetitionTimeS: 2, highPassPeriodS: 128)
    #expect(columns.count == 4)
    for (i, a) in columns.enumerated() {
      #expect(abs(a.reduce(0, +)) < 1e-12)
      for (j, b) in columns.enumerated() {
        let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
      }
    }
    #expect(cosineDrifts(volumeCount: 20, repetitionTimeS: 2, highPassPeriodS: 128).isEmpty)
  }
}

@Suite struct HaemodynamicResponseTests {
  @Test("Kernels are the gamma densities of SciPy")
  func kernels() throws {
    #expect(largestDifference(HaemodynamicResponse.spm.kernel(stepS: 0.1), try reference("spm")) < 1e-14)
    #expect(largestDifference(HaemodynamicResponse.glover.kernel(stepS: 0.1), try reference("glover")) < 1e-14)
  }

  @Test("On nilearn's points, nilearn's responses result")
  func nilearn() throws {
    // nilearn's points are 32 / 319 s apart and one step of 0.1 s late; its SPM ratio is 0.167.
    let spm = HaemodynamicResponse(peakShape: 6, undershootShape: 16, scaleS: 1, ratio: 0.167)
    for (response, name) in [(spm, "nilearn-spm"), (.glover, "nilearn-glover")] {
      let values = (0..<320).map { response.value(at: Double($0) * 32 / 319 - 0.1) }
      let sum = values.reduce(0, +)
      #expect(largestDifference(values.map { $0 / sum }, try reference(name)) < 1e-12)
    }
  }

  @Test("SPM's response peaks at 5 s and sums to 1")
  func peak() throws {
    let kernel = HaemodynamicResponse.spm.kernel(stepS: 0.1)
    #expect(kernel.indices.max { kernel[$0] < kernel[$1] } == 50)
    #expect(abs(kernel.reduce(0, +) - 1) < 1e-12 && kernel.count == 320)
  }

  @Test("Features are convolved at 0.1 s and sampled at the middles of scans")
  func regressors() throws {
    let values = haemodynamicRegressors(
      try reference("features"), featureCount: 2, binS: 1, repetitionTimeS: 2.1, scanCount: 19)
    #expect(largestDifference(values, try reference("regressors")) < 1e-12)
  }

  @Test("A constant feature becomes that constant once the response is over; a missing bin reaches 32 s")
  func constant() {
    var features = [Double](repeating: 3, count: 120)
    let steady = haemodynamicRegressors(features, featureCount: 1, binS: 1, repetitionTimeS: 1, scanCount: 120)
    #expect(steady[0] < 0.01 && steady.dropFirst(33).allSatisfy { abs($0 - 3) < 1e-12 })
    features[50] = .nan
    let gap = haemodynamicRegressors(features, featureCount: 1, binS: 1, repetitionTimeS: 1, scanCount: 120)
    #expect(!gap[49].isNaN && gap[51...82].allSatisfy(\.isNaN) && !gap[84].isNaN)
  }
}
