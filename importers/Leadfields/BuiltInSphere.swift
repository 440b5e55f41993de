import ContentIdentity
import Diagnostics
import Electrophysiology
import Importing
import LinearAlgebra

/// The sphere that needs no file: part of the program, with a hash of its own, so that what is made with it descends
/// from a source.
package struct BuiltInSphere: Sendable {
  package struct Sensor: Sendable, Equatable {
    package var name: String
    /// Metres from the centre of the sphere, on its surface; x to the right, y to the front, z up.
    package var position: SIMD3<Double>
  }

  /// As typed: 10-20, 10-10, 10-05 or names.
  package let montage: String
  package let radiusM: Double
  package let conductivity: Double
  package let sensors: [Sensor]
  let sources: SphereSources

  /// - Throws: `channelPosition` for a name without a 10-05 position; `leadfieldLayout` for a size that no head has.
  package init(montage: String, radiusM: Double, conductivity: Double) throws {
    guard radiusM > 0, radiusM < 1, conductivity > 0, conductivity.isFinite else {
      throw EvokeError(
        .leadfieldLayout, "--sphere \(montage)",
        reason: "its radius is \(radiusM) m, its conductivity \(conductivity) S/m",
        remedy: "give --radius in metres and --conductivity in S/m")
    }
    let names = Self.names(of: montage)
    let positions = try StandardMontage.requiredPositions(of: names, object: "--sphere \(montage)")
    self.montage = montage
    self.radiusM = radiusM
    self.conductivity = conductivity
    sensors = names.enumerated().map { row, name in
      let place: SIMD3<Double> = [positions[row, 0], positions[row, 1], positions[row, 2]]
      let length = (place * place).sum().squareRoot()
      return Sensor(name: name, position: length > 0 ? place * (radiusM / length) : place)
    }
    sources = SphereSources(radius: radiusM)
  }

  private static func names(of montage: String) -> [String] {
    switch montage {
    case "10-20":
      [
        "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P7", "P3", "Pz", "P4", "P8", "O1",
        "O2",
      ]
    case "10-10":
      StandardMontage.names.filter {
        $0.wholeMatch(of: /(?:Fp|AF|F|FT|FC|T|C|TP|CP|P|PO|O)(?:\d{1,2}|z)/) != nil
      }
    case "10-05": StandardMontage.names
    default: OptionText.list(montage)
    }
  }

  private static let asset = "sphere"

  /// Recorded is what it was made of; the hash is over all its positions in whole micrometres, so that it is the same
  /// on every machine and another where a montage or a region came to lie elsewhere.
  package var source: SourceFile {
    let made: JSONValue = [
      "conductivity": .number(conductivity), "radius_m": .number(radiusM), "sensors": .string(montage),
    ]
    return SourceFile(builtIn: "\(Self.asset) \(made.canonical)", content: description.canonical)
  }

  /// What the name of its source records.
  private struct Recipe: Codable {
    let conductivity: Double
    let radiusM: Double
    let sensors: String
  }

  /// The sphere behind the name of a built-in source; nil for other names.
  ///
  /// - Throws: what reading its recipe and making it throw.
  package init?(sourceName: String) throws {
    guard sourceName.hasPrefix(Self.asset + " ") else { return nil }
    let json = try JSONValue(parsing: String(sourceName.dropFirst(Self.asset.count + 1)))
    let recipe = try StrictCoder.decode(Recipe.self, from: json)
    try self.init(montage: recipe.sensors, radiusM: recipe.radiusM, conductivity: recipe.conductivity)
  }

  private var description: JSONValue {
    [
      "asset": .string(Self.asset), "conductivity": .number(conductivity), "radius_m": .number(radiusM),
      "sensors": .array(sensors.map { ["name": .string($0.name), "at_um": Self.micrometres($0.position)] }),
      "sources": .array(
        sources.regionOfSource.enumerated().map { row, region in
          let place = sources.positions
          return [
            "region": .string(DesikanKilliany.names[region]),
            "at_um": Self.micrometres([place[row, 0], place[row, 1], place[row, 2]]),
          ]
        }),
    ]
  }

  private static func micrometres(_ place: SIMD3<Double>) -> JSONValue {
    .array([place.x, place.y, place.z].map { .int(Int(($0 * 1e6).rounded())) })
  }

  /// Seven radial dipoles per Desikan-Killiany region in a homogeneous sphere.
  func content() throws -> LeadfieldContent {
    let electrodes = Matrix(
      rows: sensors.count, columns: 3, values: sensors.flatMap { [$0.position.x, $0.position.y, $0.position.z] })
    let field = try SphereConductor(radius: radiusM, conductivity: conductivity).leadfield(
      electrodes: electrodes, positions: sources.positions, moments: sources.normals)
    var content = LeadfieldContent(
      format: "sphere", values: field.values, channels: sensors.map(\.name), sourceCount: field.columns,
      directionCount: 1)
    content.sensors = electrodes.values
    content.positions = sources.positions.values
    content.normals = sources.normals.values
    content.regionOfSource = sources.regionOfSource
    content.regions = DesikanKilliany.names
    content.atlas = "dk68"
    return content
  }
}
