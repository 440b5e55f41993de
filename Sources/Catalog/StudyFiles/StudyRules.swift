import ContentIdentity
import Diagnostics
import Vocabulary

/// Rules between keys, which the tables cannot say. Each skips what is absent because of an earlier problem.
struct StudyRules {
  let root: [String: JSONValue]

  private var features: [JSONValue] { root["features"]?.arrayValue ?? [] }
  private var targets: [JSONValue] { root["targets"]?.arrayValue ?? [] }
  private var statistics: JSONValue { root["statistics"] ?? .null }

  static func check(_ root: [String: JSONValue], into checker: inout GrammarChecker) {
    let rules = StudyRules(root: root)
    let sound = checker.problems.isEmpty
    rules.checkName(&checker)
    rules.checkJoint(&checker)
    rules.checkCovariates(&checker)
    for (i, target) in rules.targets.enumerated() {
      rules.checkTarget(target, at: "targets[\(i + 1)]", sound: sound, &checker)
    }
    rules.checkNull(&checker)
    let contrasts = rules.statistics["contrasts"]?.arrayValue ?? []
    for (i, contrast) in contrasts.enumerated() {
      rules.checkContrast(
        contrast, before: contrasts[..<i], at: "statistics.contrasts[\(i + 1)]", sound: sound, &checker)
    }
  }

  private func checkName(_ checker: inout GrammarChecker) {
    guard let name = root["study"]?.stringValue, name.contains("/") else { return }
    checker.report(
      .studyValue, at: "study", reason: "`\(name)` has a slash", remedy: "Use letters, digits, dots, dashes.")
  }

  static func name(of feature: JSONValue) -> String? {
    (feature["model"] ?? feature["set"] ?? feature["space"] ?? feature["annotation"])?.stringValue
  }

  private func checkJoint(_ checker: inout GrammarChecker) {
    let names = features.compactMap(Self.name)
    // Names are missing where an entry has a problem of its own.
    guard names.count == features.count else { return }
    if root["features"] != nil, names.isEmpty {
      checker.report(
        .studyMissingKey, at: "features", reason: "there are joint sets but no features",
        remedy: "List the sets by themselves too.")
    }
    for set in root["joint"]?.arrayValue ?? [] {
      for name in (set.arrayValue ?? []).compactMap(\.stringValue) {
        let matches = names.count { $0 == name }
        guard matches != 1 else { continue }
        let known = names.joined(separator: ", ")
        let reason = matches == 0 ? "`\(name)` is not among the features" : "`\(name)` names \(matches) features"
        checker.report(
          .studyContradiction, at: "joint", reason: reason, remedy: "Join features of one meaning: \(known).")
      }
    }
  }

  private func checkCovariates(_ checker: inout GrammarChecker) {
    guard let covariates = root["covariates"]?.arrayValue else { return }
    for covariate in covariates {
      let clash = features.contains { feature in
        ["model", "set", "space", "annotation"].contains { feature[$0] != nil && feature[$0] == covariate[$0] }
      }
      guard clash, let name = Self.name(of: covariate) else { continue }
      checker.report(
        .studyContradiction, at: "covariates", reason: "`\(name)` is a feature and a covariate",
        remedy: "Keep it in one of the two.")
    }
  }

  /// Whether a feature has `hrf: spm` or `glover`.
  static func isConvolved(_ feature: JSONValue) -> Bool { feature["hrf"] != nil && feature["hrf"] != "none" }

  /// The first and the last delay of a completed target.
  private static func reach(of target: JSONValue) -> (low: Double, high: Double)? {
    if target["delays_s"]?.stringValue == DelayText.automatic {
      let kind = TargetKind.allCases.first { target[$0.rawValue] != nil }
      return kind.map(StudyCompletion.delaySpan).map { ($0.lowerBound, $0.upperBound) }
    }
    guard let delays = target["delays_s"]?.arrayValue?.compactMap(\.doubleValue), let low = delays.min(),
      let high = delays.max()
    else { return nil }
    return (low, high)
  }

  /// A convolved feature must not be delayed by the response a second time.
  private func checkConvolution(_ target: JSONValue, at path: String, _ checker: inout GrammarChecker) {
    guard target["response"] != nil, let feature = features.first(where: Self.isConvolved),
      let low = Self.reach(of: target)?.low, low > 0
    else { return }
    checker.report(
      .studyContradiction, at: "\(path).delays_s",
      reason: "`\(Self.name(of: feature) ?? "")` is convolved with a haemodynamic response, and delays begin at "
        + "\(shown(low)) s",
      remedy: "Give every feature the same `hrf`, or write delays_s: [0] here, or leave `hrf` out.")
  }

  private func checkTarget(_ target: JSONValue, at path: String, sound: Bool, _ checker: inout GrammarChecker) {
    if target.isNull { return }
    if sound { checkConvolution(target, at: path, &checker) }
    guard let synchrony = target["synchrony"] else {
      if target["window_features"] == true {
        checker.report(
          .studyContradiction, at: "\(path).window_features", reason: "only synchrony targets have a window",
          remedy: "Remove it, or smooth the features: `transform: {smooth_s: S}`.")
      }
      return
    }
    checkSynchrony(synchrony, at: "\(path).synchrony", &checker)
    guard sound, target["window_features"] == false, let window = synchrony["window_s"]?.doubleValue,
      let (low, high) = Self.reach(of: target)
    else { return }
    // The window covers these delays of the sound; the response itself comes up to 5 s later.
    let (first, last) = synchrony["anchor"] == "end" ? (0, window) : (-window / 2, window / 2)
    guard low > first || high < last else { return }
    let list = "\"\(Int(first.rounded(.down)))..\(Int((last + 5).rounded(.up)))\""
    checker.report(
      .studyContradiction, at: "\(path).delays_s",
      reason: "delays from \(shown(low)) to \(shown(high)) s do not span the window of \(shown(window)) s",
      remedy: "Leave window_features on, or use delays_s: \(list).")
  }

  private func checkSynchrony(_ synchrony: JSONValue, at path: String, _ checker: inout GrammarChecker) {
    if synchrony["level"] == "subject", synchrony["method"]?.stringValue ?? "pairwise" == "pairwise" {
      checker.report(
        .studyContradiction, at: "\(path).level", reason: "a pair is of two subjects",
        remedy: "Write `method: leave_one_out` (or corrca): each subject against the others.")
    }
    let isPerSecond = synchrony["signal"] == "de" || synchrony["signal"] == "fd"
    if isPerSecond, let window = synchrony["window_s"]?.doubleValue, window < 3 {
      checker.report(
        .studyContradiction, at: "\(path).window_s",
        reason: "`\(synchrony["signal"]?.stringValue ?? "")` has one value a second, a correlation needs three",
        remedy: "Use a window of 3 s or more; of 10 values or more to find anything.")
    }
    if synchrony["method"] == "corrca", root["statistics"]?["null"] == "clip_shuffle" {
      checker.report(
        .studyContradiction, at: "statistics.null", reason: "components are fitted to the alignment that it breaks",
        remedy: "Use phase or circular_shift with corrca.")
    }
  }

  private func shown(_ value: Double) -> String { JSONValue.number(value).canonical }

  private func checkNull(_ checker: inout GrammarChecker) {
    guard let null = statistics["null"]?.stringValue, let draws = statistics["draws"]?.intValue else { return }
    if null == "none", draws > 0 {
      checker.report(
        .studyContradiction, at: "statistics.draws", reason: "`null: none` makes no draws, `draws` asks for \(draws)",
        remedy: "Remove `draws`, or choose a null.")
    }
    if null != "none", draws == 0 {
      checker.report(
        .studyContradiction, at: "statistics.draws", reason: "`null: \(null)` without draws gives no p",
        remedy: "Write `null: none`, or ask for draws.")
    }
  }

  private func checkContrast(
    _ contrast: JSONValue, before: ArraySlice<JSONValue>, at path: String, sound: Bool, _ checker: inout GrammarChecker
  ) {
    if let name = contrast["name"], before.contains(where: { $0["name"] == name }) {
      checker.report(
        .studyValue, at: "\(path).name", reason: "another contrast has this name", remedy: "Give each its own name.")
    }
    if let a = contrast["a"], a == contrast["b"] {
      checker.report(.studyContradiction, at: path, reason: "a and b are the same", remedy: "Contrast two things.")
    }
    guard sound else { return }
    for side in ["a", "b"] {
      guard let problem = contrast[side].flatMap(problem) else { continue }
      checker.report(.studyContradiction, at: "\(path).\(side)", reason: problem.reason, remedy: problem.remedy)
    }
  }

  /// Why a side selects nothing in this study.
  private func problem(of side: JSONValue) -> (reason: String, remedy: String)? {
    let names = features.compactMap(Self.name)
    if let set = side["set"]?.stringValue, !names.contains(set) {
      return ("`\(set)` is not among the features", "Features of this study: \(names.joined(separator: ", ")).")
    }
    let layered = features.filter { $0["layers"] != nil }
    if side["rel_depth"] != nil, layered.isEmpty {
      return ("no feature has layers", "Add a model or a layered space.")
    }
    if let layer = side["layer"]?.stringValue {
      let listed = layered.flatMap { $0["layers"]?.arrayValue ?? [] }.compactMap(\.stringValue)
      let open = layered.contains { $0["layers"] == "all" && ($0["space"] != nil || GrammarChecker.isLayerKey(layer)) }
      guard !open, !listed.contains(layer) else { return nil }
      let known = listed.isEmpty ? "conv.N, proj, hs.N, last" : listed.joined(separator: ", ")
      return ("no feature has a layer `\(layer)`", "Layers of this study: \(known).")
    }
    return nil
  }
}
