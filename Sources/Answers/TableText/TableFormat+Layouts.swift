import Warehouse

extension TableFormat {
  /// Columns in line, numbers to the right, NULL empty.
  static func aligned(_ table: SQLTable, _ cells: [[String]]) -> String {
    let shown = cells.map { $0.map { String($0.map { $0.isNewline ? " " : $0 }) } }
    let widths = table.columns.indices.map { i in shown.reduce(table.columns[i].count) { max($0, $1[i].count) } }
    let right = rightAligned(table)
    func line(_ row: [String]) -> String {
      let parts = row.indices.map { i in
        let space = String(repeating: " ", count: widths[i] - row[i].count)
        return right[i] ? space + row[i] : row[i] + space
      }
      var text = parts.joined(separator: "  ")
      while text.hasSuffix(" ") { text.removeLast() }
      return text + "\n"
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n"
    return line(table.columns) + rule + shown.map(line).joined()
  }

  static func markdown(_ columns: [String], _ cells: [[String]]) -> String {
    func line(_ row: [String]) -> String {
      "| " + row.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }.joined(separator: " | ") + " |\n"
    }
    return line(columns) + "|" + columns.map { _ in " --- |" }.joined() + "\n" + cells.map(line).joined()
  }

  /// A tabular for the booktabs package.
  static func latex(_ table: SQLTable, _ cells: [[String]]) -> String {
    func line(_ row: [String]) -> String { row.map(texEscaped).joined(separator: " & ") + " \\\\\n" }
    let alignment = rightAligned(table).map { $0 ? "r" : "l" }.joined()
    return "\\begin{tabular}{\(alignment)}\n\\toprule\n" + line(table.columns) + "\\midrule\n"
      + cells.map(line).joined() + "\\bottomrule\n\\end{tabular}\n"
  }

  private static func rightAligned(_ table: SQLTable) -> [Bool] {
    table.columns.indices.map { i in
      let values = table.rows.map { $0.values[i] }.filter { !$0.isNull }
      return !values.isEmpty && values.allSatisfy { $0.double != nil }
    }
  }

  /// A text as LaTeX prints it.
  public static func texEscaped(_ text: String) -> String {
    text.map { character -> String in
      switch character {
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "&", "%", "$", "#", "_", "{", "}": "\\\(character)"
      case "\n": " "
      default: String(character)
      }
    }.joined()
  }
}
