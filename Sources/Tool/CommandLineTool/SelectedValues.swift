import Citations

/// What a statement selects, read as text for whether it can single one of several rows out.
struct SelectedValues {
  /// Texts of the statement where nothing is a comment, a text or a quotation mark any more.
  private let list: String
  private let group: String
  private let body: String

  init(_ parts: QueryParts) {
    (list, group, body) = (Self.bare(parts.list), Self.bare(parts.group), Self.bare(parts.body))
  }

  /// Values that are made of all rows alike: a median or another quantile, as the largest value, is that of one row.
  private static var aggregate: Regex<Substring> {
    /\b(?:count|sum|total|avg|corr|slope|stddev)\s*\(/
  }
  /// With these, and with comparisons, an aggregate is of those rows only that meet a condition.
  private static let conditions: Set = [
    "case", "iif", "filter", "nullif", "like", "glob", "regexp", "match", "in", "between", "is", "over", "select",
    "instr",
  ]
  private static let connectives: Set = ["as", "distinct", "all", "null", "real", "integer", "text"]
  /// With one of them, a statement without GROUP BY reads other than all rows of its table.
  private static let narrowing: Set = ["where", "join", "having", "on", "using", "group", "in"]

  /// Whether every value is made of all rows alike, or is what they are grouped by.
  var areOverAll: Bool {
    let grouped = Set(Self.words(Self.unqualified(group)))
    let items = Self.items(list)
    return items.enumerated().allSatisfy { place, item in
      if grouped.contains(String(place + 1)) { return true }
      if let alias = item.firstMatch(of: /\bas\s+(\w+)\s*$/), grouped.contains(String(alias.1)) { return true }
      return Self.isOverAll(item, grouped: grouped)
    }
  }

  /// Whether it reads every row of one table.
  var areOfWholeTable: Bool { !body.contains(",") && Self.narrowing.isDisjoint(with: Self.words(body)) }

  private static func isOverAll(_ item: String, grouped: Set<String>) -> Bool {
    if item.wholeMatch(of: /\s*null\s+as\s+\w+\s*/) != nil { return true }
    let counted = item.replacing(/\bcount\s*\(\s*(?:\*|distinct\s+[\w.]+)\s*\)/, with: " 0 ")
    if counted.contains(/[=<>!]/) || counted.contains(/^\s*(?:\w+\s*\.\s*)?\*/) { return false }
    let words = Set(words(counted))
    guard words.isDisjoint(with: conditions), words.isDisjoint(with: ["subject", "rater"]) else {
      return words.isSubset(of: grouped)
    }
    let rest = unqualified(withoutAggregates(counted))
      .replacing(/\bas\s+\w+\s*\)?\s*$/, with: "").replacing(/\bas\s+\w+\s*\)/, with: ")")
      .replacing(/(0|\))\s+\w+\s*$/, with: "0")
    return rest.matches(of: /(\w+)(\s*\()?/).allSatisfy { match in
      let word = String(match.1)
      return match.2 != nil || word.allSatisfy { $0.isNumber } || grouped.contains(word)
        || connectives.contains(word)
    }
  }

  /// Each aggregate as a number.
  private static func withoutAggregates(_ text: String) -> String {
    var text = text
    while let start = text.firstMatch(of: aggregate)?.range {
      var depth = 1
      var end = start.upperBound
      while end < text.endIndex, depth > 0 {
        if text[end] == "(" { depth += 1 } else if text[end] == ")" { depth -= 1 }
        end = text.index(after: end)
      }
      text.replaceSubrange(start.lowerBound..<end, with: " 0 ")
    }
    return text
  }

  /// The parts between the commas that stand in no brackets.
  private static func items(_ list: String) -> [String] {
    var depth = 0
    var items = [""]
    for sign in list {
      if sign == "(" { depth += 1 } else if sign == ")" { depth -= 1 }
      if sign == ",", depth == 0 { items.append("") } else { items[items.count - 1].append(sign) }
    }
    return items
  }

  private static func unqualified(_ text: String) -> String { text.replacing(/\b[a-z_]\w*\s*\.\s*/, with: "") }

  private static func words(_ text: String) -> [String] { text.matches(of: /\w+/).map { String($0.output) } }

  private static func bare(_ sql: String) -> String {
    sql.lowercased().replacing(/--[^\n]*|\/\*(?s:.*?)\*\/|'(?:[^']|'')*'|["`\[\]]/) { match in
      switch match.output.first {
      case "'": "0"
      case "-", "/": " "
      default: ""
      }
    }
  }

  /// Names of tables and views that a statement reads, in lower case, as often as it does.
  static func tables(in sql: String) -> [String] {
    let token = /--[^\n]*|\/\*(?s:.*?)\*\/|'(?:[^']|'')*'|["`\[]?(\w+)["`\]]?(\s*\.)?|[(),]/
    let ends: Set = ["select", "where", "group", "having", "order", "limit", "window", "union", "intersect", "except"]
    /// Of each bracket that is open, whether a name is one of a table, and whether it is after a comma.
    var places: [(isTable: Bool, isList: Bool)] = [(false, false)]
    var tables: [String] = []
    for match in sql.matches(of: token) {
      let last = places.count - 1
      switch match.0 {
      case "(": places.append(places[last].isTable ? places[last] : (false, false))
      case ")": if last > 0 { places.removeLast() }
      case ",": places[last].isTable = places[last].isList
      default:
        guard let name = match.1.map({ $0.lowercased() }) else { continue }
        if match.0.last == "." { continue }
        switch name {
        case "from", "join", "in": places[last] = (true, name != "in" || places[last].isList)
        case "on", "using": places[last].isTable = false
        case _ where ends.contains(name): places[last] = (false, false)
        default: if places[last].isTable { tables.append(name) }
        }
      }
    }
    return tables
  }
}
