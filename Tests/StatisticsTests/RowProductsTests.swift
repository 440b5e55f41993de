import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Principal components from the products of more rows than they are fitted on.
@Suite struct RowProductsTests {
  private let rows = (0..<90).filter { $0 % 7 != 3 }

  /// Columns of unlike means and scales.
  private func columns(seed: UInt64) -> Matrix {
    var stream = RandomStream(seed: seed, purpose: "row products")
    var x = Matrix(rows: 100, columns: 12)
    for i in 0..<100 {
      let course = stream.normal()
      for j in 0..<12 { x[i, j] = 50 * Double(j) + Double(1 + j) * (course * Double(j % 3) + stream.normal()) }
    }
    return x
  }

  private func difference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }

  @Test("components and scores of some of the rows are those of these rows alone", arguments: ReductionScale.allCases)
  func sameAsAlone(_ scale: ReductionScale) throws {
    for seed in 0..<8 {
      let x = columns(seed: UInt64(seed))
      let part = rows.filter { $0 < 20 || $0 > 40 }
      let alone = try #require(PrincipalComponents(x.selecting(rows: part), count: 5, scale: scale))
      let products = try #require(RowProducts(x, rows: rows).of(part))
      let own = try #require(PrincipalComponents(products, count: 5, scale: scale))
      #expect(difference(own.components.values, alone.components.values) < 1e-10)
      #expect(difference(own.mean, alone.mean) < 1e-10 && difference(own.scoreSD, alone.scoreSD) < 1e-10)
      #expect(difference(own.explainedShare, alone.explainedShare) < 1e-12)
      #expect(
        difference(products.scores(own).values, alone.scores(x, unitVariance: true).values) < 1e-10)
    }
  }

  @Test("a column that varies in the other rows alone is constant, or is left to the rows themselves")
  func constantInPart() throws {
    var x = columns(seed: 9)
    let part = rows.filter { $0 > 30 }
    for i in 31..<100 { x[i, 4] = 7 }
    for i in 0..<31 { x[i, 4] = 1e6 * Double(i) }
    let products = try #require(RowProducts(x, rows: rows).of(part))
    let own = PrincipalComponents(products, count: 3, scale: .zscore)
    #expect(own == nil || own?.inverseScale[4] == 0)
  }

  @Test("no other row is read; rows that are not most of them, or not of them, have no products")
  func otherRows() throws {
    let x = columns(seed: 10)
    var poisoned = x
    for i in (0..<100) where !rows.contains(i) { for j in 0..<12 { poisoned[i, j] = i % 2 == 0 ? 1e9 : .nan } }
    let part = rows.filter { $0 > 20 }
    let (clean, other) = (
      try #require(RowProducts(x, rows: rows).of(part)), try #require(RowProducts(poisoned, rows: rows).of(part))
    )
    let (a, b) = (
      PrincipalComponents(clean, count: 5, scale: .zscore), PrincipalComponents(other, count: 5, scale: .zscore)
    )
    #expect(a != nil && a == b)
    #expect(RowProducts(x, rows: rows).of(Array(rows.prefix(30))) == nil)
    #expect(RowProducts(x, rows: rows).of(Array(0..<90)) == nil)
  }
}
