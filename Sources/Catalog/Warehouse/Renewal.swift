/// What opening a catalog to write did to it, so that it is as this program makes them.
public enum Renewal: Equatable, Sendable {
  /// Migrations were applied to a catalog of an earlier schema, whose copy stands in the warehouse; nil: none was wanted.
  case schema(from: Int, to: Int, copy: String?)
  /// Views were not this program's, and are.
  case views

  /// A line for people.
  public var text: String {
    switch self {
    case .schema(let old, let new, let copy):
      (["the catalog was of schema \(old) and is of \(new) now, which earlier programs do not write"]
        + [copy].compactMap { $0.map { "as it was it stands in \($0)" } }).joined(separator: "; ")
    case .views: "the views of this program were installed"
    }
  }
}

/// What making a warehouse did at its place.
public enum Creation: Equatable, Sendable {
  case made
  /// It was one, whose catalog another program made.
  case renewed(Renewal)
  case unchanged
}
