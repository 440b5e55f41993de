import Diagnostics
import LinearAlgebra

/// A homogeneous conducting sphere, whose potentials have a closed form.
///
/// At electrode r on the surface (|r| = R), for a dipole p at r0, with d = |r - r0|:
/// `V = p · [ 2 (r - r0) / d³ + (r + R (r - r0) / d) / (R (R² - r·r0 + R d)) ] / (4π σ)`
/// (the summed Legendre series; a dipole at the centre gives 3 p·r̂ / (4π σ R²)).
public struct SphereConductor: Sendable, Equatable {
  /// Metres.
  public let radius: Double
  /// Siemens per metre.
  public let conductivity: Double

  public init(radius: Double = 0.09, conductivity: Double = 0.33) {
    precondition(radius > 0 && conductivity > 0, "radius and conductivity are positive")
    self.radius = radius
    self.conductivity = conductivity
  }

  /// The leadfield of fixed-orientation dipoles, not referenced.
  ///
  /// - Parameter electrodes: `[channelCount, 3]`, seen from the centre; each is moved along its ray to the surface.
  /// - Parameter positions: `[sourceCount, 3]`, metres from the centre, inside the sphere.
  /// - Parameter moments: `[sourceCount, 3]`, unit vectors for a leadfield in volts per ampere-metre.
  /// - Returns: `[channelCount, sourceCount]`, V / (A m).
  /// - Throws: `E-ELE-005` for an electrode without a position, `E-ELE-011` for a dipole not inside the sphere.
  public func leadfield(electrodes: Matrix, positions: Matrix, moments: Matrix) throws(EvokeError) -> Matrix {
    precondition(electrodes.columns == 3 && positions.columns == 3 && moments.columns == 3, "points in space")
    precondition(positions.rows == moments.rows, "one moment per source")
    let surface = try projected(electrodes)
    for s in 0..<positions.rows {
      let distance = (0..<3).reduce(0.0) { $0 + positions[s, $1] * positions[s, $1] }.squareRoot()
      guard distance < radius else {
        throw EvokeError(
          .dipoleOutside, "source \(s)", reason: "it lies \(distance) m from the centre, the radius is \(radius) m",
          remedy: "give positions in metres from the centre of the sphere")
      }
    }
    var result = Matrix(rows: electrodes.rows, columns: positions.rows)
    for e in 0..<electrodes.rows {
      let r = SIMD3(surface[e, 0], surface[e, 1], surface[e, 2])
      for s in 0..<positions.rows {
        let moment = SIMD3(moments[s, 0], moments[s, 1], moments[s, 2])
        result[e, s] = (moment * gradient(r, SIMD3(positions[s, 0], positions[s, 1], positions[s, 2]))).sum()
      }
    }
    return result
  }

  /// The potential at r per component of the moment at r0.
  private func gradient(_ r: SIMD3<Double>, _ r0: SIMD3<Double>) -> SIMD3<Double> {
    let offset = r - r0
    let d = (offset * offset).sum().squareRoot()
    let near = offset * (2 / (d * d * d))
    let far = (r + offset * (radius / d)) / (radius * (radius * radius - (r * r0).sum() + radius * d))
    return (near + far) / (4 * Double.pi * conductivity)
  }

  private func projected(_ electrodes: Matrix) throws(EvokeError) -> Matrix {
    var result = electrodes
    for e in 0..<electrodes.rows {
      let length = (0..<3).reduce(0.0) { $0 + electrodes[e, $1] * electrodes[e, $1] }.squareRoot()
      guard length.isFinite, length > 1e-6 else {
        throw EvokeError(
          .channelPosition, "channel \(e)", reason: "its position is missing or at the centre of the sphere",
          remedy: "give the montage a position for it, or drop the channel")
      }
      for k in 0..<3 { result[e, k] *= radius / length }
    }
    return result
  }
}
