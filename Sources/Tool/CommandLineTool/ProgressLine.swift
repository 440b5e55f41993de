import Diagnostics

/// One line on a terminal that overwrites itself; nothing elsewhere.
struct ProgressLine: Sendable {
  private let isShown: Bool

  init(quiet: Bool) { isShown = !quiet && Output.isTerminal }

  /// Share done, 0 to 1, and what is being done.
  func show(_ share: Double, _ what: String) {
    guard isShown else { return }
    Output.terminal("\r\u{1B}[K\(Int(share * 100))% \(String(what.suffix(60)).visibleLine)")
  }

  func clear() {
    if isShown { Output.terminal("\r\u{1B}[K") }
  }
}
