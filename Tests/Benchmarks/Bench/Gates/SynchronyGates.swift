import Foundation
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Vocabulary

/// Recordings of one stimulus in several subjects: an AR(1) course that everyone shares, own noise, own drift; every region
/// has its own.
struct SynchronyScenario: Sendable {
  /// What drifts in every subject on its own, its root mean square `amplitude` times that of the rest.
  enum Drift: String, Sendable {
    case none
    case linear
    /// A parabola on a line.
    case quadratic
    case walk = "random walk"
    case cubic
  }

  var subjects = 8
  var samples = 240
  var regions = 16
  /// Autocorrelation of neighbours (1 s) of course and noise.
  var memory = 0.9
  /// Share of the variance that everyone has in common.
  var rho = 0.0
  var drift = Drift.none
  var amplitude = 0.0

  var label: String {
    let slow = drift == .none ? "" : ", \(drift.rawValue) x \(amplitude.short)"
    let common = rho > 0 ? ", ISC \(rho.short)" : ""
    return "\(subjects) subjects, \(samples) s, AR \(memory.short)\(slow)\(common)"
  }

  var short: String {
    let slow = drift == .none ? "stationary" : "\(drift.rawValue.replacing(" ", with: "-"))x\(amplitude.short)"
    return "\(subjects)x\(samples)/AR\(memory.short)/\(slow)" + (rho > 0 ? "/isc\(rho.short)" : "")
  }

  /// Unit variance from its stationary distribution.
  private func course(_ numbers: inout RandomStream) -> [Double] {
    var x = numbers.normal()
    let step = (1 - memory * memory).squareRoot()
    return (0..<samples).map { t in
      if t > 0 { x = memory * x + step * numbers.normal() }
      return x
    }
  }

  private func drifting(_ numbers: inout RandomStream) -> [Double] {
    let (a, b) = (numbers.normal(), numbers.normal())
    var walk = 0.0
    return (0..<samples).map { t in
      let u = 2 * (Double(t) + 0.5) / Double(samples) - 1
      switch drift {
      case .none: return 0
      case .linear: return a * u * 3.0.squareRoot()
      case .quadratic: return a * u * 3.0.squareRoot() + b * (u * u - 1.0 / 3) * (45.0 / 4).squareRoot()
      case .walk:
        walk += numbers.normal() * (6 / Double(samples)).squareRoot()
        return walk
      case .cubic: return a * (5 * u * u * u - 3 * u) / 2 * 7.0.squareRoot()
      }
    }
  }

  func stream(_ seed: UInt64, _ key: String) -> RandomStream {
    RandomStream(seed: seed, purpose: "gate/\(label)", key: key)
  }

  /// Recordings of `count` people from number `first` on, all of the one stimulus of the seed.
  func recordings(_ seed: UInt64, first: Int = 0, count: Int? = nil) throws -> SubjectSeries {
    let common = (0..<regions).map { region in
      var shared = stream(seed, "shared \(region)")
      return course(&shared)
    }
    let values = (first..<first + (count ?? subjects)).map { subject -> [Float] in
      var x = [Float](repeating: 0, count: samples * regions)
      for region in 0..<regions {
        var numbers = stream(seed, "subject \(subject) \(region)")
        let own = course(&numbers)
        let slow = drifting(&numbers)
        for t in 0..<samples {
          let value = rho.squareRoot() * common[region][t] + (1 - rho).squareRoot() * own[t] + amplitude * slow[t]
          x[t * regions + region] = Float(value)
        }
      }
      return x
    }
    return try SubjectSeries(values, regionCount: regions, rateHz: 1)
  }
}

/// The level of nulls of synchrony, as a report computes them: high-pass, static value and mean over
/// windows, both against the draws of one null.
struct SynchronyNullGate: Sendable {
  static let draws = 39
  static let windows = SynchronyWindows(length: 10, step: 5)
  let scenario: SynchronyScenario
  let bound: GateBound

  /// - Parameter periodS: of the high-pass; nil: as it was recorded.
  private func outcomes(_ seed: UInt64, periodS: Double?) throws -> [[GateOutcome]] {
    let raw = try scenario.recordings(seed)
    let series = try periodS.map { try raw.highPassed(periodS: $0, flatSeconds: Self.windows.length) } ?? raw
    let fixed = try staticSynchrony(series)
    let dynamic = try dynamicSynchrony(series, windows: Self.windows)
    @Sendable func generator(_ subject: Int, _ draw: Int) -> RandomStream {
      RandomStream(seed: seed, purpose: "gate draws/\(scenario.label)", key: "\(subject)", draw: draw)
    }
    return try SynchronyMethod.estimators.flatMap { method -> [[GateOutcome]] in
      let draws = try synchronyNull(series, null: .phase, method: method, draws: Self.draws, generator: generator)
      let means = try dynamicSynchronyNull(
        series, windows: Self.windows, null: .phase, method: method, draws: Self.draws, generator: generator)
      return [(draws, fixed.values(method)), (means, meanOverWindows(dynamic, method: method))].map { draws, observed in
        zip(draws.p(observed: observed), observed).map { GateOutcome(p: $0, value: $1) }
      }
    }
  }

  func gate(in table: GateTableName = .synchrony, tests: Int = 2000) -> Gate {
    let names = SynchronyMethod.estimators.flatMap { method in
      let short = method == .pairwise ? "pairs" : "leave-one-out"
      return ["\(short), static", "\(short), windows"]
    }
    let questions = names.map { GateQuestion($0, [bound]) } + names.map { GateQuestion("old \($0)") }
    return Gate(scenario.short, in: table, scenario.label, questions, runs: tests / scenario.regions) { seed in
      let now = try outcomes(seed, periodS: SlowDrift.standardPeriodS)
      return now + (seed % CourseGate.companionsEvery == 0 ? try outcomes(seed, periodS: nil) : names.map { _ in [] })
    }
  }

  static var gates: [Gate] {
    let shapes: [(Int, Int, Double)] = [(8, 240, 0.9), (5, 300, 0.5), (12, 120, 0.5), (40, 240, 0.5)]
    let drifts: [(SynchronyScenario.Drift, Double)] = [
      (.linear, 1), (.linear, 5), (.quadratic, 1), (.quadratic, 5), (.walk, 1), (.walk, 5),
    ]
    return shapes.flatMap { subjects, samples, memory -> [SynchronyNullGate] in
      let still = SynchronyScenario(subjects: subjects, samples: samples, memory: memory)
      return [SynchronyNullGate(scenario: still, bound: .level)]
        + drifts.map { drift, amplitude in
          var scenario = still
          (scenario.drift, scenario.amplitude) = (drift, amplitude)
          return SynchronyNullGate(scenario: scenario, bound: .rejectedAtMost(0.07))
        }
    }.map { $0.gate() }
  }
}

/// Intervals over subjects: do they hold the synchrony of other subjects with the same stimulus? The truth is
/// that of 400 further subjects: their mean over pairs, or each one's with groups as large as the others of the sample.
struct SubjectIntervalGate: Sendable {
  static let others = 400
  let scenario: SynchronyScenario

  private func outcomes(_ seed: UInt64) throws -> [[GateOutcome]] {
    let fixed = try staticSynchrony(try scenario.recordings(seed).highPassed(flatSeconds: 10))
    let population = try scenario.recordings(seed, first: scenario.subjects, count: Self.others)
      .highPassed(flatSeconds: 10)
    let everyone = SubjectPairs(try staticSynchrony(population))
    return SynchronyMethod.estimators.map { method in
      let truth = truth(everyone, method, seed)
      let interval = fixed.interval(method)
      return truth.indices.map { region in
        func z(_ r: Double) -> Double { Correlation.fisherZ(r) - truth[region] }
        return GateOutcome(
          value: z(fixed.values(method)[region]), low: z(interval.low[region]), high: z(interval.high[region]))
      }
    }
  }

  /// Fisher z per region.
  private func truth(_ everyone: SubjectPairs, _ method: SynchronyMethod, _ seed: UInt64) -> [Double] {
    let groups = Self.others / scenario.subjects
    if method == .pairwise {
      var numbers = scenario.stream(seed, "truth")
      return GroupSynchrony.value(everyone, method, size: Self.others, using: &numbers)
    }
    var sums = [Double](repeating: 0, count: scenario.regions)
    for group in 0..<groups {
      let own = everyone.part(group * scenario.subjects..<(group + 1) * scenario.subjects, method)
      for region in sums.indices { sums[region] += own[region] / Double(groups) }
    }
    return sums
  }

  func gate(in table: GateTableName = .subjects, tests: Int = 1000) -> Gate {
    let questions = SynchronyMethod.estimators.map {
      GateQuestion($0 == .pairwise ? "pairs" : "leave-one-out", [.coveredAtLeast(0.92)], truth: 0)
    }
    return Gate(scenario.short, in: table, scenario.label, questions, runs: tests / scenario.regions, run: outcomes)
  }

  static var gates: [Gate] {
    [5, 12, 40].flatMap { subjects in
      [0, 0.3, 0.6].map { rho in
        SubjectIntervalGate(
          scenario: SynchronyScenario(subjects: subjects, samples: 200, regions: 8, memory: 0.5, rho: rho)
        ).gate()
      }
    }
  }
}
