import Diagnostics
import FileSystem
import Foundation

/// Where a command's words go: data to stdout, everything else to stderr.
enum Output {
  /// Whether stderr is a terminal that a person watches.
  static let isTerminal = isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  /// Whether stdout is a terminal.
  static var dataGoToTerminal: Bool { isatty(1) == 1 }

  /// Whether messages may be coloured.
  static var hasColour: Bool { isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty != false }

  /// Writes data, control characters of names and values as `\u001b`: a file that was imported moves no cursor. A closed
  /// pipe ends the program quietly; any other failure is an error.
  static func write(_ text: String) throws { try write(Array(text.visible.utf8)) }

  /// Writes bytes as they are.
  static func write(_ bytes: [UInt8]) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    } catch {
      if let posix = posix(error), posix == EPIPE { exit(141) }
      throw EvokeError(
        .writeFailed, "standard output", reason: error.localizedDescription, remedy: "check where the output goes")
    }
  }

  /// Writes one line of data.
  static func line(_ text: String) throws { try write(text + "\n") }

  /// Writes to stderr, control characters escaped as in data; there is nowhere to report its own failure.
  static func error(_ text: String) { terminal(text.visible) }

  /// Writes to stderr as it is: the program's own colours and cursor movements about text that is escaped already.
  static func terminal(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  private static func posix(_ error: any Error) -> Int32? {
    let error = error as NSError
    if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
    return (error.userInfo[NSUnderlyingErrorKey] as? any Error).flatMap(posix)
  }
}
