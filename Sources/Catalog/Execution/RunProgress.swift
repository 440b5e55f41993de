import Diagnostics
import Foundation

/// How far a run is, at each change and about once a second.
public struct RunProgress: Sendable {
  /// What has just happened.
  public enum Event: Sendable {
    case started
    /// `seconds` is nil where no worker told them.
    case unit(label: String, state: String, seconds: Double?, failure: UnitFailure?)
    case tick
    /// The first SIGINT or SIGTERM came; running units are finished.
    case interrupted
    case ended
  }

  public var event: Event
  /// Units to compute in this execution.
  public var total: Int
  public var done: Int
  public var failed: Int
  /// Labels of running units with the share that is done.
  public var running: [(label: String, share: Double)]
  public var seconds: Double
  /// Shares of units that an interrupted execution had done: they took none of these seconds.
  public var inherited = 0.0

  /// Units and shares of units that are done.
  public var finished: Double { Double(done + failed) + running.reduce(0) { $0 + min(max($1.share, 0), 1) } }
  /// Units a second, parts of running ones counted.
  public var rate: Double { seconds > 0 ? max(0, finished - inherited) / seconds : 0 }
  /// Seconds left at the rate so far, counting shares of running units; nil while nothing is known.
  public var secondsLeft: Double? {
    guard finished > inherited, seconds > 0 else { return nil }
    return max(0, Double(total) - finished) * seconds / (finished - inherited)
  }
}

/// Shows progress: a bar that redraws itself on a terminal, else one line for each unit.
public final class ProgressPrinter {
  private let isTerminal: Bool
  private let isQuiet: Bool
  private let write: (String) -> Void
  private var hasBar = false

  public init(
    isTerminal: Bool, isQuiet: Bool = false,
    write: @escaping (String) -> Void = { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) }
  ) {
    self.isTerminal = isTerminal
    self.isQuiet = isQuiet
    self.write = write
  }

  public func show(_ progress: RunProgress) {
    switch progress.event {
    case .unit(let label, let state, let seconds, let failure):
      var line = "\(state) \(label)"
      if let seconds { line += " (\(Self.time(seconds)))" }
      if let failure { line += ": \(failure.message)" }
      if let remedy = failure?.remedy { line += "\n  do:  \(remedy)" }
      if state == "failed" || (!isTerminal && !isQuiet) {
        say("[\(progress.done + progress.failed)/\(progress.total)] \(line)")
      }
    case .interrupted: say("finishing the units that run; once more to stop at once")
    case .started, .tick, .ended: break
    }
    guard isTerminal, !isQuiet else { return }
    if case .ended = progress.event { return clear() }
    draw(progress)
  }

  private func say(_ line: String) {
    clear()
    write(line.visible + "\n")
  }

  private func clear() {
    if hasBar { write("\r\u{1B}[K") }
    hasBar = false
  }

  private func draw(_ progress: RunProgress) {
    let finished = progress.done + progress.failed
    let width = 24
    let filled = progress.total == 0 ? width : min(width, Int(progress.finished * Double(width)) / progress.total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let left = progress.secondsLeft.map { ", " + Self.time($0) + " left" } ?? ""
    let failed = progress.failed == 0 ? "" : ", \(progress.failed) failed"
    let now =
      progress.running.first.map {
        "  \(String($0.label.prefix(40)).visibleLine) \(Int(min(max($0.share, 0), 1) * 100)) %"
      } ?? ""
    write(
      "\r\u{1B}[K\(bar) \(finished)/\(progress.total) units\(failed), \(Self.rate(progress.rate))\(left)\(now)")
    hasBar = true
  }

  static func rate(_ perSecond: Double) -> String {
    if perSecond >= 1 || perSecond == 0 { return String(format: "%.1f/s", perSecond) }
    return perSecond * 60 >= 1
      ? String(format: "%.1f/min", perSecond * 60) : String(format: "%.2f/h", perSecond * 3600)
  }

  /// `8.2 s`, `75 s`, `12 min 3 s`, `4 h 12 min`.
  public static func time(_ seconds: Double) -> String {
    if seconds < 10 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    if whole < 100 { return "\(whole) s" }
    return whole < 6000 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }
}
