import Diagnostics
import Electrophysiology
import LinearAlgebra
import Testing
import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

/// |r| of two series.
func correlation(_ a: [Double], _ b: [Double]) -> Double {
  let (x, y) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
  var (xy, xx, yy) = (0.0, 0.0, 0.0)
  for i in a.indices {
    xy += (a[i] - x) * (b[i] - y)
    xx += (a[i] - x) * (a[i] - x)
    yy += (b[i] - y) * (b[i] - y)
  }
  return xy / (xx * yy).squareRoot()
}

@Suite struct ComponentTests {
  /// For every column of b the |r| of the column of a that is most like it.
  static func best(_ a: Matrix, _ b: Matrix) -> [Double] {
    (0..<b.columns).map { j in (0..<a.columns).map { abs(correlation(a.column($0), b.column(j))) }.max() ?? 0 }
  }

  @Test(arguments: ComponentMethod.allCases) func sourcesEqualScikitLearns(_ method: ComponentMethod) throws {
    let x = try Reference.labelled("ica_input").matrix
    let found = try IndependentComponents(x, rank: 6, method: method, seed: 3, tolerance: 1e-12, maxIterations: 2000)
    #expect(found.isConverged)
    let expected = try Reference.labelled("ica_sources").matrix
    // Both stop at the same optimum; FastICA closes in on it linearly.
    for r in Self.best(found.sources(x), expected) { #expect(r > 1 - 1e-8) }
  }

  @Test(arguments: ComponentMethod.allCases) func plantedMixturesAreRecovered(_ method: ComponentMethod) throws {
    let x = try Reference.labelled("ica_input").matrix
    let planted = try Reference.labelled("ica_planted").matrix
    let found = try IndependentComponents(x, rank: 6, method: method, seed: 8)
    #expect(found.isConverged)
    for j in 0..<6 {
      let cosines = (0..<6).map { i -> Double in
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for c in 0..<6 {
          ab += planted[c, j] * found.mixing[c, i]
          aa += planted[c, j] * planted[c, j]
          bb += found.mixing[c, i] * found.mixing[c, i]
        }
        return abs(ab) / (aa * bb).squareRoot()
      }
      // 4000 samples leave a few percent of leakage between sources.
      #expect((cosines.max() ?? 0) > 0.99)
    }
  }

  @Test(arguments: ComponentMethod.allCases) func theDecompositionIsAnIdentityAndRepeats(_ method: ComponentMethod)
    throws
  {
    let x = try Reference.labelled("ica_input").matrix
    let found = try IndependentComponents(x, rank: 6, method: method, seed: 5)
    let product = found.unmixing.multiplied(by: found.mixing)
    for i in 0..<6 { for j in 0..<6 { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-9) } }
    let sources = found.sources(x)
    let gram = sources.gram
    for i in 0..<6 { for j in 0..<6 { #expect(abs(gram[i, j] / 4000 - (i == j ? 1 : 0)) < 1e-9) } }
    let again = try IndependentComponents(x, rank: 6, method: method, seed: 5)
    #expect(again.mixing == found.mixing)
    let none = found.removing([])
    for i in 0..<6 { for j in 0..<6 { #expect(none[i, j] == (i == j ? 1 : 0)) } }
  }

  @Test func fewerDirectionsThanChannelsAreSearchedAtTheirRank() throws {
    let x = try Reference.labelled("ica_input").matrix
    let referenced = try averageReferenced(x)
    let found = try IndependentComponents(referenced, rank: 5, method: .picard, seed: 1)
    #expect(found.mixing.columns == 5 && found.isConverged)
    // What the components do not span is nothing: removing none of them gives the samples back.
    let back = found.sources(referenced).multiplied(by: found.mixing.transposed)
    let means = referenced.columnMeans
    for t in 0..<50 { for c in 0..<6 { #expect(abs(back[t, c] + means[c] - referenced[t, c]) < 1e-15) } }
    #expect { try IndependentComponents(referenced, rank: 6, method: .picard, seed: 1) } throws: {
      ($0 as? EvokeError)?.code == .componentSearch
    }
    #expect(throws: EvokeError.self) { try IndependentComponents(referenced, rank: 0, method: .fastica, seed: 1) }
  }
}
