import LinearAlgebra
import Statistics

#if canImport(Glibc)
  import Glibc
#endif

/// Stimuli with features and targets that share a course of time, or run courses of their own, with or without an effect
/// of the features on the targets.
///
/// Features are AR(`featureMemory`) of unit variance, targets are AR(`targetMemory`) or means over 10 s, both plus the
/// course, at one row per second. The effect is `weight / √P Σ_j x_j(t - lag)`.
public struct CourseSimulation: Sendable, Equatable {
  /// What features and target do beside their noise.
  public enum Course: String, Sendable, CaseIterable {
    case none
    /// 2 exp(-t / 10 s), in everything.
    case onset
    /// A line of unit standard deviation through every stimulus.
    case rise
    /// From -1 to 1 within a fifth of the stimulus.
    case sigmoid
    /// Three levels, with transitions of some seconds.
    case acts
    /// The same three levels, cut hard: faster than any set of slow columns.
    case cuts
    /// A line and a parabola with random weights for every series of every stimulus.
    case drift
    /// Random walks in place of autoregressions.
    case walk
  }

  public var course: Course
  /// What the course is multiplied by, in features and targets.
  public var height = 1.0
  public var stimulusCount: Int
  /// Of every stimulus.
  public var seconds: Int
  public var featureCount: Int
  public var featureMemory: Double
  public var targetMemory: Double
  /// Whether the target is a mean over windows of 10 s, as synchrony is.
  public var isWindowed: Bool
  public var weight: Double
  public var lagSeconds: Int
  /// Targets of the same features, each with noise (and a drift) of its own.
  public var targetCount = 1

  public init(
    _ course: Course = .none, stimulusCount: Int = 1, seconds: Int = 600, featureCount: Int = 6,
    featureMemory: Double = 0.9, targetMemory: Double = 0.9, isWindowed: Bool = false, weight: Double = 0,
    lagSeconds: Int = 2
  ) {
    self.course = course
    self.stimulusCount = stimulusCount
    self.seconds = seconds
    self.featureCount = featureCount
    self.featureMemory = featureMemory
    self.targetMemory = targetMemory
    self.isWindowed = isWindowed
    self.weight = weight
    self.lagSeconds = lagSeconds
  }

  /// Features `[seconds, P]` and targets `[seconds, targetCount]` of every stimulus; a windowed target is NaN in its first
  /// and last 5 s.
  public func stimuli(seed: UInt64) -> [(features: Matrix, target: Matrix)] {
    (0..<stimulusCount).map { stimulus in
      var features = Matrix(rows: seconds, columns: featureCount)
      for j in 0..<featureCount {
        let x = series("feature \(j)", stimulus, seed, memory: featureMemory)
        for t in 0..<seconds { features[t, j] = x[t] }
      }
      var target = Matrix(rows: seconds, columns: targetCount)
      for k in 0..<targetCount {
        let name = k == 0 ? "target" : "target \(k)"
        let noise =
          isWindowed ? windowed(name, stimulus, seed) : series(name, stimulus, seed, memory: targetMemory)
        for t in 0..<seconds { target[t, k] = noise[t] + effect(of: features, at: t - lagSeconds) }
      }
      return (features, target)
    }
  }

  private func effect(of features: Matrix, at row: Int) -> Double {
    guard weight != 0, row >= 0 else { return 0 }
    let sum = (0..<featureCount).reduce(0.0) { $0 + features[row, $1] }
    return weight / Double(featureCount).squareRoot() * sum
  }

  private func stream(_ name: String, _ stimulus: Int, _ seed: UInt64) -> RandomStream {
    let parameters = "\(course.rawValue) \(stimulusCount) \(seconds) \(featureCount) \(targetMemory) \(isWindowed)"
    return RandomStream(seed: seed, purpose: "course_simulation", key: "\(parameters)\n\(name)", draw: stimulus)
  }

  /// Noise with the course.
  private func series(_ name: String, _ stimulus: Int, _ seed: UInt64, memory a: Double) -> [Double] {
    var stream = stream(name, stimulus, seed)
    if course == .walk { return walk(&stream) }
    var state = stream.normal()
    let noise = (0..<seconds).map { _ in
      defer { state = a * state + (1 - a * a).squareRoot() * stream.normal() }
      return state
    }
    let (linear, quadratic) = course == .drift ? (stream.normal(), stream.normal()) : (0, 0)
    return noise.indices.map { noise[$0] + height * value(Double($0) + 0.5, linear: linear, quadratic: quadratic) }
  }

  /// A mean over 10 s of white noise, of unit variance, with the course.
  private func windowed(_ name: String, _ stimulus: Int, _ seed: UInt64) -> [Double] {
    var stream = stream(name, stimulus, seed)
    let white = (0..<(seconds + 10)).map { _ in stream.normal() }
    let (linear, quadratic) = course == .drift ? (stream.normal(), stream.normal()) : (0, 0)
    let drifting = course == .walk ? walk(&stream) : nil
    return (0..<seconds).map { t in
      guard t >= 5, t < seconds - 5 else { return .nan }
      let mean = white[t..<(t + 10)].reduce(0, +) / 10.0.squareRoot()
      return mean + (drifting?[t] ?? height * value(Double(t) + 0.5, linear: linear, quadratic: quadratic))
    }
  }

  private func walk(_ stream: inout RandomStream) -> [Double] {
    var sum = 0.0
    let path = (0..<seconds).map { _ in
      sum += stream.normal()
      return sum
    }
    let (mean, sd) = (Moments.mean(path), Moments.standardDeviation(path))
    return path.map { ($0 - mean) / sd }
  }

  private func value(_ t: Double, linear: Double, quadratic: Double) -> Double {
    let share = t / Double(seconds)
    /// A step of some hundredths of the stimulus, or a hard one.
    func step(_ place: Double) -> Double {
      guard course == .cuts else { return 1 / (1 + exp((place - share) * 25)) }
      return share < place ? 0 : 1
    }
    switch course {
    case .none, .walk: return 0
    case .onset: return 2 * exp(-t / 10)
    case .rise: return 12.0.squareRoot() * (share - 0.5)
    case .sigmoid: return 2 * step(0.5) - 1
    case .acts, .cuts: return -0.6 + 1.6 * step(0.3) - 1.3 * step(0.7)
    case .drift:
      let u = 2 * share - 1
      return 1.7 * linear * u + 1.7 * quadratic * (1.5 * u * u - 0.5)
    }
  }
}
