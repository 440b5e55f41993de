import ContentIdentity
import Queries
import Vocabulary
import Warehouse

/// A program text of one file that reads warehouses without Evoke: a function for each published view, with what its columns
/// mean, and arrays with named axes. It is made of the schema, and holds no data.
public struct ReaderScript {
  /// A language it can be written in.
  public enum Language: Sendable, CaseIterable { case python, r }

  private let views: [CatalogText.Object]

  public init(_ warehouse: Warehouse) throws {
    views = try warehouse.read { connection in try Queries.views.map { try connection.described($0) } }
  }

  public func text(_ language: Language) -> String {
    let lineage = Self.bare(Queries.text(of: "lookups/consent_of_lineage"))
    switch language {
    case .python:
      return Self.consenting(Self.python).replacing("@VERSION@", with: Warehouse.version)
        .replacing("@TYPES@", with: types.canonical).replacing("@LINEAGE@", with: lineage)
        .replacing("@VIEWS@", with: views.map(Self.method).joined(separator: "\n"))
    case .r:
      return Self.consenting(Self.r).replacing("@VERSION@", with: Warehouse.version)
        .replacing("@TYPES@", with: types.canonical.replacing("'", with: "\\'")).replacing("@LINEAGE@", with: lineage)
        .replacing("@VIEWS@", with: views.map(Self.function).joined(separator: "\n"))
    }
  }

  /// With the words of consent, from the widest to the strictest, and what each lets leave.
  private static func consenting(_ text: String) -> String {
    let meanings = Consent.allCases.map { word in
      let classes = DataClass.allCases.filter(word.admits).map(\.rawValue)
      return "\(word.rawValue) lets \(classes.isEmpty ? "nothing" : classes.joined(separator: ", ")) leave"
    }
    return text.replacing("@MEANING@", with: "Of consent: " + meanings.joined(separator: "; ") + ".")
      .replacing("@WORDS@", with: JSONValue.array(Consent.allCases.map { .string($0.rawValue) }).canonical)
      .replacing("@UNSTATED@", with: Consent.unstated.rawValue)
  }

  /// Without its comments.
  private static func bare(_ sql: String) -> String {
    sql.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
  }

  /// Of each view the type of each column.
  private var types: JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: views.map { view in
          let columns = view.columns.map { ($0.name, JSONValue.string($0.kind?.rawValue ?? "text")) }
          return (view.name, .object(Dictionary(uniqueKeysWithValues: columns)))
        }))
  }

  private static func about(_ column: CatalogText.Column) -> String {
    [column.name, column.kind.map { " (\($0.rawValue))" }, ": ", column.description].compactMap(\.self).joined()
  }

  private static func method(_ view: CatalogText.Object) -> String {
    let columns = view.columns.map { "        " + about($0).replacing("\\", with: "\\\\") + "\n" }.joined()
    return """
          def \(view.name)(self, **where):
              \"""\(view.description)

      \(columns)        \"""
              return self._view("\(view.name)", where)

      """
  }

  private static func function(_ view: CatalogText.Object) -> String {
    let columns = view.columns.map { "  # " + about($0) + "\n" }.joined()
    return """
        # \(view.description)
      \(columns)  w$\(view.name) <- function(...) view("\(view.name)", list(...))

      """
  }
}
