import Diagnostics
import LinearAlgebra
import Vocabulary

extension SourceOrientation {
  /// Variance of the tangential components relative to the normal one.
  public var looseness: Double { self == .fixed ? 0 : self == .loose ? 0.2 : 1 }
}

/// A leadfield of sources of one direction each, or of three.
public struct LeadfieldMatrix: Sendable, Equatable {
  /// `[channelCount, sourceCount · directionCount]`, V / (A m); of three directions x, y and z follow each other.
  public let matrix: Matrix
  /// 1 or 3.
  public let directionCount: Int
  /// Unit vectors `[sourceCount, 3]`; needed by three directions.
  public let normals: Matrix?

  public var sourceCount: Int { matrix.columns / directionCount }

  public init(_ matrix: Matrix, directionCount: Int, normals: Matrix?) {
    precondition(directionCount == 1 || directionCount == 3, "one direction or three")
    precondition(matrix.columns % directionCount == 0, "whole sources")
    precondition(
      normals.map { $0.rows == matrix.columns / directionCount && $0.columns == 3 } ?? true, "one normal each")
    self.matrix = matrix
    self.directionCount = directionCount
    self.normals = normals
  }

  /// These channels, average-referenced over them: what an inverse of data of these channels needs.
  public func referenced(channels: [Int]) -> LeadfieldMatrix {
    LeadfieldMatrix(
      averageReferenced(leadfield: matrix.selecting(rows: channels)), directionCount: directionCount, normals: normals)
  }

  /// `[channelCount, sourceCount]` along the normals.
  ///
  /// - Throws: `E-ELE-013` for three directions without normals.
  public func fixed() throws(EvokeError) -> Matrix {
    guard directionCount == 3 else { return matrix }
    let normals = try requireNormals()
    let (columns, sources) = (matrix.columns, sourceCount)
    var result = Matrix(rows: matrix.rows, columns: sources)
    for i in 0..<matrix.rows {
      for s in 0..<sources {
        let at = i * columns + 3 * s
        result.values[i * sources + s] =
          matrix.values[at] * normals.values[3 * s] + matrix.values[at + 1] * normals.values[3 * s + 1]
          + matrix.values[at + 2] * normals.values[3 * s + 2]
      }
    }
    return result
  }

  /// Each source's two tangents, then its normal: `[channelCount, 3 · sourceCount]`.
  ///
  /// - Throws: `E-ELE-013` for one direction, or for three without normals.
  public func surfaceOriented() throws(EvokeError) -> Matrix {
    guard directionCount == 3 else {
      throw EvokeError(
        .leadfieldOrientation, "leadfield", reason: "its sources have one direction each",
        remedy: "use orientation: fixed, or import a leadfield with three directions")
    }
    let normals = try requireNormals()
    let columns = matrix.columns
    var result = matrix
    for s in 0..<sourceCount {
      let n = SIMD3(normals[s, 0], normals[s, 1], normals[s, 2])
      let axes = [Self.tangent(n), Self.cross(n, Self.tangent(n)), n]
      for i in 0..<matrix.rows {
        let at = i * columns + 3 * s
        let row = SIMD3(matrix.values[at], matrix.values[at + 1], matrix.values[at + 2])
        for (d, axis) in axes.enumerated() { result.values[at + d] = (row * axis).sum() }
      }
    }
    return result
  }

  private func requireNormals() throws(EvokeError) -> Matrix {
    guard let normals else {
      throw EvokeError(
        .leadfieldOrientation, "leadfield", reason: "it has three directions and no normals",
        remedy: "import it with --normals")
    }
    return normals
  }

  /// A unit vector orthogonal to n. Which one does not matter: both tangents have one variance.
  private static func tangent(_ n: SIMD3<Double>) -> SIMD3<Double> {
    let axis: SIMD3<Double> = abs(n.x) < 0.6 ? [1, 0, 0] : [0, 1, 0]
    let t = cross(n, axis)
    return t / (t * t).sum().squareRoot()
  }

  private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
  }
}

extension InverseKernel {
  /// The inverse of a referenced leadfield with sources of the given orientation.
  ///
  /// - Throws: `E-ELE-013`, and what the other initialisers throw.
  public init(
    _ leadfield: LeadfieldMatrix, orientation: SourceOrientation, noise: NoiseCovariance,
    parameters: InverseParameters = InverseParameters()
  ) throws(EvokeError) {
    if orientation == .fixed {
      try self.init(leadfield: leadfield.fixed(), noise: noise, parameters: parameters)
    } else {
      try self.init(
        surfaceOriented: leadfield.surfaceOriented(), looseness: orientation.looseness, noise: noise,
        parameters: parameters)
    }
  }
}
