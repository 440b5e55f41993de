/// A figure of the rows of one view, in panels.
public protocol ViewFigure {
  /// What it shows of each row.
  associatedtype Row

  /// - Parameter reasons: of the flags of a row that is not to be reported, those for which it is not.
  /// - Throws: `E-QRY-009` where nothing of the rows can be drawn.
  init(_ stored: [Row], reasons: (String?) -> [String]) throws

  /// Panels that were left out.
  var leftOut: Int { get }

  /// The figure, the same bytes for the same rows.
  func svg() -> String
}
