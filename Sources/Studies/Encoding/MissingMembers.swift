import EncodingModels
import Showings
import Statistics

/// What is missing from a target that is a mean over raters or subjects, per column, over all pieces, and whether they stand in
/// its rows at one time.
struct MissingMembers {
  /// Rows that are a mean over some of them.
  private(set) var partialRows: [Int] = []
  /// Rows that are missing because too few are there.
  private(set) var thinRows: [Int] = []
  /// Pieces of a member whose level is unknown, and which is left out there.
  private(set) var unconnected: [Int] = []
  /// Whether some mean depends on which rows count.
  private(set) var dependsOnRows = false
  /// Whether samples of one row lie apart by so much that it is to be known.
  private(set) var liesApart = false

  mutating func add(_ mean: MemberMean) {
    func sum(_ a: [Int], _ b: [Int]) -> [Int] { a.isEmpty ? b : zip(a, b).map { $0 + $1 } }
    partialRows = sum(partialRows, mean.partialRows)
    thinRows = sum(thinRows, mean.thinRows)
    unconnected = sum(unconnected, mean.unconnected)
    note(mean)
  }

  /// Of a mean that is not counted: over one subject's showings, or over raters of a feature.
  mutating func note(_ mean: MemberMean) { dependsOnRows = dependsOnRows || mean.dependsOnRows }

  mutating func note(_ other: MissingMembers) { dependsOnRows = dependsOnRows || other.dependsOnRows }

  /// Rows of a column in a list; 0 for a target that is no mean.
  func count(_ rows: KeyPath<MissingMembers, [Int]>, of column: Int) -> Int {
    self[keyPath: rows].isEmpty ? 0 : self[keyPath: rows][column]
  }

  /// Of some columns.
  func selecting(cells: Range<Int>) -> MissingMembers {
    var copy = self
    for rows in [\MissingMembers.partialRows, \.thinRows, \.unconnected] where !self[keyPath: rows].isEmpty {
      copy[keyPath: rows] = Array(self[keyPath: rows][cells])
    }
    return copy
  }

  /// Of samples that are taken as one row.
  mutating func note(_ spread: SampleSpread) { liesApart = liesApart || spread.matters }

  func flags(of column: Int) -> Set<EncodingFlag> {
    let found: [(EncodingFlag, KeyPath<MissingMembers, [Int]>)] = [
      (.membersMissing, \.partialRows), (.tooFewMembers, \.thinRows), (.memberUnconnected, \.unconnected),
    ]
    return Set(found.filter { count($0.1, of: column) > 0 }.map(\.0)).union(liesApart ? [.membersBetweenSamples] : [])
  }
}
