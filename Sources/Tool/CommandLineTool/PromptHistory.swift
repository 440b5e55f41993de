import Diagnostics
import FileSystem
import Foundation

/// Lines that were typed at the prompt, in a file of the user's own and never in a warehouse.
struct PromptHistory {
  private static let limit = 1000

  /// nil where there is no place for it.
  private let path: String?
  private(set) var lines: [String] = []

  /// `$XDG_STATE_HOME/evoke/history`, else `~/.local/state/evoke/history`.
  init(_ variables: [String: String] = ProcessInfo.processInfo.environment) {
    func place(_ name: String) -> String? { variables[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
    let state = place("XDG_STATE_HOME") ?? place("HOME").map { $0 + "/.local/state" }
    path = state.map { $0 + "/evoke/history" }
    guard let path, Files.exists(path) else { return }
    do {
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      lines = text.split(separator: "\n").suffix(Self.limit).map(String.init)
    } catch { lines = [] }
  }

  /// Keeps a line; the same one twice in a row is one.
  ///
  /// - Throws: what the disk refuses.
  mutating func add(_ line: String) throws {
    guard !line.isEmpty, line != lines.last else { return }
    lines = Array((lines + [line]).suffix(Self.limit))
    guard let path else { return }
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Files.write(lines.map { $0 + "\n" }.joined(), to: path)
    try Files.setMode(path, 0o600)
  }
}
