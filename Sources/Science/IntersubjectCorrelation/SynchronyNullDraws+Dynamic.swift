import Foundation
import FourierTransform
import Statistics
import Vocabulary

/// The mean over windows of dynamic synchrony (in z), `[region]`; NaN windows are left out.
public func meanOverWindows(_ dynamic: DynamicSynchrony, method: SynchronyMethod) -> [Double] {
  let values = dynamic.values(method)
  return (0..<dynamic.regionCount).map { region in
    tanh(
      meanIgnoringNaN((0..<dynamic.windowCount).map { Correlation.fisherZ(values[$0 * dynamic.regionCount + region]) }))
  }
}

/// Null draws of the mean over windows of dynamic synchrony.
///
/// Surrogates are made in time and pass through `dynamicSynchrony`; the series are held in memory (`4 S n R` bytes, and
/// the same again as spectra of eight bytes a number for `phase`). A subject with a missing sample in a region keeps
/// NaN there. Random numbers as in `synchronyNull`: the same generator gives the same shifts and phases.
public func dynamicSynchronyNull<G: RandomNumberGenerator>(
  _ series: SubjectSeries, windows: SynchronyWindows, null: SynchronyNull, method: SynchronyMethod = .pairwise,
  draws: Int,
  resources: SynchronyResources = SynchronyResources(), generator: (_ subject: Int, _ draw: Int) -> G
) throws -> SynchronyNullDraws {
  try series.checkSubjects()
  precondition(series.sampleCount >= 3 && draws > 0)
  let rotation = try SurrogateRotation(
    null, subjectCount: series.subjectCount, sampleCount: series.sampleCount, rateHz: series.rateHz)
  let whole = 0..<series.sampleCount
  let values = try (0..<series.subjectCount).map { try series.readChecked($0, whole) }
  let count = rotation.draws(draws)
  var surrogates = SurrogateSeries(values, regions: series.regionCount, null: null)
  var drawn: [Double] = []
  for draw in 0..<count {
    let x = surrogates.draw(draw, rotation, generator)
    let surrogate = try SubjectSeries(x, regionCount: series.regionCount, rateHz: series.rateHz)
    drawn += meanOverWindows(
      try dynamicSynchrony(surrogate, windows: windows, resources: resources), method: method)
  }
  return SynchronyNullDraws(
    null: null, method: method, values: drawn, drawCount: count, regionCount: series.regionCount)
}

/// Surrogates in time: what the rotation of spectra means for the series themselves.
struct SurrogateSeries: ~Copyable {
  private let values: [[Float]]
  private let spectra: [Spectrum]
  private let regions: Int
  private var transform: RealFourierTransform
  private var cosine: [Float] = []
  private var sine: [Float] = []

  init(_ values: [[Float]], regions: Int, null: SynchronyNull) {
    self.values = values
    self.regions = regions
    var transform = RealFourierTransform(length: values[0].count / regions, columns: regions)
    spectra = null == .phase ? values.map { transform.forward($0.map(Double.init)) } : []
    self.transform = transform
  }

  mutating func draw<G: RandomNumberGenerator>(
    _ draw: Int, _ rotation: SurrogateRotation, _ generator: (Int, Int) -> G
  ) -> [[Float]] {
    if spectra.isEmpty {
      return values.indices.map { subject in
        let shift = rotation.shift(subject, draw, generator) * regions
        return Array(values[subject].suffix(shift) + values[subject].dropLast(shift))
      }
    }
    if cosine.isEmpty {
      cosine = [Float](repeating: 0, count: values.count * rotation.frequencies)
      sine = cosine
    }
    rotation.fill(draw: draw, cosine: &cosine, sine: &sine, generator: generator)
    var out: [[Float]] = []
    for subject in values.indices {
      var spectrum = spectra[subject]
      for k in 1...rotation.frequencies {
        let at = subject * rotation.frequencies + k - 1
        for region in 0..<regions {
          spectrum.rotate(k, region, cosine: Double(cosine[at]), sine: Double(sine[at]))
        }
      }
      out.append(transform.inverse(spectrum).map(Float.init))
    }
    return out
  }
}
