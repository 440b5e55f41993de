import Warehouse

extension Departure {
  /// Columns of published views by which a row tells whose it is.
  public static let tellingColumns = unitColumns + datasetColumns + peopleColumns
  private static let unitColumns = ["unit_key"]
  /// Those that say the dataset of a row.
  public static let datasetColumns = ["dataset", "dataset_a", "dataset_b"]
  /// Those that say the person that a row is of.
  public static let peopleColumns = ["subject", "rater"]

  /// Rows, which are per-subject where one of them names a subject or rater: in the columns of these names or, where there
  /// are none, in a name or path that any of its cells is (`sub-01`, `d/sub-01/eeg`, `sub-01_task.vhdr`; a mere number is
  /// taken for one in paths only), or as a word of a text (`f -> joy of d, anna`) that is no name of something else; what a column is called that is none of the catalog's counts as a text. A row that says a dataset and no unit descends from all of it, one that says neither from every
  /// dataset.
  ///
  /// - Parameters:
  ///   - shown: the rows that leave.
  ///   - telling: their `tellingColumns`, as far as there are.
  ///   - units: behind them, where that is known besides.
  public init(
    _ object: String, showing shown: SQLTable, telling: SQLTable, units: Set<String> = [], in connection: Connection
  ) throws {
    func texts(_ columns: [String]) -> Set<String> {
      let present = columns.filter(telling.columns.contains)
      return Set(telling.rows.flatMap { row in present.compactMap { row[$0].string } })
    }
    self.init(object, .group, units: texts(Self.unitColumns).union(units), datasets: texts(Self.datasetColumns))
    if shown.rows.isEmpty { return }
    if units.isEmpty { wholeDatasets = Self.datasets(of: telling) }
    let sources = (Self.unitColumns + Self.datasetColumns).filter(telling.columns.contains)
    let isTold = !sources.isEmpty && telling.rows.allSatisfy { row in sources.contains { row[$0].string != nil } }
    if units.isEmpty, !isTold {
      datasets = Set(try connection.studyDatasets().map(\.name))
      wholeDatasets = datasets
    }
    let known = Set(try connection.columnNames().map(\.name))
    // What a column is called that the statement names itself.
    var said = Set(shown.columns).subtracting(known)
    var namesPeople = false
    if telling.columns.contains(where: Self.peopleColumns.contains) {
      namesPeople = !texts(Self.peopleColumns).isEmpty
    } else {
      said.formUnion(shown.rows.flatMap { row in row.values.compactMap(\.string) })
    }
    if try namesPeople || Self.mentionPeople(said, connection) { dataClass = .perSubject }
  }

  /// Of rows that say no unit.
  private static func datasets(of telling: SQLTable) -> Set<String> {
    let (own, origins) = (datasetColumns.filter(telling.columns.contains), unitColumns.filter(telling.columns.contains))
    return Set(
      telling.rows.filter { row in !origins.contains { row[$0].string != nil } }.flatMap { row in
        own.compactMap { row[$0].string }
      })
  }

  private static func mentionPeople(_ texts: Set<String>, _ connection: Connection) throws -> Bool {
    let people = Set(try connection.knownPeople().map(\.name))
    guard !people.isEmpty else { return false }
    let things = Set(try connection.thingsNamed().map(\.name))
    var words = WordReplacement(kept: things.filter { !tells(people, $0) })
    // What stands in an archive for somebody tells nobody in a text, nor does a single letter.
    for name in people
    where name.count > 1 && !things.contains(name) && name.contains(where: { !$0.isNumber && $0 != "." })
      && name.wholeMatch(of: /withheld-[0-9]{4,9}/) == nil
    {
      words.add(name, "")
    }
    return texts.contains { tells(people, $0) || words.replaced($0) != nil }
  }

  /// Whether a text is a name or path of one of these people.
  public static func tells(_ people: Set<String>, _ text: String) -> Bool {
    !people.isEmpty && (text.contains("/") || text.contains { !$0.isNumber && $0 != "." }) && isPath(text, with: people)
  }

  private static func isPath(_ text: String, with people: Set<String>) -> Bool {
    text.split(separator: "/").contains { part in
      people.contains(String(part))
        || part.contains { "_.".contains($0) }
          && people.contains { person in
            part.hasPrefix(person + "_") || part.hasPrefix(person + ".")
          }
    }
  }
}
