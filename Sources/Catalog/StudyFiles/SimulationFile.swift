import ContentIdentity
import Diagnostics

/// A simulation file, read, checked and completed: who watches what, and what drives each target.
public struct SimulationFile: Sendable, Hashable {
  /// What drives a target.
  public enum Driver: Sendable, Hashable {
    /// One layer of an imported model.
    case layer(model: String, key: String)
    /// A descriptor set such as `vis12`.
    case set(String)
    /// Nothing: a target of noise.
    case nothing

    /// How the truth and grades write it.
    public var label: String {
      switch self {
      case .layer(let model, let key): "\(model)/\(key)"
      case .set(let name): name
      case .nothing: "nothing"
      }
    }
  }

  /// One annotation or region.
  public struct Target: Sendable, Hashable {
    public let name: String
    public let driver: Driver
  }

  /// What all targets of one kind share.
  public struct Section: Sendable, Hashable {
    /// a² of the driven signal, 0...1.
    public let signalShare: Double
    /// Seconds by which the driver leads.
    public let lagS: Double
    public let targets: [Target]
    /// Viewers, or raters of annotations.
    public let people: Int
    /// The kind's own numbers: `delay_spread_s`; `tr_s`; `rate_hz`, `largest`, `gain`.
    public let numbers: [String: Double]

    /// Samples per second of synchrony: what the file says, else what its grammar takes.
    public var synchronyRateHz: Double { numbers["rate_hz"] ?? 100 }
  }

  /// `simulation`.
  public let name: String
  /// `dataset` that holds the stimuli and their features.
  public let dataset: String
  /// `stimuli`, at least one.
  public let stimuli: [String]
  /// `seed`, 1 by default.
  public let seed: Int
  /// `components` of each driver, 12 by default.
  public let components: Int
  public let annotations: Section?
  public let responses: Section?
  public let synchrony: Section?

  /// Reads a simulation file (YAML text). Throws one error that lists every problem with its place, as a study file does.
  public init(parsing text: String, file: String) throws {
    let tree = try YAMLTree(parsing: text, file: file)
    var checker = GrammarChecker(file: file, grammar: Grammar([], computed: []), kind: nil)
    let checked = checker.check(tree, .map(Self.keys), at: "") ?? .null
    if checker.problems.isEmpty, ["annotations", "responses", "synchrony"].allSatisfy({ checked[$0] == nil }) {
      checker.report(
        .studyMissingKey, at: "", reason: "nothing is simulated", remedy: "Add annotations, responses or synchrony.")
    }
    Self.checkFileNames(checked, &checker)
    if let refusal = StudyDefinition.refusal(checker.problems, file: file) { throw refusal }
    name = checked["simulation"]?.stringValue ?? ""
    dataset = checked["dataset"]?.stringValue ?? ""
    stimuli = (checked["stimuli"]?.arrayValue ?? []).compactMap(\.stringValue)
    seed = checked["seed"]?.intValue ?? 1
    components = checked["components"]?.intValue ?? 12
    annotations = Self.section(checked["annotations"], people: "raters")
    responses = Self.section(checked["responses"], people: "subjects")
    synchrony = Self.section(checked["synchrony"], people: "subjects")
  }

  /// The simulation, its stimuli and its targets give folders and files their names.
  private static func checkFileNames(_ checked: JSONValue, _ checker: inout GrammarChecker) {
    var places: [(String, String?)] = [("simulation", checked["simulation"]?.stringValue)]
    places += (checked["stimuli"]?.arrayValue ?? []).enumerated().map { ("stimuli[\($0 + 1)]", $1.stringValue) }
    for section in ["annotations", "responses", "synchrony"] {
      places += (checked[section]?["targets"]?.arrayValue ?? []).enumerated().map {
        ("\(section).targets[\($0 + 1)].name", $1["name"]?.stringValue)
      }
    }
    for case (let place, let name?) in places {
      guard let fault = name.nameFault else { continue }
      checker.report(
        .simulationFileName, at: place, reason: "a file would be called by it, and \(fault)",
        remedy: "Choose another name.")
    }
  }

  private static func section(_ json: JSONValue?, people: String) -> Section? {
    guard let json, case .object(let members) = json else { return nil }
    let targets = (json["targets"]?.arrayValue ?? []).map { entry -> Target in
      let name = entry["name"]?.stringValue ?? ""
      if let model = entry["model"]?.stringValue {
        return Target(name: name, driver: .layer(model: model, key: entry["layer"]?.stringValue ?? ""))
      }
      return Target(name: name, driver: entry["set"]?.stringValue.map { .set($0) } ?? .nothing)
    }
    return Section(
      signalShare: json["signal_share"]?.doubleValue ?? 0, lagS: json["lag_s"]?.doubleValue ?? 0, targets: targets,
      people: json[people]?.intValue ?? 1, numbers: members.compactMapValues(\.doubleValue))
  }

  private static let target = Shape.variants([
    GrammarVariant(
      name: "model",
      keys: [
        name, GrammarKey("model", .text, .required, "Imported model."),
        GrammarKey("layer", .layerKey, .required, "Layer of the model."),
      ]),
    GrammarVariant(
      name: "set", keys: [name, GrammarKey("set", .text, .required, "Descriptor set, for example vis12.")]),
    GrammarVariant(
      name: "nothing", keys: [name, GrammarKey("nothing", .flag, .required, "true: the target is noise.")]),
  ])

  private static let name = GrammarKey("name", .text, .required, "Name of the annotation or region.")

  private static func common(share: Double) -> [GrammarKey] {
    [
      GrammarKey(
        "signal_share", .number(.share), .value(.number(share)), "Share a² of the driven signal."),
      GrammarKey("lag_s", .number(Bounds(0, to: 60)), .value(3), "Seconds by which the driver leads."),
      GrammarKey("targets", .list(target, 1...10_000), .required, "What is simulated, and what drives it."),
    ]
  }

  private static let people = 1...10_000

  static let keys: [GrammarKey] = [
    GrammarKey("simulation", .text, .required, "Name of the simulation."),
    GrammarKey("dataset", .text, .required, "Dataset that holds the stimuli."),
    GrammarKey("stimuli", .list(.text, 1...10_000), .required, "Imported stimuli with features at 1 Hz."),
    GrammarKey("seed", .integer(0...9_007_199_254_740_991), .value(1), "Keys every random number."),
    GrammarKey("components", .integer(1...1_000), .value(12), "Principal components of each driver."),
    GrammarKey(
      "annotations",
      .map(
        common(share: 0.9) + [
          GrammarKey("raters", .integer(people), .value(10), "Raters of each annotation."),
          GrammarKey(
            "delay_spread_s", .number(Bounds(0, to: 60)), .value(0.8), "Standard deviation of the raters' own delays."),
        ]), .absent, "Continuous ratings, one CSV file each."),
    GrammarKey(
      "responses",
      .map(
        common(share: 0.9) + [
          GrammarKey("subjects", .integer(people), .value(12), "Viewers."),
          GrammarKey("tr_s", .number(Bounds(0.01, to: 60)), .value(1), "Repetition time."),
        ]), .absent, "Recorded responses per subject, HDF5."),
    GrammarKey(
      "synchrony",
      .map(
        common(share: 0.6) + [
          GrammarKey("subjects", .integer(2...10_000), .value(15), "Viewers."),
          GrammarKey("rate_hz", .number(Bounds(0.1, to: 10_000)), .value(100), "Samples per second."),
          GrammarKey(
            "largest", .number(Bounds(above: 0, to: 1)), .value(0.4), "Largest synchrony."),
          GrammarKey(
            "gain", .number(Bounds(0.001, to: 1_000)), .value(2), "Steepness of the sigmoid from signal to synchrony."),
        ]), .absent, "Region time courses whose synchrony is driven, HDF5."),
  ]
}
