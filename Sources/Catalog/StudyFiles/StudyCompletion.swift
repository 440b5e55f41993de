import ContentIdentity
import Vocabulary

/// Defaults that depend on other keys, and one form for what may be written in several.
///
/// Works on what the grammar accepted; absent pieces (because of a problem) stay absent.
struct StudyCompletion {
  /// Seconds after the features in which a target of a kind answers them.
  static func delaySpan(of kind: TargetKind) -> ClosedRange<Double> {
    switch kind {
    case .annotation: 0...8
    case .synchrony: 0...5
    case .response: 2...8
    }
  }

  let kind: StudyKind
  var root: [String: JSONValue]

  /// The completed definition.
  static func complete(_ checked: JSONValue, kind: StudyKind) -> [String: JSONValue] {
    var completion = StudyCompletion(kind: kind, root: checked.objectValue ?? [:])
    completion.gatherJoint()
    if case .object = completion.root["covariates"], let single = completion.root["covariates"] {
      completion.root["covariates"] = .array([single])
    }
    completion.root["twins"] = completion.root["twins"].map { ordered($0, as: Twin.self) }
    completion.completeAsKind()
    completion.completeEncoding()
    completion.completeTargets()
    completion.completeStatistics()
    return completion.root
  }

  /// Moves `{joint: ...}` entries of `features` into `joint`.
  private mutating func gatherJoint() {
    guard let features = root["features"]?.arrayValue else { return }
    let inside = features.flatMap { $0["joint"]?.arrayValue ?? [] }
    root["features"] = .array(features.filter { $0["joint"] == nil })
    // A kind may say what absent joint sets mean.
    guard root["joint"] != nil || !inside.isEmpty else { return }
    root["joint"] = .array((root["joint"]?.arrayValue ?? []) + inside)
  }

  /// What the kind says of absent keys.
  private mutating func completeAsKind() {
    let whole = JSONValue.object(root)
    for (place, standard) in kind.standards {
      guard case .value(_, let value) = standard else { continue }
      root = Self.filling(root, at: place.split(separator: ".").map(String.init)) { value(whole) }
    }
  }

  /// A mapping with a value at a path where it has none; the mappings around it must be there.
  private static func filling(
    _ members: [String: JSONValue], at path: [String], with value: () -> JSONValue
  ) -> [String: JSONValue] {
    guard let name = path.first else { return members }
    var members = members
    if path.count == 1 {
      members[name] = members[name] ?? value()
    } else if case .object(let inner) = members[name] {
      members[name] = .object(filling(inner, at: Array(path.dropFirst()), with: value))
    }
    return members
  }

  private mutating func completeEncoding() {
    guard case .object(var encoding) = root["encoding"] else { return }
    var delays: [String: JSONValue] = [:]
    for target in TargetKind.allCases where kind.takes.contains(target.part) {
      delays[target.rawValue] =
        encoding["delays_s"]?[target.rawValue] ?? encoding["delays_s"].flatMap(Self.forAll) ?? standard(target)
    }
    encoding["delays_s"] = .object(delays)
    encoding["store"] = encoding["store"].map { Self.ordered($0, as: StoredResult.self) }
    root["encoding"] = .object(encoding)
  }

  private mutating func completeTargets() {
    guard kind.takes.contains(.encoding), let targets = root["targets"]?.arrayValue else { return }
    root["targets"] = .array(
      targets.map { target in
        guard case .object(var keys) = target,
          let kind = TargetKind.allCases.first(where: { keys[$0.rawValue] != nil })
        else { return target }
        keys["delays_s"] = keys["delays_s"] ?? root["encoding"]?["delays_s"]?[kind.rawValue] ?? standard(kind)
        keys["window_features"] = keys["window_features"] ?? .bool(kind == .synchrony)
        return .object(keys)
      })
  }

  private mutating func completeStatistics() {
    guard case .object(var statistics) = root["statistics"] else { return }
    if statistics["null"] == nil { statistics["null"] = statistics["draws"] == 0 ? "none" : "phase" }
    if statistics["draws"] == nil { statistics["draws"] = statistics["null"] == "none" ? 0 : 1_000 }
    statistics["family"] = Self.ordered(
      statistics["family"] ?? ["target", "region", "layer", "element"], as: FamilyDimension.self)
    statistics["correction"] = statistics["correction"].map { Self.ordered($0, as: Correction.self) }
    if kind.takes.contains(.encoding) { statistics["contrasts"] = statistics["contrasts"] ?? [] }
    root["statistics"] = .object(statistics)
  }

  /// Delays that are not written per target kind.
  private static func forAll(_ delays: JSONValue) -> JSONValue? {
    if case .object = delays { return Optional.none }
    return delays
  }

  /// Features that are convolved with a haemodynamic response have the response's delay already.
  private func standard(_ kind: TargetKind) -> JSONValue {
    let features = root["features"]?.arrayValue ?? []
    if kind == .response, !features.isEmpty, features.allSatisfy(StudyRules.isConvolved) { return [0] }
    return .string(DelayText.automatic)
  }

  /// A set in the order of its declaration, so that the file's order does not matter.
  private static func ordered<E: RawRepresentable & CaseIterable>(_ value: JSONValue, as type: E.Type) -> JSONValue
  where E.RawValue == String {
    let given = value.arrayValue ?? []
    return .array(type.allCases.map { .string($0.rawValue) }.filter(given.contains))
  }
}
