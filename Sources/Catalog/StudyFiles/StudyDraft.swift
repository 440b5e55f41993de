import ContentIdentity
import Diagnostics

/// A study file of a kind that fits what a warehouse holds, with every key it leaves out as a comment.
public struct StudyDraft: Sendable {
  /// YAML, which reads as a study.
  public let text: String

  /// - Throws: `E-STU-009` for a kind that is not computed, `draftLacks` where the warehouse holds nothing that the kind needs.
  ///   Whatever `accepts` throws of every draft is such a lack.
  public init(
    _ kind: StudyKind, of holdings: StudyHoldings, grammar: Grammar, accepts: (StudyDefinition) throws -> Void
  ) throws {
    guard grammar.isComputed(kind) else {
      throw EvokeError(
        .studyNotComputed, "study kind \(kind.name)", reason: "its files are read and checked, and nothing is computed",
        remedy: "name one of: \(grammar.kinds.filter(grammar.isComputed).map(\.name).joined(separator: ", "))")
    }
    // Kinds have rules of their own, which the keys do not tell: the first draft that reads as a study is it.
    var refusal: EvokeError?
    for (ofRatings, perSubject) in [(false, false), (false, true), (true, false), (true, true)] {
      var writer = Writer(kind: kind, holdings: holdings, ofRatings: ofRatings, perSubject: perSubject)
      do {
        let text = try writer.text(grammar)
        try accepts(try StudyDefinition(parsing: text, file: "the draft", grammar: grammar))
        self.text = text
        return
      } catch let error as EvokeError {
        refusal = refusal ?? (error.code == .draftLacks ? error : Self.noStudy(kind, error))
      }
    }
    if let refusal { throw refusal }
    preconditionFailure("a draft was tried")
  }

  private static func noStudy(_ kind: StudyKind, _ error: EvokeError) -> EvokeError {
    EvokeError(
      .draftLacks, "study kind \(kind.name)", reason: "what is there makes no such study: \(error.reason)",
      remedy: "import what it speaks of (evoke import --help), and draft it again")
  }

  /// How many of a kind stand in the draft; the others are comments.
  private static let shown = 3

  private struct Writer {
    let kind: StudyKind
    let holdings: StudyHoldings
    /// Whether ratings are what predicts.
    let ofRatings: Bool
    /// Whether every subject's responses are predicted.
    let perSubject: Bool
    private var lines: [String] = []

    init(kind: StudyKind, holdings: StudyHoldings, ofRatings: Bool, perSubject: Bool) {
      (self.kind, self.holdings, self.ofRatings, self.perSubject) = (kind, holdings, ofRatings, perSubject)
    }

    mutating func text(_ grammar: Grammar) throws -> String {
      lines = [
        "# \(kind.name): \(kind.summary)",
        "# `evoke explain \(kind.name)` tells every key; `evoke plan FILE` shows what it comes to, `evoke run FILE` computes it.",
        "study: \(kind.name.replacing("_", with: "-"))",
        "kind: \(kind.name)",
        "datasets: [\(holdings.datasets.map { yaml($0.name) }.joined(separator: ", "))]",
      ]
      for key in grammar.keys where key.applies(to: kind) {
        switch key.name {
        case "study", "kind", "datasets": break
        case "features": try entries(key, features, lacking: "feature", remedy: Self.featureRemedy)
        case "targets": try entries(key, targets, lacking: "target", remedy: Self.targetRemedy)
        case "covariates" where Grammar.isRequired(key, at: key.name, in: kind): try covariate(key)
        case kind.name: try block(key)
        default:
          let isRequired = Grammar.isRequired(key, at: key.name, in: kind)
          let value = kind.standards[key.name].map(Self.spelled) ?? Self.spelled(key.standard)
          lines.append(isRequired ? "\(key.name): {}   # \(key.summary)" : "# \(key.name): \(value)   # \(key.summary)")
        }
      }
      return lines.joined(separator: "\n") + "\n"
    }

    /// The kind's own keys: those of a draft, or a comment.
    private mutating func block(_ key: GrammarKey) throws {
      if let draft = kind.draftOfSounds {
        lines += ["\(key.name):   # \(key.summary)"] + draft(holdings.sounds.map(yaml))
      } else if let draft = kind.draftOfMap {
        guard let study = holdings.mapped.first, let column = holdings.columns.first else {
          throw EvokeError(
            .draftLacks, "study kind \(kind.name)",
            reason: holdings.columns.isEmpty
              ? "no imported atlas has a column of numbers" : "no study of these datasets that was run fits regions",
            remedy: holdings.columns.isEmpty
              ? "evoke import atlas TABLE, and draft it again"
              : "evoke run a study with response or synchrony targets (evoke import fmri|eeg FILE), and draft it again")
        }
        lines += ["\(key.name):   # \(key.summary)"] + draft(yaml(study), yaml(column.atlas), yaml(column.name))
      } else {
        lines.append("# \(key.name): \(Self.spelled(key.standard))   # \(key.summary)")
      }
    }

    /// What is controlled for, and so is no feature.
    private var control: String? {
      guard kind.standards["covariates"].map({ if case .required = $0 { true } else { false } }) == true else {
        return nil
      }
      if holdings.hasPicture { return "{set: vis12}" }
      return holdings.spaces.last.flatMap {
        holdings.spaces.count + soundFeatures.count > 1 ? "{space: \(yaml($0))}" : nil
      }
    }

    /// Kinds that correlate over lags compare changes: levels share their slow courses.
    private var isLagged: Bool { kind.takes.contains(.lags) && !kind.takes.contains(.encoding) }
    private var changes: String { isLagged ? ", transform: changes" : "" }

    private var soundFeatures: [String] {
      guard holdings.hasSound else { return [] }
      let reduced = kind.takes.contains(.encoding) ? ", reduce: {pca: 12}" : changes
      return holdings.encoders.map { "{model: \(yaml($0)), layers: all\(reduced)}" } + ["{set: lld12\(changes)}"]
    }

    private var features: [String] {
      if ofRatings { return holdings.ratings.map { "{annotation: \(yaml($0))\(changes)}" } }
      if kind.draftOfSounds != nil { return soundFeatures }
      if kind.standards["elements"] != nil { return holdings.separates ? soundFeatures : [] }
      return (soundFeatures + holdings.spaces.map { "{space: \(yaml($0))\(changes)}" }).filter { $0 != control }
    }

    private var targets: [String] {
      var found: [String] = []
      if kind.takes.contains(.annotations), !ofRatings {
        found += holdings.ratings.map { "{annotation: \(yaml($0))\(changes)}" }
      }
      if kind.takes.contains(.responses) {
        found += holdings.signals.map {
          "{response: \(yaml($0.name)), level: \(perSubject || $0.subjectCount == 1 ? "subject" : "group")}"
        }
      }
      if kind.takes.contains(.synchrony), let signal = holdings.signals.first(where: { $0.subjectCount > 1 }) {
        // Windows of ten values at least.
        let step = max(1, (10 / signal.rateHz).rounded(.up) / 10)
        let spelled = JSONValue.number(step).canonical
        found.append("{synchrony: {window_s: \(JSONValue.number(10 * step).canonical), step_s: \(spelled)}}")
      }
      return found
    }

    private static let featureRemedy =
      "import sound (evoke import audio FILE...; for voice and soundtrack also evoke import weights or stems) or features "
      + "(evoke import features FILE), and draft it again"
    private static let targetRemedy =
      "import ratings (evoke import annotations FILE) or recordings (evoke import eeg|fmri FILE), and draft it again"

    /// The first as entries, the others as comments.
    private mutating func entries(_ key: GrammarKey, _ all: [String], lacking: String, remedy: String) throws {
      guard !all.isEmpty else {
        throw EvokeError(
          .draftLacks, "study kind \(kind.name)",
          reason:
            "the datasets \(holdings.datasets.map(\.name).joined(separator: ", ")) hold nothing that can be a \(lacking)",
          remedy: remedy)
      }
      lines.append("\(key.name):   # \(key.summary)")
      for (place, entry) in all.enumerated() { lines.append((place < StudyDraft.shown ? "  - " : "  # - ") + entry) }
    }

    private mutating func covariate(_ key: GrammarKey) throws {
      guard let control else {
        throw EvokeError(
          .draftLacks, "study kind \(kind.name)",
          reason: "there are no pictures and no second feature space to control for",
          remedy: "import a film (evoke import video FILE) or features (evoke import features FILE), and draft it again"
        )
      }
      lines.append("covariates: \(control)   # \(key.summary)")
    }

    private static func spelled(_ standard: GrammarKey.Standard) -> String {
      switch standard {
      case .required, .absent: "..."
      case .defaults: "{}"
      case .value(let value): value.shown
      case .rule(let words): "(\(words))"
      }
    }

    private static func spelled(_ standard: StudyKind.Standard) -> String {
      if case .value(let words, _) = standard { words } else { "..." }
    }

    /// A name as it stands in a list of YAML: plain where nothing can be read otherwise. Names hold no line ends.
    private func yaml(_ name: String) -> String {
      let isPlain = name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_.-]*/) != nil
      let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
      return isPlain && !words.contains(name.lowercased()) ? name : "'" + name.replacing("'", with: "''") + "'"
    }
  }
}
