import ArgumentParser
import DelimitedText
import Diagnostics
import Importing
import Names

/// The options of `import scores`, as typed.
package struct ScoreOptions: VerbOptions {
  @Option(help: "Name of the table, and of the study where it has no column study; else the file's stem.")
  package var name: String?
  @Option(help: "Columns to leave out, COL,... Else a column that is not known is refused.") package var ignore: String?
  @Option(help: "point or comma.") package var decimal: String?

  package init() {}
}

/// Imports the encoding scores that another program computed (a lab's own scripts, himalaya): a row per score.
///
/// Columns are those of the view `encoding_score`, read strictly: `dataset`, `feature_set`, `target_kind`, `target`, `r`,
/// `stimulus_count` and `software` in every row; of the others, those that say what was computed. Its `p` becomes
/// `p_external`. What only this program can say of a score (p_floor, q_bh, p_max, family, valid, flags) is not taken.
///
/// - Parameter names: by kind (`target`, `region` ...) what the catalog calls things, for names that are nearly those.
package func importScores(
  file: String, options: ScoreOptions, common: CommonOptions, names: [String: Set<String>] = [:]
) -> ImportBatch {
  var batch = ImportBatch(verb: "import scores", options: options, common: common)
  var findings = Findings()
  var scores: [ExternalScore] = []
  readTable([file], &batch, &findings) { table, findings in
    guard let decimal = DecimalSign(option: options.decimal, &findings),
      let reading = ScoreReading(table, options, decimal, &findings)
    else { return }
    scores = reading.scores(named: (options.name ?? SourceFile.stem(table.path)).composed, &findings)
  }
  batch.records = scores
  if let dataset = scores.first?.dataset { batch.common.dataset = dataset }
  compare(scores, names, batch.common.dataset, &findings)
  batch.diagnostics = findings.all
  return batch
}

/// Warns of names that are nearly those of the catalog.
private func compare(
  _ scores: [ExternalScore], _ names: [String: Set<String>], _ dataset: String, _ findings: inout Findings
) {
  let known = KnownNames()
  func check(_ noun: String, _ all: [String]) { known.compare(all, noun, in: names[noun, default: []], &findings) }
  // The import's own dataset is compared as every import's is.
  check("dataset", scores.map(\.dataset).filter { $0 != dataset })
  check("cohort", scores.compactMap { $0.texts["cohort"] })
  check("feature set", scores.compactMap { $0.texts["feature_set"] })
  check("target", scores.compactMap { $0.texts["target"] })
  check("region", scores.compactMap { $0.texts["region"] })
}

/// The columns of one table, found and checked.
private struct ScoreReading {
  let table: DelimitedTable
  /// Columns that are read, with their places in the table.
  private var columns: [(column: ScoreColumn, place: Int)] = []
  /// What stands in each of them.
  private var cells: [ScoreCells] = []

  /// nil where columns are missing, unknown, named twice or hold text among numbers.
  init?(_ table: DelimitedTable, _ options: ScoreOptions, _ decimal: DecimalSign, _ findings: inout Findings) {
    self.table = table
    let before = findings.errorCount
    let ignored = options.ignore?.split(separator: ",").map { OptionText.trim(String($0)) } ?? []
    for name in ignored where table.column(name) == nil {
      findings.error(
        .tableNoColumn, "--ignore \(name)", reason: "the table has no such column",
        remedy: NearMiss.suggestion(name, in: table.header))
    }
    for (place, name) in table.header.enumerated() where !ignored.contains(name) {
      if let column = ScoreColumn.named(name) {
        columns.append((column, place))
      } else {
        Self.refuse(name, of: table, &findings)
      }
    }
    if table.column("p") != nil, table.column("p_external") != nil, !ignored.contains("p"),
      !ignored.contains("p_external")
    {
      findings.error(
        .tableDuplicateColumn, "\(table.path) columns p and p_external", reason: "both are the other program's p",
        remedy: "keep one, or leave one out with --ignore")
    }
    for column in ScoreColumn.all where column.isRequired && !columns.contains(where: { $0.column.name == column.name })
    {
      findings.error(
        .tableNoColumn, "\(table.path) column \(column.name)", reason: "every score needs it",
        remedy: NearMiss.suggestion(column.name, in: table.header, otherwise: "add the column"))
    }
    for (column, place) in columns {
      cells.append(
        column.isNumber ? .numbers(table.numbers(place, decimal, &findings)) : .texts(ScoreTexts(table, place, column)))
    }
    if findings.errorCount > before { return nil }
  }

  private static func refuse(_ name: String, of table: DelimitedTable, _ findings: inout Findings) {
    findings.error(
      .tableNoColumn, "\(table.path) column \(name)",
      reason: "a table of scores has no such column; q_bh, p_max, valid and their like are said of our own scores",
      remedy: NearMiss.suggestion(
        name, in: ScoreColumn.all.map(\.name), otherwise: "--ignore \(name) leaves it out"))
  }

  /// A score per row; a row that is wrong is a finding with its line.
  func scores(named name: String, _ findings: inout Findings) -> [ExternalScore] {
    var scores: [ExternalScore] = []
    let keys = zip(columns, cells).compactMap { column, cells in
      column.column.isKey && !Self.assumed.contains(column.column.name) ? cells.texts : nil
    }
    var rows: [ScoreSubject: Int] = [:]
    for row in 0..<table.rowCount {
      guard let score = score(row, named: name, &findings) else { continue }
      let key = ScoreSubject(cells: keys.map { $0.rows[row] }, study: score.study, cohort: score.cohort)
      if let other = rows.updateValue(row, forKey: key) {
        findings.error(
          .scoreTwice, table.place(row), reason: "line \(table.line(of: other)) is about the same score",
          remedy: "add the column that tells them apart, or keep one of the rows")
      }
      scores.append(score)
    }
    return scores
  }

  /// Key columns that stand for something else where a row does not tell them.
  private static let assumed: Set = ["study", "cohort"]

  private static let missing = "it is missing"

  private func score(_ row: Int, named name: String, _ findings: inout Findings) -> ExternalScore? {
    let before = findings.errorCount
    var texts = [String: String](minimumCapacity: columns.count)
    var values = [String: Double](minimumCapacity: columns.count)
    for ((column, place), cells) in zip(columns, cells) {
      var fault: String?
      switch cells {
      case .numbers(let numbers) where numbers[row].isNaN: fault = column.isRequired ? Self.missing : nil
      case .numbers(let numbers):
        values[column.name] = numbers[row]
        fault = column.fault(of: numbers[row])
      case .texts(let all):
        let said = all.said[all.rows[row]]
        texts[column.name] = said.text
        fault = said.text == nil && column.isRequired ? Self.missing : said.fault
      }
      guard let fault else { continue }
      findings.error(
        .scoreMalformed, table.place(row, place), reason: fault, remedy: "correct the cell; nothing was stored")
    }
    checkInterval(row, values, &findings)
    guard findings.errorCount == before, let dataset = texts["dataset"] else { return nil }
    return ExternalScore(name: name, dataset: dataset, texts: texts, numbers: values)
  }

  private func checkInterval(_ row: Int, _ values: [String: Double], _ findings: inout Findings) {
    let (low, high) = (values["low"], values["high"])
    guard low != nil || high != nil, let r = values["r"] else { return }
    if let low, let high, low <= r, r <= high { return }
    findings.error(
      .scoreMalformed, table.place(row), reason: "its interval (low, high) does not hold r or lacks an end",
      remedy: "correct the cells; nothing was stored")
  }
}

/// What a row is about.
private struct ScoreSubject: Hashable {
  /// Places of its texts in the other key columns.
  let cells: [Int]
  let study: String
  let cohort: String
}

/// What stands in a column of a table of scores.
private enum ScoreCells {
  /// NaN where missing.
  case numbers([Double])
  case texts(ScoreTexts)

  var texts: ScoreTexts? { if case .texts(let texts) = self { texts } else { nil } }
}

/// The cells of a column of texts, each of which is read and judged once however many rows say the same.
private struct ScoreTexts {
  /// The different texts, nil for a missing one, with what is wrong with them.
  private(set) var said: [(text: String?, fault: String?)] = []
  /// Row -> place in `said`.
  private(set) var rows: [Int] = []

  init(_ table: DelimitedTable, _ place: Int, _ column: ScoreColumn) {
    var written: [String: Int] = [:]
    var meant: [String?: Int] = [:]
    rows.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let cell = table.text(row, place)
      if let known = written[cell] {
        rows.append(known)
        continue
      }
      let text = table.value(row, place)?.composed
      let number = meant[text] ?? said.count
      if number == said.count { said.append((text, text.flatMap(column.fault))) }
      (written[cell], meant[text]) = (number, number)
      rows.append(number)
    }
  }
}
