/// A data error: what happened to which object, why, and what to do.
///
/// Thrown for everything a user's data, disk or options can cause; programmer errors trap instead.
public struct EvokeError: Error, Sendable, CustomStringConvertible {
  public let code: ErrorCode
  /// The object concerned: a file, a dataset inside it, a channel, a study key.
  public let object: String
  /// Why: the library's or Evoke's own reason.
  public let reason: String
  /// What to do.
  public let remedy: String
  /// Every finding, where one command found several.
  public let diagnostics: [Diagnostic]

  public init(_ code: ErrorCode, _ object: String, reason: String, remedy: String, diagnostics: [Diagnostic] = []) {
    self.code = code
    self.object = object
    self.reason = reason
    self.remedy = remedy
    self.diagnostics = diagnostics
  }

  /// The three lines shown to the user.
  public var description: String {
    "error \(code.id): \(code.title): \(object)\n  why: \(reason)\n  do:  \(remedy)"
  }
}

/// One finding of an importer or a check.
public struct Diagnostic: Sendable, Equatable {
  /// How serious a finding is; only an error keeps an import from being committed.
  public enum Severity: String, Sendable { case error, warning, note }

  public let severity: Severity
  public let code: ErrorCode
  public let object: String
  public let reason: String
  public let remedy: String
  /// Of the finding that stands for those of its code that are not listed: how many they are, where each says of its object
  /// what the first of that code says.
  public let unlisted: Int?

  public init(
    _ severity: Severity = .error, _ code: ErrorCode, _ object: String, reason: String, remedy: String,
    unlisted: Int? = nil
  ) {
    self.severity = severity
    self.code = code
    self.object = object
    self.reason = reason
    self.remedy = remedy
    self.unlisted = unlisted
  }

  /// The finding with other words for what to do.
  public func with(remedy: String) -> Diagnostic {
    Diagnostic(severity, code, object, reason: reason, remedy: remedy, unlisted: unlisted)
  }

  /// Whether both say the same, of the same object or of two.
  public func saysAs(_ other: Diagnostic) -> Bool {
    severity == other.severity && code == other.code && reason == other.reason && remedy == other.remedy
  }

  public init(_ error: EvokeError) {
    self.init(.error, error.code, error.object, reason: error.reason, remedy: error.remedy)
  }
}
