import Glibc

/// The terminal of standard input, key by key, until it goes.
///
/// Keys come as they are pressed, none is shown and none sends a signal; output is as before.
public struct Keyboard: ~Copyable {
  private let before: termios

  /// nil where standard input is no terminal.
  public init?() {
    var found = termios()
    guard unsafe tcgetattr(0, &found) == 0 else { return nil }
    var raw = found
    unsafe cfmakeraw(&raw)
    raw.c_oflag = found.c_oflag
    guard unsafe tcsetattr(0, TCSADRAIN, &raw) == 0 else { return nil }
    before = found
  }

  deinit {
    var before = before
    _ = unsafe tcsetattr(0, TCSADRAIN, &before)
  }

  /// The next byte; nil at the end of input.
  public func byte() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = unsafe read(0, &byte, 1)
      if count == 1 { return byte }
      if count == 0 || errno != EINTR { return nil }
    }
  }
}

/// Columns and lines of a terminal.
public struct TerminalSize: Sendable {
  public let columns: Int
  public let lines: Int

  /// Of standard error, else of 80 columns and 24 lines.
  public init() {
    var size = winsize()
    let isKnown = unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    columns = isKnown ? Int(size.ws_col) : 80
    lines = isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24
  }
}
