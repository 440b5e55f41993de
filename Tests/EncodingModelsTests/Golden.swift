import Foundation
import LinearAlgebra

/// Values made by scikit-learn, himalaya and SciPy (Tests/Fixtures/encoding/make_ridge.py).
struct Golden: Decodable {
  struct Piece: Decodable {
    let x: [[Double]]
    let y: [[Double?]]
  }
  struct Nested: Decodable {
    let lambda: [[Double]]
    let r: [[Double]]
    let r2: [[Double]]
    let r2Test: [[Double]]
    let prediction: [[Double?]]
  }
  struct Himalaya: Decodable {
    let x: [[Double]]
    let y: [[Double]]
    let alpha: [Double]
    let w: [[Double]]
  }
  let pieces: [Piece]
  let lambdas: [Double]
  let raw: Nested
  let pca: Nested
  let himalaya: Himalaya

  static func load() throws -> Golden {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/encoding/ridge.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }
}

func matrix(_ rows: [[Double]]) -> Matrix {
  Matrix(rows: rows.count, columns: rows.first?.count ?? 0, values: rows.flatMap { $0 })
}

func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { largest, pair in
    if pair.0.isNaN && pair.1.isNaN { return largest }
    let d = abs(pair.0 - pair.1)
    return d.isNaN ? .infinity : max(largest, d)
  }
}
