import ContentIdentity

/// `truth.json`: what a simulation planted, and in what.
struct SimulationTruth: Codable {
  static let current = "evoke.truth/1"

  enum Kind: String, Codable {
    case annotation, response, synchrony

    /// Where its random numbers begin: kinds share none.
    var streamOffset: Int {
      switch self {
      case .annotation: 0
      case .response: 100_000
      case .synchrony: 200_000
      }
    }
  }

  struct Stimulus: Codable {
    let name: String
    let seconds: Int
  }

  /// An array that a driver's scores were made of.
  struct DriverArray: Codable {
    let array: String
    let sha256: String
  }

  /// One annotation or region. Values per stimulus stand under its name.
  struct Target: Codable {
    let kind: Kind
    let target: String
    /// nil for an annotation.
    let region: String?
    /// nil for a target driven by nothing.
    let featureSet: String?
    /// nil for a driver without layers.
    let layerKey: String?
    let lagS: Double
    let signalShare: Double
    let achievedShare: [String: Double]
    let weights: [Double]
    let signal: [String: [Double]]
    let rho: [String: [Double]]
  }

  let schema: String
  let simulation: String
  let dataset: String
  let seed: Int
  let stimuli: [Stimulus]
  /// By the driver's label.
  let drivers: [String: [DriverArray]]
  let targets: [Target]
}
