import ContentIdentity
import Diagnostics
import Lineage
import TableText
import Warehouse

/// The methods of studies as paragraphs of Markdown, of stored rows alone: data, features, preparation, models, inference,
/// software, each with its counts, and the hashes by which the results are known. Beside it the sources to cite.
public struct MethodsText {
  /// Markdown.
  public private(set) var text = ""
  /// BibTeX.
  public var bibliography: String { Bibliography.text(of: cited) }
  private var cited: Set<String> = ["evoke"]

  private let connection: Connection

  /// - Parameter studies: names of studies that were run.
  /// - Throws: `E-WH-010` for a study that was not.
  public init(of studies: [String], in connection: Connection) throws {
    self.connection = connection
    for study in studies { text += (text.isEmpty ? "" : "\n") + (try paragraphs(study)) }
  }

  /// What leaves with it: no person is named.
  public static func departure(of studies: [String], in connection: Connection) throws -> Departure {
    let keys = try studies.map { try StudyRun($0, in: connection).unitKeys }
    return Departure("methods of \(studies.joined(separator: ", "))", .group, units: Set(keys.joined()))
  }

  private mutating func paragraphs(_ study: String) throws -> String {
    let run = try StudyRun(study, in: connection)
    let parts = [
      try data(run), try features(run), try preparation(run), try synchrony(run), try model(run),
      try inference(run), try software(run),
    ]
    return "## \(study)\n\n"
      + parts.filter { !$0.isEmpty }.map { $0.joined(separator: " ") + "\n" }.joined(separator: "\n")
  }

  private func data(_ run: StudyRun) throws -> [String] {
    try connection.methodsData(units: run.units).map { row in
      let entered = [
        Self.count(row.stimulusCount, one: "stimulus", more: "stimuli"),
        row.personCount.map { Self.count($0, one: row.isRated == 1 ? "rater" : "subject") },
      ]
      let targets = Self.list(try Self.texts(row.targets))
      return Self.joined([
        "Of dataset \(row.dataset)", row.licence.map { " (\($0))" }, ", ", Self.list(entered.compactMap(\.self)),
        " entered ",
        Self.count(row.fitCount, one: "model"), " of \(targets), of up to \(row.sampleCount) rows each.",
      ])
    }
  }

  private mutating func features(_ run: StudyRun) throws -> [String] {
    try connection.methodsFeatures(units: run.units).map { row in
      let elements = Self.list(try Self.texts(row.elements))
      guard let architecture = row.architecture, let parameters = row.parameterCount, let hash = row.weightsSHA256
      else {
        return "Features were \(row.featureSet) of the \(elements) sound."
      }
      cited.insert(architecture)
      let layers = row.layerCount > 0 ? ", \(Self.count(row.layerCount, one: "layer"))" : ""
      return "Features were \(row.featureSet) (\(architecture)\(layers), \(parameters) parameters, weights SHA-256 "
        + "\(hash.prefix(12))) of the \(elements) sound."
    }
  }

  private mutating func preparation(_ run: StudyRun) throws -> [String] {
    try connection.methodsSettings(units: run.units).compactMap { row in
      guard let text = row.preparation, row.step.contains("preparation") || row.step.contains("source") else {
        return nil
      }
      let settings = try JSONValue(parsing: text)
      for word in Self.words(in: settings) { cited.insert(word) }
      let what = row.step.replacing("_", with: " ")
      return
        "\(Self.count(row.unitCount, one: "unit")) of \(what) (version \(row.version)) had the settings \(Self.shown(settings))."
    }
  }

  private mutating func synchrony(_ run: StudyRun) throws -> [String] {
    let rows = try connection.methodsSynchrony(units: run.units)
    if !rows.isEmpty { cited.formUnion(["synchrony"]) }
    cited.formUnion(rows.map(\.method))
    return rows.map { row in
      let null = row.nullKind.map { kind in
        let draws = row.nullDraws.map { Self.count($0, one: "draw") + " of " }
        return Self.joined([", held against ", draws, kind.replacing("_", with: " ")])
      }
      return
        "Synchrony of \(Self.count(row.subjectCount, one: "subject")) of \(row.dataset) (\(row.signal), \(row.band), "
        + "\(row.method.replacing("_", with: " "))) was measured in windows of \(NumberText.of(row.windowS)) s every "
        + "\(NumberText.of(row.stepS)) s, stamped at their \(row.anchor), in \(Self.count(row.regionCount, one: "region")) during "
        + Self.joined([Self.count(row.stimulusCount, one: "stimulus", more: "stimuli"), null, "."])
    }
  }

  private mutating func model(_ run: StudyRun) throws -> [String] {
    let fits = try connection.methodsFits(units: run.units)
    guard !fits.isEmpty else { return [] }
    var sentences: [String] = []
    let settings = try connection.methodsSettings(units: run.units).compactMap(\.encoding)
    let isStacked = try JSONValue(parsing: run.row.definition)["encoding"]?["model"]?.stringValue == "stacking"
    for text in Set(settings).sorted() {
      let fitting = try Fitting(JSONValue(parsing: text), isStacked: isStacked)
      if fitting.isBanded, !isStacked { cited.formUnion(["banded"]) }
      sentences.append(fitting.sentence)
    }
    for fit in fits {
      let delays = try StoredJSON.read([Double].self, fit.delaysS, of: "delays of a fit")
      let shape =
        switch fit.delayShape {
        case "single": "at delays of"
        case "chosen": "at one delay, found by the training rows of every fold, of"
        default: "under raised cosines centred at"
        }
      let folds = fit.fewestFolds == fit.mostFolds ? "\(fit.mostFolds)" : "\(fit.fewestFolds) to \(fit.mostFolds)"
      sentences.append(
        "Features entered \(fit.targetKind) models \(shape) \(delays.map { NumberText.of($0) }.joined(separator: ", ")) s; "
          + "r is the Fisher-z mean of \(folds) outer folds; \(fit.validCount) of \(fit.scoreCount) scores may be reported."
      )
    }
    cited.formUnion(["folds"])
    return sentences
  }

  /// The settings of a fit, as its unit has them.
  private struct Fitting {
    private let settings: JSONValue
    private let penalties: [Double]
    /// Whether each target found how bands share the penalty.
    let isBanded: Bool
    /// Whether sets that are fitted together are fitted alone and weighed.
    private let isStacked: Bool

    /// - Throws: `E-WH-005` where one of them is missing.
    init(_ settings: JSONValue, isStacked: Bool) throws {
      (self.settings, self.isStacked) = (settings, isStacked)
      let needed = ["lambda_scope", "selection", "inner", "outer", "gap"]
      guard let isBanded = settings["band_search"]?.boolValue, let grid = settings["lambdas"]?["values"]?.arrayValue,
        needed.allSatisfy({ settings[$0] != nil }), case let penalties = grid.compactMap(\.doubleValue),
        penalties.count == grid.count, !penalties.isEmpty
      else {
        throw EvokeError(
          .catalogFailed, "settings of a fit",
          reason: "they are not what this program writes: \(settings.canonical.prefix(80))",
          remedy: "evoke verify says what was changed")
      }
      (self.isBanded, self.penalties) = (isBanded, penalties)
    }

    private func word(_ key: String) -> String {
      guard let value = settings[key] else { preconditionFailure("the initialiser asked for \(key)") }
      return MethodsText.shown(value)
    }

    var sentence: String {
      let adjective = isStacked ? "stacked " : isBanded ? "banded " : ""
      let ends = [penalties.min(), penalties.max()].compactMap { $0.map { NumberText.of($0, digits: 3) } }
      return
        "Targets were predicted by \(adjective)ridge regression with \(penalties.count) penalties from "
        + "\(ends.joined(separator: " to ")) chosen \(word("lambda_scope")) by \(word("selection")) over inner folds "
        + "(\(word("inner"))) and tested on outer folds (\(word("outer")), gap \(word("gap"))), transforms fitted on training "
        + "rows only."
    }
  }

  private mutating func inference(_ run: StudyRun) throws -> [String] {
    var sentences = try connection.methodsNulls(units: run.units).map { row in
      cited.insert(row.nullKind)
      return Self.joined([
        "\(row.quantity) was held against \(Self.count(row.nullDraws, one: "draw")) of \(row.nullKind.replacing("_", with: " ")) "
          + "(\(row.tail)", row.pFloor.map { ", smallest p \(NumberText.of($0, digits: 3))" }, ").",
      ])
    }
    for row in try connection.methodsFamilies(run: run.row.runID) {
      let ways = [
        row.hasMax == 1 ? ("max", "the maximum statistic") : nil, row.hasQ == 1 ? ("bh", "Benjamini-Hochberg") : nil,
      ].compactMap(\.self)
      if ways.isEmpty { continue }
      cited.formUnion(ways.map(\.0))
      sentences.append(
        "\(row.quantity) of \(Self.count(row.memberCount, one: "cell")) was corrected by \(Self.list(ways.map(\.1))) in "
          + "\(Self.count(row.familyCount, one: "family", more: "families")) over "
          + "\(Self.list(row.dimensions.split(separator: ",").map { String($0).replacing("_", with: " ") })).")
    }
    return sentences
  }

  private func software(_ run: StudyRun) throws -> [String] {
    let machines = try connection.methodsSoftware(units: run.units).map { row in
      let libraries = try StoredJSON.read([String: String].self, row.libraryVersions, of: "libraries of a machine")
      let names = libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return
        "\(Self.count(row.unitCount, one: "unit")) were computed by Evoke \(row.evokeVersion) on \(row.cpuModel) (BLAS kernel "
        + "\(row.blasKernel), \(Self.count(row.threads, one: "thread")); \(names.joined(separator: ", ")))."
    }
    let run = run.row
    return machines + [
      Self.joined([
        "Random numbers: \(run.generator), seed \(run.seed). Run \(run.runID), plan \(run.planSHA256)",
        run.rootSHA256.map { ", results \($0)" }, ".",
      ])
    ]
  }
}

extension MethodsText {
  private static func count(_ number: Int, one: String, more: String? = nil) -> String {
    "\(number) \(number == 1 ? one : more ?? one + "s")"
  }

  private static func joined(_ parts: [String?]) -> String { parts.compactMap(\.self).joined() }

  private static func texts(_ list: String) throws -> [String] {
    try StoredJSON.read([String].self, list, of: "a list of names").sorted()
  }

  private static func list(_ words: [String]) -> String {
    words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " and \(words[words.count - 1])"
  }

  /// Settings in words: `leave one acquisition run`, `bandpass hz 1, 45; reference average`.
  fileprivate static func shown(_ value: JSONValue) -> String {
    switch value {
    case .null: "none"
    case .bool(let flag): flag ? "yes" : "no"
    case .number(let number): NumberText.of(number)
    case .string(let text): text.replacing("_", with: " ")
    case .array(let values): values.map(shown).joined(separator: ", ")
    case .object(let members):
      members.sorted { $0.key < $1.key }.map { key, value in
        [key == "_0" ? "" : key.replacing("_", with: " "), value == .object([:]) ? "" : shown(value)]
          .filter { !$0.isEmpty }.joined(separator: " ")
      }.joined(separator: "; ")
    }
  }

  /// Every text in it, for what is to be cited.
  private static func words(in value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let values): values.flatMap(words)
    case .object(let members): members.values.flatMap(words)
    default: []
    }
  }
}
