import AudioModels
import ContentIdentity
import FileSystem
import LinearAlgebra
import Plans
import SignalProcessing
import TensorFiles
import Warehouse

/// What one unit is expected to cost.
public struct UnitCost: Sendable, Equatable {
  /// Where the time comes from.
  public enum Basis: String, Sendable {
    /// Earlier units of the same kind on the same kind of CPU.
    case measured
    /// Operations over the rate at which this machine multiplies matrices now.
    case calibrated
    /// Seconds of computing per second of sound as known of the set, from another machine.
    case typical
    /// Nothing is known.
    case unknown
  }

  public let key: String
  /// Step and what it makes, for example `model_features wav2vec2-base`.
  public let kind: String
  public let basis: Basis
  /// Wall clock of one worker; nil where nothing is known.
  public let seconds: Double?
  /// Resident peak of the worker; nil where nothing is known.
  public let memoryBytes: Int?
  /// Arrays before compression.
  public let diskBytes: Int
}

/// What a plan's units are expected to cost.
public struct PlanEstimate: Sendable {
  public let units: [UnitCost]
  public let workers: Int
  public let threads: Int

  /// Wall clock of all units on the workers; those of unknown cost count as nothing.
  public var seconds: Double { units.reduce(0) { $0 + ($1.seconds ?? 0) } / Double(max(1, workers)) }
  /// The largest worker's peak.
  public var memoryBytes: Int { units.reduce(0) { max($0, $1.memoryBytes ?? 0) } }
  public var diskBytes: Int { units.reduce(0) { $0 + $1.diskBytes } }
  /// Units nothing is known of.
  public var unknown: Int { units.count { $0.basis == .unknown } }

  /// Units of one kind together, in the order of their first.
  public var kinds: [(kind: String, units: [UnitCost])] {
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
/// Time: what earlier units of the same step, model, layers and chunking took per second of sound on this kind of CPU;
/// where there are none, a model's operations (SCIENCE: 2 per multiply-add, context included) over the measured rate of
/// float32 matrix products.
public struct CostEstimator {
  private let warehouse: Warehouse
  private let threads: Int
  private let costs: [SQLRow]
  private var models: [String: any AudioModel] = [:]
  private var rate: Double?

  /// Share of the rate of large matrix products that a whole model reaches.
  private static let efficiency = 0.75
  /// Operations of two-stem separation per second of sound.
  private static let separationOperations = 2e9
  /// A worker's own memory beside what a unit needs.
  static let workerBytes = 90 << 20

  /// - Parameter threads: BLAS threads of each worker.
  public init(warehouse: Warehouse, threads: Int) throws {
    self.warehouse = warehouse
    self.threads = threads
    costs = try warehouse.read { try $0.report("step_costs", ["cpu": .text(Machine.cpuModel)]) }
  }

  /// Costs of the units of a plan whose keys are given.
  public mutating func estimate(_ plan: Plan, units wanted: Set<String>, workers: Int) throws -> PlanEstimate {
    var seen: Set<String> = []
    var units: [UnitCost] = []
    for unit in plan.units where wanted.contains(unit.key) && seen.insert(unit.key).inserted {
      units.append(try cost(unit))
    }
    return PlanEstimate(units: units, workers: min(workers, max(1, units.count)), threads: threads)
  }

  private mutating func cost(_ unit: Unit) throws -> UnitCost {
    let name = unit.parameters["name"]?.stringValue ?? ""
    let kind = name.isEmpty || name == unit.step ? unit.step : "\(unit.step) \(name)"
    let sound = unit.parameters["duration_s"]?.doubleValue ?? 0
    let measured = measured(unit)
    if unit.step == "model_features", let needs = try modelNeeds(unit, calibrating: measured == nil) {
      return UnitCost(
        key: unit.key, kind: kind, basis: measured == nil ? .calibrated : .measured,
        seconds: measured?.seconds ?? needs.seconds, memoryBytes: max(measured?.bytes ?? 0, needs.memory),
        diskBytes: needs.disk)
    }
    if unit.step == "separation" {
      // Two stems of two channels at 44.1 kHz.
      return UnitCost(
        key: unit.key, kind: kind, basis: measured == nil ? .calibrated : .measured,
        seconds: measured?.seconds ?? Self.separationOperations * sound / (Self.efficiency * productRate()),
        memoryBytes: measured?.bytes ?? Self.workerBytes + 700 << 20, diskBytes: Int(sound * 44_100) * 16)
    }
    let set = FeatureSets.named(unit.step)
    let bin = unit.parameters["bin_s"]?.doubleValue ?? set?.nativeRateHz.map { 1 / $0 } ?? 1
    let disk = set.map { Int(sound / bin) * $0.columns.count * 4 } ?? 0
    if let measured {
      return UnitCost(
        key: unit.key, kind: kind, basis: .measured, seconds: measured.seconds, memoryBytes: measured.bytes,
        diskBytes: disk)
    }
    return UnitCost(
      key: unit.key, kind: kind, basis: set == nil ? .unknown : .typical,
      seconds: set.map { $0.secondsPerSecond * sound }, memoryBytes: set == nil ? nil : Self.workerBytes + 60 << 20,
      diskBytes: disk)
  }

  /// Seconds and peak of this unit by what units like it took; other numbers of threads count in proportion.
  private func measured(_ unit: Unit) -> (seconds: Double, bytes: Int)? {
    func text(_ key: String) -> String {
      switch unit.parameters[key] {
      case nil, .null: ""
      case .string(let text): text
      case .some(let value): value.canonical
      }
    }
    let alike = costs.filter {
      $0.text("step") == unit.step && $0.text("name") == text("name") && $0.text("layers") == text("layers")
        && $0.text("precision") == unit.parameters["precision"]?.stringValue ?? "float32"
        && $0.double("chunk_s") == unit.parameters["chunk_s"]?.doubleValue ?? 0
        && $0.double("context_s") == unit.parameters["context_s"]?.doubleValue ?? 0
        && $0.double("hop_s") == unit.parameters["hop_s"]?.doubleValue ?? 0
    }
    guard let row = alike.min(by: { abs($0.int("threads") - threads) < abs($1.int("threads") - threads) }) else {
      return nil
    }
    let scale = Double(row.int("threads")) / Double(threads)
    let sound = unit.parameters["duration_s"]?.doubleValue ?? 0
    let each =
      row.double("sound_s") > 0 && sound > 0
      ? row.double("seconds") / row.double("sound_s") * sound : row.double("seconds") / row.double("attempts")
    return (each * scale, row["peak_bytes"].int ?? 0)
  }

  /// What a model's extraction needs by its operations and shapes; nil where its weights cannot be read.
  private mutating func modelNeeds(_ unit: Unit, calibrating: Bool) throws
    -> (seconds: Double?, memory: Int, disk: Int)?
  {
    guard let model = try model(unit)?.stepping(everySeconds: unit.parameters["hop_s"]?.doubleValue),
      let chunking = try? unit.chunking(model)
    else { return nil }
    let count = unit.sampleCount(rateHz: model.inputRateHz)
    let needs = model.needs(sampleCount: count, chunking: chunking)
    let layers = (unit.parameters["layers"]?.arrayValue ?? []).compactMap(\.stringValue)
    let disk = try layers.reduce(0) { sum, key in
      let rows = try model.rowCount(layer: key, sampleCount: count, rate: unit.parameters.rate)
      return try sum + rows * model.layer(key).dimension * 4
    }
    let seconds = calibrating ? needs.operations / (Self.efficiency * productRate()) : nil
    // Rows of a stem are held back until the last is known, in arrays that grow by doubling.
    let held = unit.parameters["element"]?.stringValue ?? "original" == "original" ? 0 : 2 * disk
    return (seconds, Self.workerBytes + needs.memoryBytes + held, disk)
  }

  private mutating func model(_ unit: Unit) throws -> (any AudioModel)? {
    for case .source("weights", let name, let sha256) in unit.inputs {
      if let ready = models[sha256] { return ready }
      let rows = try warehouse.read { try $0.report("source_place", ["sha256": .text(sha256), "name": .text(name)]) }
      guard let path = rows.first?.text("path"), let model = try? ModelFamilies.open(ModelFiles(path)) else { return nil }
      models[sha256] = model
      return model
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
      clock.measure { SingleMultiply.multiply(rows: n, columns: n, inner: n, a, view, a, view, into: &c, view) }
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

extension Unit {
  func chunking(_ model: any AudioModel) throws -> Chunking {
    try model.chunking(
      chunkSeconds: parameters["chunk_s"]?.doubleValue ?? 20, contextSeconds: parameters["context_s"]?.doubleValue ?? 2)
  }

  /// Samples of the unit's sound at a rate.
  func sampleCount(rateHz: Int) -> Int {
    if let native = parameters["sample_count"]?.intValue, let hertz = parameters["sample_hz"]?.intValue, hertz > 0 {
      return (native * rateHz + hertz - 1) / hertz
    }
    return Int((parameters["duration_s"]?.doubleValue ?? 0) * Double(rateHz))
  }
}

extension JSONValue {
  /// The rate that `bin_s` and `aggregate` of a unit's parameters ask for; without `bin_s` the native one.
  var rate: FeatureRate {
    guard let seconds = self["bin_s"]?.doubleValue else { return .native }
    return .bins(seconds: seconds, aggregate: .init(rawValue: self["aggregate"]?.stringValue ?? "mean") ?? .mean)
  }
}
