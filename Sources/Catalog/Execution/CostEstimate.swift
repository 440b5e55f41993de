import ContentIdentity
import FileSystem
import LinearAlgebra
import Warehouse
import Work

/// What one unit is expected to cost.
package struct UnitCost: Sendable, Equatable {
  /// Where the time comes from.
  package enum Basis: String, Sendable {
    /// Earlier units of the same kind on the same kind of CPU.
    case measured
    /// Operations over the rate at which this machine multiplies matrices now.
    case calibrated
    /// Seconds of computing per second of sound as known of the set, from another machine.
    case typical
    /// What earlier units of another step took, times a factor.
    case scaled
    /// Nothing is known.
    case unknown
  }

  package let key: String
  /// Step and what it makes, for example `model_features wav2vec2-base`.
  package let kind: String
  package let basis: Basis
  /// Wall clock of one worker; nil where nothing is known.
  package let seconds: Double?
  /// Resident peak of the worker; nil where nothing is known.
  package let memoryBytes: Int?
  /// Arrays before compression.
  package let diskBytes: Int
}

/// What a plan's units are expected to cost.
package struct PlanEstimate: Sendable {
  package let units: [UnitCost]
  package let workers: Int
  package let threads: Int

  /// Wall clock of all units on the workers; those of unknown cost count as nothing.
  package var seconds: Double { units.reduce(0) { $0 + ($1.seconds ?? 0) } / Double(max(1, workers)) }
  /// The largest worker's peak.
  package var memoryBytes: Int { units.reduce(0) { max($0, $1.memoryBytes ?? 0) } }
  package var diskBytes: Int { units.reduce(0) { $0 + $1.diskBytes } }
  /// Units nothing is known of.
  package var unknown: Int { units.count { $0.basis == .unknown } }

  /// Units of one kind together, in the order of their first.
  package var kinds: [(kind: String, units: [UnitCost])] {
    var order: [String] = []
    var groups: [String: [UnitCost]] = [:]
    for unit in units {
      if groups[unit.kind] == nil { order.append(unit.kind) }
      groups[unit.kind, default: []].append(unit)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }
}

/// Says before a run how long it will take and how much memory and disk.
///
/// Time: what earlier units of the same step that its `WorkMeasure` compares it with took per second of sound on this
/// kind of CPU; where there are none, what the step's `cost` says, operations over the measured rate of float32 matrix
/// products.
package struct CostEstimator {
  private let warehouse: Warehouse
  private let steps: [any WorkStep]
  private let threads: Int
  /// Attempts by step.
  private var earlier: [String: [EarlierWork]] = [:]
  private var rate: Double?

  /// Share of the rate of large matrix products that a whole model reaches.
  private static let efficiency = 0.75

  /// - Parameter threads: BLAS threads of each worker.
  package init(warehouse: Warehouse, steps: [any WorkStep], threads: Int) throws {
    self.warehouse = warehouse
    self.steps = steps
    self.threads = threads
  }

  /// Costs of the units of a plan whose keys are given.
  package mutating func estimate(_ plan: Plan, units wanted: Set<String>, workers: Int) throws -> PlanEstimate {
    var seen: Set<String> = []
    var units: [UnitCost] = []
    for unit in plan.units where wanted.contains(unit.key) && seen.insert(unit.key).inserted {
      units.append(try cost(unit))
    }
    return PlanEstimate(units: units, workers: min(workers, max(1, units.count)), threads: threads)
  }

  private mutating func cost(_ unit: WorkUnit) throws -> UnitCost {
    guard let step = steps.first(where: { $0.name == unit.step }) else { preconditionFailure("no step \(unit.step)") }
    return try cost(unit, by: step)
  }

  private mutating func cost<S: WorkStep>(_ unit: WorkUnit, by step: S) throws -> UnitCost {
    let parameters = try step.parameters(from: unit.parameters, of: unit.label)
    let measure = step.measure(parameters)
    if measure != nil, earlier[step.name] == nil { earlier[step.name] = try works(of: step) }
    return try combine(unit, measure, try step.cost(parameters) { try place(of: $0, read: unit) })
  }

  private mutating func combine(_ unit: WorkUnit, _ measure: WorkMeasure?, _ cost: WorkCost) throws -> UnitCost {
    let isNamed = measure.map { !$0.name.isEmpty && $0.name != unit.step } ?? false
    let kind = isNamed ? [unit.step, measure?.name].compactMap { $0 }.joined(separator: " ") : unit.step
    let measured = try measured(unit.step, measure)
    let (basis, seconds) = try time(measured, cost.time)
    let memory: Int?
    switch cost.memory {
    case .computed(let bytes): memory = [measured?.peakBytes, WorkCost.workerBytes + bytes].compactMap { $0 }.max()
    case .typical(let bytes): memory = measured?.peakBytes ?? WorkCost.workerBytes + bytes
    case .unknown: memory = measured?.peakBytes
    }
    return UnitCost(
      key: unit.key, kind: kind, basis: basis, seconds: seconds, memoryBytes: memory, diskBytes: cost.diskBytes)
  }

  private mutating func time(_ measured: EarlierWork?, _ time: WorkCost.Time) throws -> (UnitCost.Basis, Double?) {
    if let measured { return (.measured, measured.seconds) }
    switch time {
    case .operations(let count): return (.calibrated, count / (Self.efficiency * productRate()))
    case .seconds(let seconds): return (.typical, seconds)
    case .times(let factor, let step):
      let other = try self.measured(step, nil)
      return other.map { (.scaled, factor * $0.seconds) } ?? (.unknown, nil)
    case .unknown: return (.unknown, nil)
    }
  }

  /// What a unit takes by what units like it took; other numbers of threads count in proportion.
  private mutating func measured(_ step: String, _ measure: WorkMeasure?) throws -> EarlierWork? {
    if earlier[step] == nil { earlier[step] = try together(step) }
    let alike = (earlier[step] ?? []).filter { $0.name == measure?.name && $0.settings == measure?.settings }
    let groups = Dictionary(grouping: alike, by: \.threads).sorted { $0.key < $1.key }
    guard let (used, works) = groups.min(by: { abs($0.key - threads) < abs($1.key - threads) }) else { return nil }
    let seconds = works.reduce(0) { $0 + $1.seconds }
    let sound = works.compactMap(\.soundS).reduce(0, +)
    let each: Double
    if let own = measure?.soundS, own > 0, sound > 0 {
      each = seconds / sound * own
    } else {
      each = seconds / Double(works.reduce(0) { $0 + $1.attempts })
    }
    return EarlierWork(
      name: measure?.name, settings: measure?.settings, soundS: measure?.soundS, threads: used, attempts: 1,
      seconds: each * Double(used) / Double(threads), peakBytes: works.compactMap(\.peakBytes).max())
  }

  /// The attempts of a step whose units are all alike.
  private func together(_ step: String) throws -> [EarlierWork] {
    try warehouse.read { try $0.stepCosts(cpu: Machine.cpuModel) }.filter { $0.step == step }.map {
      EarlierWork(
        name: nil, settings: nil, soundS: nil, threads: $0.threads, attempts: $0.attempts, seconds: $0.seconds,
        peakBytes: $0.peakBytes)
    }
  }

  /// The attempts of a step, one by one. Units whose parameters this program does not read do not count.
  private func works<S: WorkStep>(of step: S) throws -> [EarlierWork] {
    let rows = try warehouse.read {
      try $0.unitCosts(cpu: Machine.cpuModel, step: step.name, version: step.version)
    }
    return try rows.compactMap { row in
      let json = try JSONValue(parsing: row.parameters)
      guard let parameters = try? StrictCoder.decode(S.Parameters.self, from: json) else { return nil }
      let measure = step.measure(parameters)
      return EarlierWork(
        name: measure?.name, settings: measure?.settings, soundS: measure?.soundS, threads: row.threads, attempts: 1,
        seconds: row.seconds, peakBytes: row.peakBytes)
    }
  }

  /// Where the source of a role that a unit reads is; nil where the catalog has no place of it.
  private func place(of role: String, read unit: WorkUnit) throws -> String? {
    for case .source(role, let name, let sha256) in unit.inputs {
      return try warehouse.read { try $0.sourcePlace(sha256: sha256, name: name) }.first?.path
    }
    return nil
  }

  /// Operations a second of float32 matrix products with this many threads, measured once for a fifth of a second.
  private mutating func productRate() -> Double {
    if let rate { return rate }
    let before = BLASThreads.current
    BLASThreads.set(threads)
    defer { BLASThreads.set(before) }
    let n = 768
    let a = [Float](repeating: 0.5, count: n * n)
    var c = a
    let view = SingleView(stride: n)
    let clock = ContinuousClock()
    func product() -> Duration {
      clock.measure {
        SingleMultiply.multiply(rows: n, columns: n, inner: n, a, as: view, by: a, as: view, into: &c, as: view)
      }
    }
    _ = product()
    var (count, took) = (0.0, Duration.zero)
    while took < .milliseconds(200) {
      took += product()
      count += 1
    }
    let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
    let found = count * 2 * Double(n * n * n) / seconds
    rate = found
    return found
  }
}

/// What one attempt took, or several of one step together.
private struct EarlierWork {
  /// As in `WorkMeasure`; nil for steps whose units are all alike.
  let name: String?
  let settings: JSONValue?
  /// Seconds of sound; nil where nothing was recorded of it.
  let soundS: Double?
  let threads: Int
  let attempts: Int
  let seconds: Double
  /// nil where nothing was measured of it.
  let peakBytes: Int?
}
