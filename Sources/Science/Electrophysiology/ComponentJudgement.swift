import Diagnostics
import FourierTransform
import LinearAlgebra
import Statistics
import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

/// An independent component of one recording, what it looks like and whether it is removed.
public struct JudgedComponent: Sendable, Equatable {
  /// From 0, by the variance it brings into the channels, largest first.
  public let index: Int
  /// Its share of the channels' variance within the band.
  public let varianceShare: Double
  /// The correlation, largest in size, with a channel that shows the eyes; NaN where there is none.
  public let eogCorrelation: Double
  /// Its z over components; NaN as above.
  public let eogZ: Double
  /// Excess kurtosis of its time course.
  public let kurtosis: Double
  /// The share of its pattern's squared weights in one channel.
  public let focality: Double
  /// The channel of that weight.
  public let peakChannel: String
  /// Slope of log power over log frequency from 7 Hz to the end of the band, per decade / 10 dB.
  public let slope: Double
  /// Why it is removed: eog, kurtosis, focal, muscle, imported; empty: it is not.
  public let reasons: [String]

  public var isRemoved: Bool { !reasons.isEmpty }
}

/// When a component is an artefact.
public struct ComponentCriteria: Sendable, Equatable {
  /// |z| over components of the correlation with a channel that shows the eyes, outliers taken out one round after the
  /// other, and the least |r| that counts.
  public var eogZ = 3.0
  public var eogLeast = 0.25
  /// |r| that counts whatever the others are: among few components no z can be large.
  public var eogSure = 0.7
  /// z over components and least excess kurtosis: rare, large deflections.
  public var kurtosisZ = 3.0
  public var kurtosisLeast = 5.0
  /// z over components and least share of one channel: an electrode by itself.
  public var focalityZ = 3.0
  public var focalityLeast = 0.8
  /// z over components and least slope: power that does not fall with frequency is muscle.
  public var slopeZ = 2.0
  public var slopeLeast = 0.0

  public init() {}
}

/// Independent components of the good channels, judged.
struct ComponentSearch {
  let components: [JudgedComponent]
  /// `[good channels, good channels]`.
  let cleaning: Matrix
  let isConverged: Bool

  init(
    _ run: PreparationRun, _ judged: ChannelJudgement, _ store: FilteredStore, _ wanted: ComponentChoice,
    seed: UInt64
  ) throws(EvokeError) {
    let n = judged.good.count
    let rows = judged.decision.spread(max(20 * n * n, 20_000))
    let samples = judged.decision.samples(rows, judged.good)
    guard samples.rows > 10 * n else {
      throw EvokeError(
        .componentSearch, run.recording.name,
        reason: "\(samples.rows) samples are too few to find components of \(n) channels",
        remedy: "leave ica out, or use longer recordings")
    }
    let found = try IndependentComponents(
      samples, rank: try numericalRank(Self.covariance(samples)), method: wanted.method, seed: seed)
    isConverged = found.isConverged
    let measures = ComponentMeasures(found, samples, judged, run)
    let eyes = try Self.eyes(run, judged, store, wanted)
    let correlations = measures.correlations(with: eyes, at: rows, step: judged.decision.sampleCount, store: store)
    components = Self.judge(measures, correlations, run)
    cleaning = found.removing(components.filter(\.isRemoved).map(\.index))
  }

  private static func covariance(_ x: Matrix) -> Matrix {
    let means = x.columnMeans
    var centred = x
    for t in 0..<x.rows { for c in 0..<x.columns { centred.values[t * x.columns + c] -= means[c] } }
    return centred.gram
  }

  /// Columns of the recording that show the eyes.
  private static func eyes(
    _ run: PreparationRun, _ judged: ChannelJudgement, _ store: FilteredStore, _ wanted: ComponentChoice
  ) throws(EvokeError) -> [Int] {
    let labels = run.recording.labels
    if !wanted.eog.isEmpty { return wanted.eog.compactMap { labels.firstIndex(of: $0) } }
    let typed = labels.indices.filter { run.types[$0] == .eog }
    if !typed.isEmpty { return typed }
    return judged.good.map { run.columns[$0] }
      .filter { ["Fp1", "Fp2", "Fpz"].contains(StandardMontage.standardName(labels[$0])) }
  }

  private static func judge(
    _ measures: ComponentMeasures, _ correlations: [Double], _ run: PreparationRun
  ) -> [JudgedComponent] {
    let criteria = run.plan.componentCriteria
    let eogZ = outlierZ(correlations.map(abs), limit: criteria.eogZ)
    let kurtosisZ = outlierZ(measures.kurtosis, limit: criteria.kurtosisZ)
    let focalityZ = outlierZ(measures.focality, limit: criteria.focalityZ)
    let slopeZ = outlierZ(measures.slope, limit: criteria.slopeZ)
    return measures.kurtosis.indices.map { i in
      var reasons: [String] = []
      let r = abs(correlations[i])
      if r >= criteria.eogSure || (r >= criteria.eogLeast && eogZ[i] > criteria.eogZ) { reasons.append("eog") }
      if kurtosisZ[i] > criteria.kurtosisZ, measures.kurtosis[i] >= criteria.kurtosisLeast {
        reasons.append("kurtosis")
      }
      if focalityZ[i] > criteria.focalityZ, measures.focality[i] >= criteria.focalityLeast { reasons.append("focal") }
      if slopeZ[i] > criteria.slopeZ, measures.slope[i] >= criteria.slopeLeast { reasons.append("muscle") }
      if run.recording.rejectedComponents.contains(i) { reasons.append("imported") }
      return JudgedComponent(
        index: i, varianceShare: measures.varianceShare[i], eogCorrelation: correlations[i], eogZ: eogZ[i],
        kurtosis: measures.kurtosis[i], focality: measures.focality[i], peakChannel: measures.peak[i],
        slope: measures.slope[i], reasons: reasons)
    }
  }

  /// z of every value by mean and standard deviation of those that are no outliers, found in rounds.
  private static func outlierZ(_ values: [Double], limit: Double) -> [Double] {
    // In order: sums over a set are another number in every process.
    var kept = values.indices.filter { values[$0].isFinite }
    guard kept.count > 2 else { return values.map { _ in .nan } }
    while true {
      let inliers = kept.map { values[$0] }
      let (mean, sd) = (Moments.mean(inliers), Moments.standardDeviation(inliers, degreesOfFreedom: 0))
      let z = values.map { sd > 0 ? ($0 - mean) / sd : 0 }
      let outliers = kept.filter { z[$0] > limit }
      if outliers.isEmpty || kept.count - outliers.count < 3 { return z }
      kept.removeAll { z[$0] > limit }
    }
  }
}

/// What components look like.
private struct ComponentMeasures {
  let varianceShare: [Double]
  let kurtosis: [Double]
  let focality: [Double]
  let peak: [String]
  let slope: [Double]
  private let sources: Matrix

  init(_ found: IndependentComponents, _ samples: Matrix, _ judged: ChannelJudgement, _ run: PreparationRun) {
    sources = found.sources(samples)
    let sources = sources
    let count = found.mixing.columns
    let power = (0..<count).map { i in (0..<found.mixing.rows).map { found.mixing[$0, i] * found.mixing[$0, i] } }
    let sums = power.map { $0.reduce(0, +) }
    let total = sums.reduce(0, +)
    varianceShare = sums.map { $0 / total }
    focality = zip(power, sums).map { ($0.0.max() ?? 0) / $0.1 }
    peak = power.map { one in
      let top = one.indices.max { one[$0] < one[$1] } ?? 0
      return run.labels[judged.good[top]]
    }
    kurtosis = (0..<count).map { i in
      var (second, fourth) = (0.0, 0.0)
      for t in 0..<sources.rows {
        let square = sources[t, i] * sources[t, i]
        second += square
        fourth += square * square
      }
      return Double(sources.rows) * fourth / (second * second) - 3
    }
    slope = Self.slopes(found, judged, run)
  }

  /// Least squares of log10 power on log10 frequency over whole seconds, from 7 Hz to the end of the band.
  private static func slopes(_ found: IndependentComponents, _ judged: ChannelJudgement, _ run: PreparationRun)
    -> [Double]
  {
    let decision = judged.decision
    let count = found.mixing.columns
    let last = min(run.plan.highHz ?? .infinity, 0.4 * decision.rateHz)
    let window = decision.window
    let bins = (0...(window / 2)).filter {
      let f = Double($0) * decision.rateHz / Double(window)
      return f >= 7 && f <= last
    }
    guard bins.count >= 4 else { return [Double](repeating: .nan, count: count) }
    var transform = RealFourierTransform(length: window, columns: count)
    var power = Matrix(rows: bins.count, columns: count)
    let seconds = decision.sampleCount / window
    for w in stride(from: 0, to: seconds, by: max(1, seconds / 120)) {
      guard let part = decision.second(w, judged.good), part.rows == window else { continue }
      var sources = found.sources(part)
      for t in 0..<window {
        let weight = 0.5 - 0.5 * cos(2 * Double.pi * (Double(t) + 0.5) / Double(window))
        for i in 0..<count { sources.values[t * count + i] *= weight }
      }
      let spectrum = transform.forward(sources.values)
      for (row, bin) in bins.enumerated() {
        for i in 0..<count { power[row, i] += spectrum.power(bin, i) }
      }
    }
    let x = bins.map { log10(Double($0) * decision.rateHz / Double(window)) }
    let mean = x.reduce(0, +) / Double(x.count)
    let spread = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (0..<count).map { i in
      x.indices.reduce(0.0) { $0 + (x[$1] - mean) * log10(power[$1, i]) } / spread
    }
  }

  /// Per component the correlation, largest in size, with one of the channels; NaN where there are none.
  func correlations(with eyes: [Int], at rows: [Int], step: Int, store: FilteredStore) -> [Double] {
    guard !eyes.isEmpty else { return [Double](repeating: .nan, count: sources.columns) }
    // Rows of the decision are rows of the store, or every k-th of them.
    let thinning = max(1, (store.rowCount + step - 1) / max(1, step))
    var result = [Double](repeating: 0, count: sources.columns)
    for c in eyes {
      let eye = rows.map { Double(store.values[min($0 * thinning, store.rowCount - 1) * store.channelCount + c]) }
      let mean = eye.reduce(0, +) / Double(eye.count)
      let norm = eye.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
      guard norm > 0 else { continue }
      for i in 0..<sources.columns {
        var (product, square) = (0.0, 0.0)
        for t in 0..<sources.rows {
          product += sources[t, i] * (eye[t] - mean)
          square += sources[t, i] * sources[t, i]
        }
        let r = product / (norm * square.squareRoot())
        if abs(r) > abs(result[i]) { result[i] = r }
      }
    }
    return result
  }
}
