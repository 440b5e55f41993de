import EncodingModels
import Statistics
import Vocabulary

/// Scenarios of position: courses that all stimuli share, drifts, and the power that is left.
struct CourseGate: Sendable {
  enum Wanted { case level, course, faster, power }

  static let targets = 40
  /// Every so many runs what stands beside p is computed, too, and the score with nothing taken out.
  static let companionsEvery: UInt64 = 4
  /// Every so many runs the default that was before is fitted to some of the targets: it has four times the columns.
  static let beforeEvery: UInt64 = 8
  static let targetsBefore = 8

  let simulation: CourseSimulation
  let wanted: Wanted
  let draws: Int
  var runs: Int
  var table: GateTableName

  init(_ simulation: CourseSimulation, _ wanted: Wanted, tests: Int = 2000, table: GateTableName? = nil) {
    self.simulation = simulation.with(targetCount: Self.targets)
    self.wanted = wanted
    self.table = table ?? (wanted == .power ? .power : .courses)
    draws = wanted == .power ? 199 : 39
    runs = tests / Self.targets
  }

  private var kind: String { simulation.isWindowed ? "synchrony" : "AR \(simulation.targetMemory.short)" }

  private var id: String {
    let s = simulation
    let course = s.height == 1 ? s.course.rawValue : "\(s.height.short)-\(s.course.rawValue)"
    let effect = s.weight > 0 ? "w\(s.weight.short)" : course
    let target = s.isWindowed ? "synchrony" : "AR\(s.targetMemory.short)"
    return "\(effect)/\(s.stimulusCount)x\(s.seconds)/\(target)"
  }

  private var scenario: String {
    let s = simulation
    let course = s.height == 1 ? s.course.rawValue : "\(s.height.short) times \(s.course.rawValue)"
    let effect = s.weight > 0 ? "weight \(s.weight.short)" : course
    let features = s.featureMemory == 0.9 ? "" : ", features AR \(s.featureMemory.short)"
    return "\(effect), \(s.stimulusCount) x \(s.seconds) s, P \(s.featureCount), \(kind)\(features)"
  }

  /// What is wanted of p, and of the permutations where there are any.
  private var bounds: (p: [GateBound], mismatch: [GateBound]) {
    let permuted: [GateBound] = simulation.stimulusCount >= 4 ? [.rejectedAtMost(0.065)] : []
    switch wanted {
    case .level: return ([.level], [])
    case .course: return ([.rejectedAtMost(0.08)], permuted)
    // Inside one film nothing is promised.
    case .faster: return (simulation.stimulusCount > 1 ? [.reportedAtMost(0.08)] : [], permuted)
    case .power: return ([.rejectedAtLeastAbove("plain", -0.05)], [])
    }
  }

  var gate: Gate {
    let bounds = bounds
    let faster = wanted == .faster
    let questions = [
      GateQuestion("p", faster ? [] : bounds.p), GateQuestion("judged", faster ? bounds.p : []),
      GateQuestion("mismatch", bounds.mismatch), GateQuestion("prewhitened"), GateQuestion("plain"),
      GateQuestion("auto", asksAutomatic ? bounds.p : []), GateQuestion("old"),
    ]
    return Gate(id, in: table, scenario, questions, runs: runs) { seed in try answers(seed) }
  }

  /// Whether `position: auto` is fitted, too; then as much is wanted of it as of the default.
  private var asksAutomatic: Bool { wanted == .power || table == .weak }

  private func answers(_ seed: UInt64) throws -> [[GateOutcome]] {
    let gate = EncodingGate(simulation, settings: PlantedSeries.settings)
    let (isPower, isJudged) = (wanted == .power, seed % Self.companionsEvery == 0)
    let outcomes = try gate.outcomes(
      seed: seed, draws: draws, companionDraws: isPower || !isJudged ? 0 : draws,
      plainDraws: isPower || isJudged ? draws : 0)
    func answers(_ p: (EncodingGate.Outcome) -> Double) -> [GateOutcome] {
      let all = outcomes.map { GateOutcome(p: p($0), value: $0.r, isValid: $0.isValid) }
      return all.contains { !$0.p.isNaN } ? all : []
    }
    let plain = outcomes.map { GateOutcome(p: $0.pPlain, value: $0.rPlain, isValid: $0.isValidPlain) }
    return [
      answers(\.p), isJudged ? answers(\.p) : [], answers(\.pMismatch), answers(\.pPrewhitened),
      isPower || isJudged ? plain : [],
      isJudged && asksAutomatic ? try adaptive(gate.settings, seed) : [],
      seed % Self.beforeEvery == 0 ? try before(gate, seed) : [],
    ]
  }

  /// Position taken out where a target is slow, drifts or has a course.
  private func adaptive(_ settings: EncodingSettings, _ seed: UInt64) throws -> [GateOutcome] {
    var settings = settings
    settings.position = .automatic
    return try EncodingGate(simulation, settings: settings)
      .outcomes(seed: seed, draws: draws, companionDraws: 0, plainDraws: 0)
      .map { GateOutcome(p: $0.p, value: $0.r, isValid: $0.isValid) }
  }

  /// The default that was before: nothing taken out, single delays, phases of the whole features.
  private func before(_ gate: EncodingGate, _ seed: UInt64) throws -> [GateOutcome] {
    let settings = gate.settings.withoutPosition
    let old = EncodingGate(
      simulation.with(targetCount: Self.targetsBefore), settings: settings, delayColumns: .single(Array(gate.span)))
    let fit = try EncodingModel(settings).fit(old.data(seed: seed))
    let null = try fit.null(NullRequest(.phase, draws: draws, seed: seed))
    return (0..<Self.targetsBefore).map {
      GateOutcome(p: null.p[$0], value: fit.full.r[$0], isValid: fit.isReportable($0))
    }
  }

  /// Courses and drifts too low to be seen in a target that is not slow.
  private static var weak: [CourseGate] {
    let courses: [(CourseSimulation.Course, [Double])] = [(.rise, [0.15, 0.3]), (.drift, [0.3]), (.acts, [0.3])]
    return courses.flatMap { course, heights in
      heights.flatMap { height in
        [(1, 600), (2, 240), (3, 120), (6, 120)].flatMap { count, seconds -> [CourseGate] in
          var simulation = CourseSimulation(course, stimulusCount: count, seconds: seconds)
          simulation.height = height
          return simulation.kinds.dropFirst().map { CourseGate($0, .course, tests: 1000, table: .weak) }
        }
      }
    }
  }

  private static let designs = [(1, 600), (2, 240), (3, 120), (4, 150), (5, 120), (6, 120)]

  static var gates: [Gate] {
    let courses: [(CourseSimulation.Course, Wanted)] = [
      (.none, .level), (.onset, .level), (.rise, .level), (.drift, .level), (.walk, .level), (.sigmoid, .course),
      (.acts, .course), (.cuts, .faster),
    ]
    let nulls = courses.flatMap { course, wanted in
      designs.flatMap { count, seconds -> [CourseGate] in
        let simulation = CourseSimulation(
          course, stimulusCount: count, seconds: seconds, featureCount: count % 2 == 0 ? 12 : 6)
        return simulation.kinds.map { CourseGate($0, wanted) }
      }
    }
    let power = designs.flatMap { count, seconds -> [CourseGate] in
      let simulation = CourseSimulation(stimulusCount: count, seconds: seconds)
      return zip(simulation.kinds, [0.5, 0.3, 0.7]).map { kind, weight in
        var kind = kind
        kind.weight = weight
        return CourseGate(kind, .power, tests: 960)
      }
    }
    return (nulls + power + weak).map(\.gate)
  }
}

extension CourseSimulation {
  fileprivate func with(targetCount: Int) -> CourseSimulation {
    var copy = self
    copy.targetCount = targetCount
    return copy
  }

  /// The same with targets of AR .9, of AR .3, and of windows.
  fileprivate var kinds: [CourseSimulation] {
    var (slow, fast, windowed) = (self, self, self)
    (slow.targetMemory, fast.targetMemory, windowed.isWindowed) = (0.9, 0.3, true)
    return [slow, fast, windowed]
  }
}
