import Foundation
import LinearAlgebra
import Testing
import Vocabulary

/// Arrays that MNE-Python, scikit-learn or NumPy computed, beside the script that made them.
enum Reference {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/electrophysiology")

  static func values(_ name: String) throws -> [Double] {
    let data = try Data(contentsOf: folder.appending(path: name + ".f64"))
    return data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  }

  static func matrix(_ name: String) throws -> Matrix {
    let text = try String(contentsOf: folder.appending(path: "shapes.txt"), encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
    let shape = line.split(separator: " ").dropFirst().compactMap { Int($0) }
    let values = try values(name)
    return Matrix(rows: shape[0], columns: values.count / shape[0], values: values)
  }
}

/// ‖a - b‖ / ‖b‖ (Frobenius); infinite where the shapes differ.
func relativeDistance(_ a: Matrix, _ b: Matrix) -> Double {
  guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
  let difference = zip(a.values, b.values).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (difference / b.values.reduce(0.0) { $0 + $1 * $1 }).squareRoot()
}

/// Uniform numbers in -1...1 from a seed (SplitMix64).
struct TestNumbers {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) / Double(1 << 52) - 1
  }

  /// Approximately normal: the sum of twelve uniform numbers, unit variance.
  mutating func normal() -> Double { (0..<12).reduce(0.0) { sum, _ in sum + uniform() } / 2 }

  mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, values: (0..<(rows * columns)).map { _ in normal() })
  }
}

extension InverseMethod {
  /// As the reference files spell it.
  var referenceName: String {
    switch self {
    case .minimumNorm: "MNE"
    case .dSPM: "dSPM"
    case .sLORETA: "sLORETA"
    case .eLORETA: "eLORETA"
    }
  }
}
