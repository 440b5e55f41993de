import Diagnostics
import Foundation
import FourierTransform

/// Subjects' region time courses whose pairwise synchrony in a window follows a driven rho(t) (signal
/// route).
///
/// `x_i(t) = sqrt(rho(t)) c(t) + sqrt(1 - rho(t)) n_i(t)` with c shared by all subjects and n_i a subject's own, both
/// unit-variance noise with power 1/f. rho of second i stands at its middle and is interpolated linearly. A region
/// without a driver has rho 0. Values have unit variance; row-major `[samples, regions]`.
public struct SimulatedTimeCourses<G: RandomNumberGenerator> {
  public let spec: SimulationSpec
  public let rateHz: Double
  public let truth: [PlantedTruth]
  public var sampleCount: Int { simulatedSampleCount(seconds: spec.seconds, rateHz: rateHz) }
  private let numbers: SimulationNumbers<G>
  private let noise: PinkNoise
  /// `[region][sample]`.
  private let shared: [[Float]]

  /// Draws what all subjects share. Memory: `4 n R` bytes. Throws `E-SIM-001`, `-002`, `-003`.
  public init(_ spec: SimulationSpec, rateHz: Double, numbers: @escaping SimulationNumbers<G>) throws {
    self.spec = spec
    self.rateHz = rateHz
    self.numbers = numbers
    let count = simulatedSampleCount(seconds: spec.seconds, rateHz: rateHz)
    try checkSpec(spec, samples: count)
    let noise = PinkNoise(sampleCount: count, rateHz: rateHz)
    var truth: [PlantedTruth] = []
    var shared: [[Float]] = []
    for (region, target) in spec.targets.enumerated() {
      let signal = try DrivenSignal(target, seconds: spec.seconds, numbers: numbers(.weights, 0, region))
      truth.append(synchronyTruth(spec, target, signal, numbers(.synchronyNoise, 0, region)))
      shared.append(target.driver == nil ? [] : noise.draw(numbers(.sharedCourse, 0, region)))
    }
    self.noise = noise
    self.truth = truth
    self.shared = shared
  }

  /// The series of one subject, `[samples, regions]`.
  public func timeCourses(subject: Int) -> [Float] {
    precondition(subject >= 0 && subject < spec.subjects)
    let regions = spec.targets.count
    var out = [Float](repeating: 0, count: sampleCount * regions)
    for region in 0..<regions {
      let own = noise.draw(numbers(.ownCourse, subject, region))
      let rho = truth[region].rho
      for t in 0..<sampleCount {
        if shared[region].isEmpty {
          out[t * regions + region] = own[t]
        } else {
          let level = Float(interpolated(rho, (Double(t) + 0.5) / rateHz))
          out[t * regions + region] = level.squareRoot() * shared[region][t] + (1 - level).squareRoot() * own[t]
        }
      }
    }
    return out
  }

  private func interpolated(_ rho: [Double], _ time: Double) -> Double {
    let place = min(max(time - 0.5, 0), Double(rho.count - 1))
    let below = min(Int(place), rho.count - 1)
    let above = min(below + 1, rho.count - 1)
    return rho[below] + (place - Double(below)) * (rho[above] - rho[below])
  }
}

/// The true synchrony of a window: the mean of rho over it.
public func meanSynchrony(_ truth: PlantedTruth, from: Double, to: Double) -> Double {
  meanSynchrony(truth.rho, from: from, to: to)
}

/// The mean over a window of a synchrony per second.
public func meanSynchrony(_ rho: [Double], from: Double, to: Double) -> Double {
  SecondSeries(values: rho).mean(from, to)
}

/// Samples that time courses of so many seconds have.
public func simulatedSampleCount(seconds: Int, rateHz: Double) -> Int {
  Int((Double(seconds) * rateHz).rounded(.down))
}

func checkSpec(_ spec: SimulationSpec, samples: Int) throws {
  precondition(spec.noiseAutocorrelation >= 0 && spec.noiseAutocorrelation < 1)
  guard spec.subjects >= 1, samples >= 8, (0...1).contains(spec.signalShare), spec.lag.isFinite,
    spec.largestSynchrony > 0, spec.largestSynchrony <= 1, abs(spec.lag) < Double(spec.seconds)
  else {
    throw EvokeError(
      .simulationSpec, "\(spec.subjects) subjects, \(spec.seconds) s",
      reason: "signal share \(spec.signalShare), lag \(spec.lag) s, largest synchrony \(spec.largestSynchrony), "
        + "\(samples) samples",
      remedy: "give a share in 0...1, a lag within the stimulus, a synchrony in 0...1 and at least 8 samples")
  }
}

private func synchronyTruth<G: RandomNumberGenerator>(
  _ spec: SimulationSpec, _ target: SimulatedTarget, _ signal: DrivenSignal, _ generator: G
) -> PlantedTruth {
  guard let driven = signal.lagged(spec.lag, bins: spec.seconds, width: 1) else {
    return PlantedTruth(
      target: target.name, driver: nil, lag: spec.lag, signalShare: 0, achievedShare: 0, weights: [], signal: [],
      rho: [Double](repeating: 0, count: spec.seconds))
  }
  var numbers = generator
  let noise = autoregressive(spec.seconds, spec.noiseAutocorrelation, &numbers)
  let (a, b) = (spec.signalShare.squareRoot(), (1 - spec.signalShare).squareRoot())
  let rho = zip(driven, noise).map { spec.largestSynchrony / (1 + exp(-spec.synchronyGain * (a * $0 + b * $1))) }
  return PlantedTruth(
    target: target.name, driver: target.driver?.name, lag: spec.lag, signalShare: spec.signalShare,
    achievedShare: sharedVariance(driven, rho), weights: signal.weights, signal: driven, rho: rho)
}

/// Unit-variance noise with power 1/f between 1 and 45 Hz, or between a twentieth and .45 of a low rate, and random
/// phases.
struct PinkNoise: Sendable {
  let sampleCount: Int
  private let bins: Range<Int>
  private let amplitude: [Double]

  init(sampleCount: Int, rateHz: Double) {
    self.sampleCount = sampleCount
    let resolution = rateHz / Double(sampleCount)
    let lowest = max(1, Int((min(1, rateHz / 20) / resolution).rounded(.up)))
    let highest = max(lowest, min((sampleCount - 1) / 2, Int((min(45, 0.45 * rateHz) / resolution).rounded(.down))))
    bins = lowest..<highest + 1
    // The inverse transform divides by n; a bin of modulus m has variance 2 m^2 / n^2.
    let power = bins.reduce(0.0) { $0 + 1 / Double($1) }
    amplitude = bins.map { (1 / (Double($0) * power)).squareRoot() * Double(sampleCount) / 2.0.squareRoot() }
  }

  func draw<G: RandomNumberGenerator>(_ generator: G) -> [Float] {
    var numbers = generator
    var transform = RealFourierTransform(length: sampleCount)
    var spectrum = Spectrum(binCount: transform.binCount)
    for (i, bin) in bins.enumerated() {
      let phase = 2 * Double.pi * Double(numbers.next() >> 11) * 0x1p-53
      spectrum.set(bin, real: amplitude[i] * cos(phase), imaginary: amplitude[i] * sin(phase))
    }
    return transform.inverse(spectrum).map(Float.init)
  }
}
