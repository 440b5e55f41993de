import ContentIdentity
import Warehouse

/// One thing in which two lineages differ.
public struct LineageDifference: Sendable, Hashable {
  /// What kind of thing it is.
  public enum Matter: String, Sendable, CaseIterable {
    /// Bytes or name of a source.
    case source
    /// What a step was told.
    case parameter
    /// A step, or its version.
    case version
    /// Only one of the two has it: an input, a unit of a run.
    case input
    /// Machine, program or libraries.
    case environment
    /// Bits that came out.
    case result
  }

  public let matter: Matter
  /// The step or thing concerned, the first where several differ alike.
  public let object: String
  /// A parameter's path, a column, a library ...
  public let key: String
  /// Nil: it has none.
  public let a: String?
  public let b: String?

  public init(_ matter: Matter, _ object: String, key: String, a: String?, b: String?) {
    (self.matter, self.object, self.key, self.a, self.b) = (matter, object, key, a, b)
  }

  /// Leaves of two JSON values that differ, by their paths (`encoding.outer.folds`, `delays_s[2]`).
  static func leaves(_ a: JSONValue?, _ b: JSONValue?, path: String = "") -> [(path: String, a: String?, b: String?)] {
    if a == b { return [] }
    switch (a, b) {
    case (.object(let x), .object(let y)):
      return Set(x.keys).union(y.keys).sorted().flatMap {
        leaves(x[$0], y[$0], path: path.isEmpty ? $0 : path + "." + $0)
      }
    case (.array(let x), .array(let y)) where x.count == y.count:
      return x.indices.flatMap { leaves(x[$0], y[$0], path: "\(path)[\($0)]") }
    default: return [(path, a.map(spelled), b.map(spelled))]
    }
  }

  /// A text as it is, all else as JSON.
  private static func spelled(_ value: JSONValue) -> String { value.stringValue ?? value.canonical }

  /// Columns in which two rows of a view differ; nothing where there are several rows of either.
  public static func rows(_ a: SQLTable, _ b: SQLTable, of view: String) -> [LineageDifference] {
    guard a.columns == b.columns, a.rows.count == 1, b.rows.count == 1 else { return [] }
    return a.columns.indices.compactMap { place in
      let (x, y) = (a.rows[0].values[place], b.rows[0].values[place])
      guard x != y, a.columns[place] != "unit_key" else { return nil }
      return LineageDifference(.result, view, key: a.columns[place], a: text(x), b: text(y))
    }
  }

  private static func text(_ value: SQLValue) -> String? { value.isNull ? nil : value.text(null: "NULL") }
}
