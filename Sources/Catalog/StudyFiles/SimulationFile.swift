import ContentIdentity
import Diagnostics
import Vocabulary

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

  /// A driver taken from one element of the sound.
  public struct Source: Sendable, Hashable {
    public let driver: Driver
    public let element: Element

    /// `voice/MODEL/LAYER` for a driver of the voice.
    public var label: String { element == .original ? driver.label : "\(element.rawValue)/\(driver.label)" }
  }

  /// One annotation or region.
  public struct Target: Sendable, Hashable {
    public let name: String
    public let source: Source
    /// What drives it in the second cohort; nil: the same.
    public let other: Source?

    /// What drives it in a cohort.
    public func source(in cohort: SimulatedCohort?) -> Source { cohort == .b ? other ?? source : source }
  }

  /// Sounds with known stems.
  public struct Sounds: Sendable, Hashable {
    public let seconds: Int
    public let rateHz: Int
    /// Level of the voice above the soundtrack.
    public let voiceDB: Double
    /// Seed of an untrained network, which is written beside them.
    public let simnet: Int?
  }

  /// A slow course in what people do beside the signal.
  public struct Drift: Sendable, Hashable {
    /// Of the noise's variance.
    public let share: Double
    /// Time constant.
    public let seconds: Double
    /// Whether all people have the same one.
    public let isShared: Bool
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
    public let drift: Drift?

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
  public let sounds: Sounds?
  /// What is divided into two cohorts of different truths, its first half and its second; nil: nothing.
  public let cohorts: CohortMember?

  /// Reads a simulation file (YAML text). Throws one error that lists every problem with its place, as a study file does.
  public init(parsing text: String, file: String) throws {
    let tree = try YAMLTree(parsing: text, file: file)
    var checker = GrammarChecker(file: file, grammar: Grammar([], computed: []), kind: nil)
    let checked = checker.check(tree, .map(Self.keys), at: "") ?? .null
    if checker.problems.isEmpty { Self.checkParts(checked, &checker) }
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
    sounds = Self.sounds(checked["sounds"])
    cohorts = checked["cohorts"]?["by"]?.stringValue.flatMap(CohortMember.init(spelling:))
  }

  /// What of a simulation fits together.
  private static func checkParts(_ checked: JSONValue, _ checker: inout GrammarChecker) {
    let sections = sectionNames.filter { checked[$0] != nil }
    if sections.isEmpty, checked["sounds"] == nil {
      checker.report(
        .studyMissingKey, at: "", reason: "nothing is simulated",
        remedy: "Add annotations, responses, synchrony or sounds.")
    }
    if let section = sections.first, checked["sounds"] != nil {
      checker.report(
        .studyContradiction, at: section, reason: "people follow features of sounds that are imported already",
        remedy: "Make the sounds in a file of their own, import and extract them, and simulate the people then.")
    }
    let by = checked["cohorts"]?["by"]?.stringValue
    if by == CohortMember.subject.rawValue, checked["annotations"] != nil {
      checker.report(
        .studyContradiction, at: "cohorts.by", reason: "raters are no subjects of a cohort",
        remedy: "Divide stimuli, or leave the annotations out.")
    }
    let subjects = ["responses", "synchrony"].compactMap { checked[$0]?["subjects"]?.intValue }
    if by == CohortMember.subject.rawValue, Set(subjects).count > 1 {
      checker.report(
        .studyContradiction, at: "synchrony.subjects",
        reason: "responses have \(subjects[0]) subjects, synchrony has \(subjects[1]), and their halves would differ",
        remedy: "Give both as many.")
    }
    if by == CohortMember.stimulus.rawValue, (checked["stimuli"]?.arrayValue ?? []).count < 2 {
      checker.report(
        .studyContradiction, at: "cohorts.by", reason: "there is one stimulus", remedy: "Name two, or divide subjects.")
    }
    for section in sections where by == nil {
      for (place, target) in (checked[section]?["targets"]?.arrayValue ?? []).enumerated() where target["other"] != nil
      {
        checker.report(
          .studyContradiction, at: "\(section).targets[\(place + 1)].other", reason: "nothing is divided into cohorts",
          remedy: "Add `cohorts: {by: subject}` or `cohorts: {by: stimulus}`.")
      }
    }
  }

  private static let sectionNames = ["annotations", "responses", "synchrony"]

  private static func sounds(_ json: JSONValue?) -> Sounds? {
    guard let json, let seconds = json["seconds"]?.intValue, let rateHz = json["rate_hz"]?.intValue,
      let voiceDB = json["voice_db"]?.doubleValue
    else { return nil }
    return Sounds(seconds: seconds, rateHz: rateHz, voiceDB: voiceDB, simnet: json["simnet"]?.intValue)
  }

  private static func drift(_ json: JSONValue?) -> Drift? {
    guard let json, let share = json["share"]?.doubleValue, let seconds = json["seconds"]?.doubleValue,
      let isShared = json["shared"]?.boolValue
    else { return nil }
    return Drift(share: share, seconds: seconds, isShared: isShared)
  }

  /// The simulation, its stimuli and its targets give folders and files their names.
  private static func checkFileNames(_ checked: JSONValue, _ checker: inout GrammarChecker) {
    var places: [(String, String?)] = [("simulation", checked["simulation"]?.stringValue)]
    places += (checked["stimuli"]?.arrayValue ?? []).enumerated().map { ("stimuli[\($0 + 1)]", $1.stringValue) }
    for section in sectionNames {
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
    let targets = (json["targets"]?.arrayValue ?? []).map { entry in
      Target(name: entry["name"]?.stringValue ?? "", source: source(entry), other: entry["other"].map(source))
    }
    return Section(
      signalShare: json["signal_share"]?.doubleValue ?? 0, lagS: json["lag_s"]?.doubleValue ?? 0, targets: targets,
      people: json[people]?.intValue ?? 1, numbers: members.compactMapValues(\.doubleValue),
      drift: drift(json["drift"]))
  }

  private static func source(_ entry: JSONValue) -> Source {
    let element = entry["element"]?.stringValue.flatMap(Element.init(spelling:))
    let driver: Driver =
      if let model = entry["model"]?.stringValue {
        .layer(model: model, key: entry["layer"]?.stringValue ?? "")
      } else {
        entry["set"]?.stringValue.map { .set($0) } ?? .nothing
      }
    return Source(driver: driver, element: element ?? .original)
  }

  /// What drives a target, beside the keys `more`.
  private static func source(_ more: [GrammarKey]) -> Shape {
    .variants([
      GrammarVariant(
        name: "model",
        keys: more + [
          GrammarKey("model", .text, .required, "Imported model."),
          GrammarKey("layer", .layerKey, .required, "Layer of the model."), element,
        ]),
      GrammarVariant(
        name: "set",
        keys: more + [GrammarKey("set", .text, .required, "Descriptor set, for example vis12."), element]),
      GrammarVariant(
        name: "nothing", keys: more + [GrammarKey("nothing", .flag, .required, "true: the target is noise.")]),
    ])
  }

  private static let target = source([
    name, GrammarKey("other", source([]), .absent, "What drives it in the second of two cohorts."),
  ])
  private static let element = GrammarKey(
    "element", .choice(words(Element.self)), .value(.string(Element.original.rawValue)),
    "Sound whose features drive it.")

  private static let name = GrammarKey("name", .text, .required, "Name of the annotation or region.")

  private static func common(share: Double) -> [GrammarKey] {
    [
      GrammarKey(
        "signal_share", .number(.share), .value(.number(share)), "Share a² of the driven signal."),
      GrammarKey("lag_s", .number(Bounds(0, to: 60)), .value(3), "Seconds by which the driver leads."),
      GrammarKey("targets", .list(target, 1...10_000), .required, "What is simulated, and what drives it."),
    ]
  }

  private static let drift = GrammarKey(
    "drift",
    .map([
      GrammarKey("share", .number(.share), .required, "Share of the noise's variance."),
      GrammarKey("seconds", .number(Bounds(1, to: 86_400)), .value(60), "Time constant."),
      GrammarKey("shared", .flag, .value(false), "true: all people have the same course."),
    ]), .absent, "A slow course beside the signal.")

  private static let people = 1...10_000
  private static let seeds = 0...9_007_199_254_740_991

  static let keys: [GrammarKey] = [
    GrammarKey("simulation", .text, .required, "Name of the simulation."),
    GrammarKey("dataset", .text, .required, "Dataset that holds the stimuli."),
    GrammarKey(
      "stimuli", .list(.text, 1...10_000), .required, "Imported stimuli with features at 1 Hz, or sounds to be made."),
    GrammarKey("seed", .integer(seeds), .value(1), "Keys every random number."),
    GrammarKey("components", .integer(1...1_000), .value(12), "Principal components of each driver."),
    GrammarKey(
      "sounds",
      .map([
        GrammarKey("seconds", .integer(10...600), .value(240), "Length of each."),
        GrammarKey("rate_hz", .integer(16_000...48_000), .value(44_100), "Samples per second."),
        GrammarKey(
          "voice_db", .number(Bounds(-60, to: 60)), .value(0), "Level of the voice above the soundtrack, in dB."),
        GrammarKey("simnet", .integer(seeds), .absent, "Seed of an untrained network of 12 layers, to be imported."),
      ]), .absent, "Stimuli made of a voice and a soundtrack that are known, WAV files."),
    GrammarKey(
      "cohorts",
      .map([GrammarKey("by", .choice(words(CohortMember.self)), .required, "What is halved, in the file's order.")]),
      .absent, "Two cohorts, a and b, whose targets may have drivers of their own."),
    GrammarKey(
      "annotations",
      .map(
        common(share: 0.9) + [
          GrammarKey("raters", .integer(people), .value(10), "Raters of each annotation."),
          GrammarKey(
            "delay_spread_s", .number(Bounds(0, to: 60)), .value(0.8), "Standard deviation of the raters' own delays."),
          drift,
        ]), .absent, "Continuous ratings, one CSV file each."),
    GrammarKey(
      "responses",
      .map(
        common(share: 0.9) + [
          GrammarKey("subjects", .integer(people), .value(12), "Viewers."),
          GrammarKey("tr_s", .number(Bounds(0.01, to: 60)), .value(1), "Repetition time."), drift,
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
