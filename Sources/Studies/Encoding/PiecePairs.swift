import Recordings

/// Which pieces of two measures are of the same showing, whichever of them is the first.
package struct PiecePairs {
  package struct Pair: Hashable {
    /// As rows name it.
    package let key: PieceKey
    /// The piece of either measure; nil: it has nothing of it.
    package let first: PieceKey?
    package let second: PieceKey?

    package init(key: PieceKey, first: PieceKey?, second: PieceKey?) {
      (self.key, self.first, self.second) = (key, first, second)
    }
  }

  /// Ascending. A piece that is of all runs goes with every run of the other; one that goes with nothing stands alone.
  package let pairs: [Pair]

  package init(_ first: Set<PieceKey>, _ second: Set<PieceKey>) {
    func piece(_ key: PieceKey, _ known: Set<PieceKey>) -> PieceKey? {
      key.holders.first(where: known.contains)
    }
    let keys = first.union(second).sorted()
    let both = keys.compactMap { key -> Pair? in
      guard let one = piece(key, first), let other = piece(key, second) else { return nil }
      return Pair(key: key, first: one, second: other)
    }
    let (used, usedOther) = (Set(both.map(\.first)), Set(both.map(\.second)))
    let alone = keys.filter { !used.contains($0) && !usedOther.contains($0) }.map { key in
      Pair(key: key, first: first.contains(key) ? key : nil, second: second.contains(key) ? key : nil)
    }
    pairs = (both + alone).sorted { $0.key < $1.key }
  }
}
