import LinearAlgebra
import Testing

@Suite struct DecompositionTests {
  static func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    var state: UInt64 = 88_172_645_463_325_252
    return Matrix(
      rows: rows, columns: columns,
      values: (0..<(rows * columns)).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Double(state >> 11) * 0x1p-53 - 0.5
      })
  }

  static func difference(_ a: Matrix, _ b: Matrix) -> Double {
    zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test("the factors of a singular value decomposition give the matrix back", arguments: [(7, 4), (4, 7), (5, 5)])
  func svd(_ shape: (Int, Int)) throws {
    let a = Self.matrix(shape.0, shape.1)
    let svd = try #require(SingularValueDecomposition(a))
    var scaled = svd.u
    for i in 0..<scaled.rows { for k in 0..<scaled.columns { scaled[i, k] *= svd.values[k] } }
    #expect(Self.difference(scaled.multiplied(by: svd.vTransposed), a) < 1e-13)
    #expect(svd.values == svd.values.sorted(by: >))
  }

  @Test("eigenpairs satisfy A v = w v, all and the largest")
  func eigen() throws {
    let a = Self.matrix(9, 6).gram
    for count in [6, 2] {
      let eigen = try #require(SymmetricEigen(a, largest: count))
      let v = eigen.vectors
      let av = v.multiplied(by: a)
      for k in 0..<count { for j in 0..<6 { #expect(abs(av[k, j] - eigen.values[k] * v[k, j]) < 1e-13) } }
    }
    #expect(SymmetricEigen(Matrix(rows: 1, columns: 1, values: [.nan])) == nil)
  }

  @Test("products agree with their sums")
  func products() {
    let (a, b) = (Self.matrix(5, 3), Self.matrix(3, 4))
    let c = a.multiplied(by: b)
    for i in 0..<5 { for j in 0..<4 { #expect(abs(c[i, j] - (0..<3).reduce(0) { $0 + a[i, $1] * b[$1, j] }) < 1e-15) } }
    #expect(Self.difference(a.gram, a.transposed.multiplied(by: a)) < 1e-15)
    #expect(Self.difference(a.outerGram, a.multiplied(by: a.transposed)) < 1e-15)
    #expect(Self.difference(a.transposeMultiplied(by: a), a.gram) < 1e-15)
  }
}
