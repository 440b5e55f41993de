import ContentIdentity
import Diagnostics
import FileSystem
import StudyFiles
import Vocabulary

/// `truth.json`: what a simulation planted, and in what.
struct SimulationTruth: Codable {
  /// What was written before elements, cohorts, drifts and sounds could be planted, and still is where none is.
  static let first = "evoke.truth/1"
  /// What was written before the voices of sounds could differ in level, and still is where they do not.
  static let second = "evoke.truth/2"
  static let current = "evoke.truth/3"

  enum Kind: String, Codable {
    case annotation, response, synchrony

    /// Where its random numbers begin: kinds share none.
    var streamOffset: Int {
      switch self {
      case .annotation: 0
      case .response: 100_000
      case .synchrony: 200_000
      }
    }
  }

  struct Stimulus: Codable {
    let name: String
    let seconds: Int
  }

  /// An array that a driver's scores were made of.
  struct DriverArray: Codable {
    let array: String
    let sha256: String
  }

  /// One annotation or region. Values per stimulus stand under its name.
  struct Target: Codable {
    let kind: Kind
    let target: String
    /// nil for an annotation.
    let region: String?
    /// nil for a target driven by nothing.
    let featureSet: String?
    /// nil for a driver without layers.
    let layerKey: String?
    let lagS: Double
    let signalShare: Double
    let achievedShare: [String: Double]
    /// Sound whose features drive it.
    let element: Element
    /// nil where nothing is divided.
    let cohort: SimulatedCohort?
    /// nil where none was asked for.
    let drift: Drift?
    let weights: [Double]
    let signal: [String: [Double]]
    let rho: [String: [Double]]
  }

  struct Drift: Codable {
    let share: Double
    let seconds: Double
    let isShared: Bool
  }

  struct Sounds: Codable {
    let rateHz: Int
    /// A level above the soundtrack, or several, which the stimuli have in turn.
    let voiceDb: JSONValue
    let simnet: Int?
  }

  let schema: String
  let simulation: String
  let dataset: String
  let seed: Int
  let stimuli: [Stimulus]
  /// By the driver's label.
  let drivers: [String: [DriverArray]]
  let targets: [Target]
  /// Nil where people were made up.
  let sounds: Sounds?
}

extension SimulationTruth {
  /// Members that only the current schema has, as a truth of the first is meant.
  private static let lateInTarget: [String: JSONValue] = ["element": "original", "cohort": .null, "drift": .null]
  private static let late: [String: JSONValue] = ["sounds": .null]

  /// What is no object, and targets that are no list or not there, stay as they are: reading refuses them.
  private static func changed(
    _ json: JSONValue, _ change: (inout [String: JSONValue], _ late: [String: JSONValue]) -> Void
  ) -> JSONValue {
    guard case .object(var members) = json else { return json }
    change(&members, late)
    if case .array(let targets)? = members["targets"] {
      members["targets"] = .array(
        targets.map { target in
          guard case .object(var parts) = target else { return target }
          change(&parts, lateInTarget)
          return .object(parts)
        })
    }
    return .object(members)
  }

  /// The file: in the first schema where that can tell it all.
  func json() throws -> JSONValue {
    let whole = try StrictCoder.encode(self)
    let isPlain = sounds == nil && targets.allSatisfy { $0.element == .original && $0.cohort == nil && $0.drift == nil }
    if isPlain {
      return Self.of(Self.first, Self.changed(whole) { members, late in late.keys.forEach { members[$0] = nil } })
    }
    return sounds?.voiceDb.arrayValue == nil ? Self.of(Self.second, whole) : whole
  }

  private static func of(_ schema: String, _ json: JSONValue) -> JSONValue {
    guard case .object(var members) = json else { return json }
    members["schema"] = .string(schema)
    return .object(members)
  }

  /// Throws what `StrictCoder` throws.
  init(json: JSONValue) throws {
    let isFirst = json["schema"]?.stringValue == Self.first
    let whole =
      isFirst
      ? Self.changed(json) { members, late in members.merge(late) { own, _ in own } } : json
    self = try StrictCoder.decode(SimulationTruth.self, from: whole)
  }
}

extension SimulationTruth {
  /// Reads `truth.json`.
  ///
  /// - Throws: `E-SIM-006` for a file that is none.
  init(file path: String) throws {
    func unreadable(_ reason: String) -> EvokeError {
      EvokeError(
        .truthUnreadable, path, reason: "it is not a truth.json of evoke simulate: \(reason)",
        remedy: "name the truth.json in the simulation's folder")
    }
    let bytes = try Files.read(path)
    do { self = try SimulationTruth(json: JSONValue(parsing: bytes)) } catch { throw unreadable("\(error)") }
    guard [Self.first, Self.second, Self.current].contains(schema) else { throw unreadable("its schema is \(schema)") }
    guard SimulationFile.seeds.contains(seed) else { throw unreadable("its seed is \(seed)") }
    guard sounds?.isPossible(of: stimuli) ?? true else { throw unreadable("no simulation has such sounds") }
  }
}

extension SimulationTruth {
  /// Of every stimulus the level of its voice above its soundtrack, in dB; nil where no sounds were made.
  var voiceLevels: [String: Double]? {
    sounds.map { sounds in
      let levels = sounds.levels
      return Dictionary(
        stimuli.enumerated().map { ($1.name, levels[$0 % levels.count]) }, uniquingKeysWith: { first, _ in first })
    }
  }
}

extension SimulationTruth.Sounds {
  fileprivate var levels: [Double] { (voiceDb.arrayValue ?? [voiceDb]).compactMap(\.doubleValue) }

  /// Whether a simulation file can say so.
  fileprivate func isPossible(of stimuli: [SimulationTruth.Stimulus]) -> Bool {
    typealias Said = SimulationFile.Sounds
    let said = voiceDb.arrayValue ?? [voiceDb]
    return Said.rates.contains(rateHz) && levels.count == said.count && !levels.isEmpty
      && levels.allSatisfy(Said.levels.contains)
      && stimuli.allSatisfy { Said.lengths.contains($0.seconds) }
  }
}

extension SimulationTruth.Target {
  /// What drives it, `MODEL/LAYER`; empty for nothing.
  var driver: String { SimulateGrade.label(featureSet, layerKey) }

  /// Whether a result is of this target: of its cohort where it has one, `DATASET:COLUMN=a` or a cohort called a.
  func isTarget(kind: String, _ target: String, _ region: String?, cohort name: String) -> Bool {
    kind == self.kind.rawValue && region == self.region && (self.kind == .synchrony || target == self.target)
      && (cohort.map { Self.isCohort(name, $0) } ?? true)
  }

  static func isCohort(_ name: String, _ cohort: SimulatedCohort) -> Bool {
    name == cohort.rawValue || name.hasSuffix("=" + cohort.rawValue)
  }
}
