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
    package static let lengths = 10...600
    package static let rates = 16_000...48_000
    /// dB.
    package static let levels = -60.0...60.0

    public let seconds: Int
    public let rateHz: Int
    /// Levels of the voice above the soundtrack, given to the stimuli in turn.
    public let voiceDB: [Double]
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
    /// Nil: what its kind has by itself; synchrony has none.
    public let drift: Drift?
  }

  /// Continuous ratings.
  public struct Annotations: Sendable, Hashable {
    public let section: Section
    /// Standard deviation of the raters' own delays.
    public let delaySpreadS: Double
  }

  /// Recorded responses.
  public struct Responses: Sendable, Hashable {
    public let section: Section
    /// Repetition time.
    public let repetitionS: Double
  }

  /// Region time courses whose synchrony is driven.
  public struct Synchrony: Sendable, Hashable {
    public let section: Section
    public let rateHz: Double
    /// Largest synchrony.
    public let largest: Double
    /// Steepness of the sigmoid from signal to synchrony.
    public let gain: Double
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
  public let annotations: Annotations?
  public let responses: Responses?
  public let synchrony: Synchrony?
  public let sounds: Sounds?
  /// What is divided into two cohorts of different truths, its first half and its second; nil: nothing.
  public let cohorts: CohortMember?

  /// What all kinds of targets share, of those that are simulated.
  public var sections: [Section] {
    [annotations?.section, responses?.section, synchrony?.section].compactMap(\.self)
  }

  /// Reads a simulation file (YAML text). Throws one error that lists every problem with its place, as a study file does.
  public init(parsing text: String, file: String) throws {
    let tree = try YAMLTree(parsing: text, file: file)
    var checker = GrammarChecker(file: file, grammar: Grammar([], computed: []), kind: nil)
    let whole = checker.check(tree, .map(Self.keys), at: "")
    if let whole {
      if checker.problems.isEmpty { Self.checkParts(whole, &checker) }
      Self.checkFileNames(whole, &checker)
    }
    if let refusal = StudyDefinition.refusal(checker.problems, file: file) { throw refusal }
    guard let whole else { preconditionFailure("what is no mapping has a problem") }
    name = whole.text("simulation")
    dataset = whole.text("dataset")
    stimuli = whole.texts("stimuli")
    seed = whole.integer("seed")
    components = whole.integer("components")
    annotations = whole["annotations"].map(Annotations.init)
    responses = whole["responses"].map(Responses.init)
    synchrony = whole["synchrony"].map(Synchrony.init)
    sounds = whole["sounds"].map(Sounds.init)
    cohorts = whole["cohorts"].map { $0.word("by") }
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
    if let levels = checked["sounds"]?["voice_db"]?.arrayValue, levels.count > checked.items("stimuli").count {
      checker.report(
        .studyContradiction, at: "sounds.voice_db", reason: "there are \(levels.count) levels, and fewer stimuli",
        remedy: "Name as many levels as stimuli, or fewer: they are given to the stimuli in turn.")
    }
    for section in sections { checkTargets(of: checked, section, &checker) }
    guard let by = checked["cohorts"].map({ $0.word("by", as: CohortMember.self) }) else { return }
    switch by {
    case .subject: checkSubjects(of: checked, &checker)
    case .stimulus:
      guard checked.items("stimuli").count < 2 else { return }
      checker.report(
        .studyContradiction, at: "cohorts.by", reason: "there is one stimulus", remedy: "Name two, or divide subjects.")
    }
  }

  /// The names of targets tell their files and regions apart; what drives a second cohort needs one.
  private static func checkTargets(of checked: JSONValue, _ section: String, _ checker: inout GrammarChecker) {
    var known: Set<String> = []
    for (place, target) in (checked[section]?.items("targets") ?? []).enumerated() {
      let at = "\(section).targets[\(place + 1)]"
      let name = target.text("name")
      if !known.insert(name).inserted {
        checker.report(
          .studyContradiction, at: at + ".name", reason: "`\(name)` is the name of another target, too",
          remedy: "Give each target a name of its own.")
      }
      if target["other"] != nil, checked["cohorts"] == nil {
        checker.report(
          .studyContradiction, at: at + ".other", reason: "nothing is divided into cohorts",
          remedy: "Add `cohorts: {by: subject}` or `cohorts: {by: stimulus}`.")
      }
    }
  }

  private static func checkSubjects(of checked: JSONValue, _ checker: inout GrammarChecker) {
    if checked["annotations"] != nil {
      checker.report(
        .studyContradiction, at: "cohorts.by", reason: "raters are no subjects of a cohort",
        remedy: "Divide stimuli, or leave the annotations out.")
    }
    let subjects = ["responses", "synchrony"].compactMap { name in
      checked[name].map { (name: name, count: $0.integer("subjects")) }
    }
    if let alone = subjects.first(where: { $0.count < 2 }) {
      checker.report(
        .studyContradiction, at: "\(alone.name).subjects", reason: "one subject makes no two cohorts",
        remedy: "Simulate two or more, or divide stimuli.")
    }
    if Set(subjects.map(\.count)).count > 1 {
      checker.report(
        .studyContradiction, at: "synchrony.subjects",
        reason:
          "responses have \(subjects[0].count) subjects, synchrony has \(subjects[1].count): their halves would differ",
        remedy: "Give both as many.")
    }
  }

  private static let sectionNames = ["annotations", "responses", "synchrony"]

  /// The simulation, its stimuli and its targets give folders and files their names.
  private static func checkFileNames(_ checked: JSONValue, _ checker: inout GrammarChecker) {
    // A name with a problem of its own is not here.
    var places: [(String, String?)] = [("simulation", checked["simulation"]?.stringValue)]
    places += checked.items("stimuli").enumerated().map { ("stimuli[\($0 + 1)]", $1.stringValue) }
    for section in sectionNames {
      places += (checked[section]?.items("targets") ?? []).enumerated().map {
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
        name: "nothing", keys: more + [GrammarKey("nothing", .choice(["true"]), .required, "The target is noise.")]),
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
  private static let level = Shape.number(Bounds(Sounds.levels.lowerBound, to: Sounds.levels.upperBound))
  package static let seeds = 0...9_007_199_254_740_991

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
        GrammarKey("seconds", .integer(Sounds.lengths), .value(240), "Length of each."),
        GrammarKey("rate_hz", .integer(Sounds.rates), .value(44_100), "Samples per second."),
        GrammarKey(
          "voice_db", .anyOf([level, .list(level, 2...10_000)]), .value(0),
          "Level of the voice above the soundtrack, in dB; several are given to the stimuli in turn."),
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

extension SimulationFile.Annotations {
  fileprivate init(_ json: JSONValue) {
    section = SimulationFile.Section(json, people: "raters")
    delaySpreadS = json.number("delay_spread_s")
  }
}

extension SimulationFile.Responses {
  fileprivate init(_ json: JSONValue) {
    section = SimulationFile.Section(json, people: "subjects")
    repetitionS = json.number("tr_s")
  }
}

extension SimulationFile.Synchrony {
  fileprivate init(_ json: JSONValue) {
    section = SimulationFile.Section(json, people: "subjects")
    (rateHz, largest, gain) = (json.number("rate_hz"), json.number("largest"), json.number("gain"))
  }
}

extension SimulationFile.Section {
  fileprivate init(_ json: JSONValue, people: String) {
    (signalShare, lagS) = (json.number("signal_share"), json.number("lag_s"))
    targets = json.items("targets").map(SimulationFile.Target.init)
    self.people = json.integer(people)
    drift = json["drift"].map(SimulationFile.Drift.init)
  }
}

extension SimulationFile.Drift {
  fileprivate init(_ json: JSONValue) {
    (share, seconds, isShared) = (json.number("share"), json.number("seconds"), json.flag("shared"))
  }
}

extension SimulationFile.Target {
  fileprivate init(_ json: JSONValue) {
    name = json.text("name")
    source = SimulationFile.Source(json)
    other = json["other"].map(SimulationFile.Source.init)
  }
}

extension SimulationFile.Source {
  fileprivate init(_ json: JSONValue) {
    if json["nothing"] != nil {
      (driver, element) = (.nothing, .original)
    } else {
      driver = json["set"] == nil ? .layer(model: json.text("model"), key: json.text("layer")) : .set(json.text("set"))
      element = json.word("element")
    }
  }
}

extension SimulationFile.Sounds {
  fileprivate init(_ json: JSONValue) {
    (seconds, rateHz) = (json.integer("seconds"), json.integer("rate_hz"))
    voiceDB = json["voice_db"]?.arrayValue?.compactMap(\.doubleValue) ?? [json.number("voice_db")]
    simnet = json["simnet"] == nil ? nil : json.integer("simnet")
  }
}
