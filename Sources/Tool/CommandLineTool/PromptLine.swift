import Diagnostics
import Foundation
import Terminal
import Warehouse

/// One line of a person at a terminal, with the words of a warehouse.
struct PromptLine {
  /// How a line ended.
  enum Ending: Equatable {
    case line(String)
    case interrupted
    case endOfInput
  }

  let warehouse: Warehouse
  /// Tables, views and columns.
  let words: [String]

  init(_ warehouse: Warehouse) throws {
    self.warehouse = warehouse
    words = try warehouse.read { try $0.promptWords() }.map(\.word)
  }

  /// Lets the user edit a line; without a terminal that can move its cursor the line is read as it comes.
  func read(_ prompt: String, _ history: [String]) throws -> Ending {
    guard Output.isTerminal, let keyboard = Keyboard() else {
      Output.terminal(prompt)
      guard let text = readLine() else { return .endOfInput }
      return .line(text)
    }
    var editor = LineEditor(history: history)
    while true {
      Output.terminal(editor.drawing(after: prompt, width: TerminalSize().columns))
      guard let byte = keyboard.byte() else { return .endOfInput }
      switch editor.take(byte) {
      case .edited: break
      case .clearing: Output.terminal("\u{1B}[H\u{1B}[2J")
      case .completion: try complete(&editor)
      case .ended(let line):
        Output.terminal("\n")
        return .line(line)
      case .interrupted:
        Output.terminal("^C\n")
        return .interrupted
      case .endOfInput:
        Output.terminal("\n")
        return .endOfInput
      }
    }
  }

  /// As far as all that fit agree; where they part, all of them are shown.
  private func complete(_ editor: inout LineEditor) throws {
    let (text, quote) = editor.word
    // What follows a dot is a column, what stands before it a table or an attached warehouse.
    let word = quote == nil ? text.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) : text
    guard let word, !word.isEmpty else { return }
    let fitting = try candidates(word, isQuoted: quote == "'")
    guard let first = fitting.first else { return Output.terminal("\u{7}") }
    let common = fitting.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    if common.count > word.count || fitting.count == 1 {
      editor.replace(last: word.count, by: fitting.count == 1 && quote == "'" ? common + "'" : common)
    } else {
      let shown = fitting.prefix(40).joined(separator: "  ")
      let rest = fitting.count > 40 ? "  … (\(fitting.count) in all)" : ""
      Output.terminal("\n\(shown.visibleLine)\(rest)\n")
    }
  }

  private func candidates(_ word: String, isQuoted: Bool) throws -> [String] {
    if isQuoted { return try warehouse.read { try $0.namesBeginning(prefix: word) }.map(\.name) }
    return words.filter { $0.lowercased().hasPrefix(word.lowercased()) }
  }
}
