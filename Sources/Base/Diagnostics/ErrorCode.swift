/// The process exit statuses of `evoke` (sysexits).
public enum ExitStatus: Int32, Sendable, CaseIterable {
  case ok = 0
  case failed = 1
  case usage = 64
  case badData = 65
  case missingInput = 66
  case unavailable = 69
  case `internal` = 70
  case cannotCreate = 73
  case inputOutput = 74
  case temporary = 75
  case notPermitted = 77
  case configuration = 78
}

/// A stable error code such as `E-EEG-014`, with what `evoke explain CODE` says about it.
///
/// Codes are an open set: each domain lists its own in a `Codes+Domain.swift` file and `ErrorCode.all` joins them.
public struct ErrorCode: Hashable, Sendable, CustomStringConvertible {
  /// The stable text, for example `E-EEG-014`.
  public let id: String
  /// One line: what went wrong.
  public let title: String
  /// What it means and what to do about it.
  public let explanation: String
  /// The exit status of a command that ends with this error.
  public let exit: ExitStatus

  /// Declares a code; `id` must be unique (checked by a test).
  public init(_ id: String, _ title: String, exit: ExitStatus = .badData, _ explanation: String) {
    self.id = id
    self.title = title
    self.exit = exit
    self.explanation = explanation
  }

  public var description: String { id }
  public static func == (a: ErrorCode, b: ErrorCode) -> Bool { a.id == b.id }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
