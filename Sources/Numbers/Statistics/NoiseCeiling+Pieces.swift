import LinearAlgebra

extension NoiseCeiling {
  /// Members (subjects, raters) of a group mean in one piece: `[rows, columns]` each, nil where one has no data there.
  public struct Piece: Sendable {
    public var members: [Matrix?]
    /// `[rows, columns]`: NaN where a row is not scored.
    public var scored: Matrix

    public init(members: [Matrix?], scored: Matrix) {
      for member in members {
        guard let member else { continue }
        precondition(member.rows == scored.rows && member.columns == scored.columns, "members differ in shape")
      }
      self.members = members
      self.scored = scored
    }
  }

  /// The split-half reliability of the mean over members, per column: in every random split two halves of ⌊N/2⌋ members,
  /// r of their means over the scored rows of every piece, the Fisher mean over pieces and splits, stepped up by
  /// Spearman and Brown to N members, kr / (1 + (k - 1)r) with k = N / ⌊N/2⌋ (2 for even N, SCIENCE 11.8).
  ///
  /// Missing values are left out of a half's mean, which then moves by the missing member's level as the target's does. With an odd N one member of a split is in neither half. NaN with
  /// fewer than two members, or where no split has three rows.
  public static func splitHalf(_ pieces: [Piece], splits: Int = 1000, seed: UInt64, key: String = "") -> [Double] {
    guard let first = pieces.first else { return [] }
    let (columns, count) = (first.scored.columns, first.members.count)
    guard count >= 2 else { return [Double](repeating: .nan, count: columns) }
    let half = count / 2
    var sums = [Double](repeating: 0, count: columns)
    var used = sums
    for draw in 0..<splits {
      var stream = RandomStream(seed: seed, purpose: "split_half", key: key, draw: draw)
      let order = stream.permutation(of: count)
      for piece in pieces {
        let a = mean(piece, order[0..<half])
        let b = mean(piece, order[half..<(2 * half)])
        for (column, r) in correlations(a, b, piece.scored).enumerated() where !r.isNaN {
          sums[column] += Correlation.fisherZ(r)
          used[column] += 1
        }
      }
    }
    let factor = Double(count) / Double(half)
    return sums.indices.map { column in
      guard used[column] > 0 else { return .nan }
      let r = Correlation.inverseFisherZ(sums[column] / used[column])
      return factor * r / (1 + (factor - 1) * r)
    }
  }

  /// How well the other members predict one: r of a member with the mean of the others (`lower`) and with the mean of
  /// all (`upper`), the Fisher mean over pieces, per column; none where it has no data in any piece (SCIENCE 11.8).
  public static func bounds(_ pieces: [Piece], of member: Int) -> (lower: [Double], upper: [Double]) {
    func r(_ isIn: (Int) -> Bool) -> [Double] {
      let values = pieces.compactMap { piece -> [Double]? in
        guard let own = piece.members[member] else { return nil }
        return correlations(own.values, mean(piece, piece.members.indices.filter(isIn)), piece.scored)
      }
      guard let first = values.first else { return [] }
      return first.indices.map { column in Correlation.fisherMean(values.map { $0[column] }) }
    }
    return (r { $0 != member }, r { _ in true })
  }

  /// The mean over some members, NaN where none has a value.
  private static func mean(_ piece: Piece, _ chosen: some Sequence<Int>) -> [Double] {
    let size = piece.scored.values.count
    var sum = [Double](repeating: 0, count: size)
    var counts = sum
    for member in chosen {
      guard let values = piece.members[member]?.values else { continue }
      for i in 0..<size where !values[i].isNaN {
        sum[i] += values[i]
        counts[i] += 1
      }
    }
    for i in 0..<size { sum[i] = counts[i] > 0 ? sum[i] / counts[i] : .nan }
    return sum
  }

  /// Pearson r of every column over the scored rows both have; NaN with fewer than three.
  private static func correlations(_ a: [Double], _ b: [Double], _ scored: Matrix) -> [Double] {
    let columns = scored.columns
    let zeros = [Double](repeating: 0, count: columns)
    var (n, ma, mb, aa, bb, ab) = (zeros, zeros, zeros, zeros, zeros, zeros)
    for i in a.indices where !a[i].isNaN && !b[i].isNaN && !scored.values[i].isNaN {
      let c = i % columns
      n[c] += 1
      // Welford's update keeps series with a large mean exact.
      let (da, db) = (a[i] - ma[c], b[i] - mb[c])
      ma[c] += da / n[c]
      mb[c] += db / n[c]
      aa[c] += da * (a[i] - ma[c])
      bb[c] += db * (b[i] - mb[c])
      ab[c] += da * (b[i] - mb[c])
    }
    return (0..<columns).map { c in
      n[c] >= 3 && aa[c] > 0 && bb[c] > 0 ? max(-1, min(1, ab[c] / (aa[c] * bb[c]).squareRoot())) : .nan
    }
  }
}
