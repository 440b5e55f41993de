import Diagnostics

/// What one thing is called: a stimulus, a subject, a column that becomes a series.
///
/// One part of a path and one line of a terminal, in Unicode NFC: 1 to 255 bytes of UTF-8, no `/`, neither `.` nor `..`,
/// no control character (U+0000...U+001F, U+007F...U+009F), no line or paragraph separator and no sign that turns the
/// direction of what follows. So it can become a file's name, and printing it prints it.
public struct Name: Sendable, Hashable, CustomStringConvertible {
  /// In Unicode NFC.
  public let text: String
  public var description: String { text }

  /// - Throws: `notAName`.
  public init(_ text: String, of noun: String) throws(EvokeError) {
    let composed = text.composed
    if let fault = composed.nameFault {
      throw EvokeError(
        .notAName, "\(noun) \(text.visible)", reason: fault, remedy: "call it by another name, without such signs")
    }
    self.text = composed
  }
}
