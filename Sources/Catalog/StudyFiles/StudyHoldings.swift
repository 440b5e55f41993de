/// What a warehouse holds that a study can name.
public struct StudyHoldings: Sendable {
  /// A recorded signal: BOLD of regions, EEG of channels.
  public struct Signal: Sendable {
    public let name: String
    public let subjectCount: Int
    /// Its slowest rate.
    public let rateHz: Double

    public init(name: String, subjectCount: Int, rateHz: Double) {
      (self.name, self.subjectCount, self.rateHz) = (name, subjectCount, rateHz)
    }
  }

  public struct Dataset: Sendable {
    public let name: String
    /// Stimuli with sound.
    public var sounds: [String] = []
    public var hasPicture = false
    public var spaces: [String] = []
    public var ratings: [String] = []
    public var signals: [Signal] = []
    /// Studies that were run and fit something to its regions.
    public var mapped: [String] = []

    public init(name: String) { self.name = name }
  }

  public var datasets: [Dataset]
  /// Models that encode sound.
  public var encoders: [String] = []
  /// Whether voice and soundtrack can be told apart.
  public var separates = false
  /// Columns of imported atlases that hold numbers and no places.
  public var columns: [(atlas: String, name: String)] = []

  public init(datasets: [Dataset]) { self.datasets = datasets }

  var hasSound: Bool { !sounds.isEmpty }
  /// Stimuli with sound, by name.
  package var sounds: [String] { Self.distinct(datasets.flatMap(\.sounds)) }
  var hasPicture: Bool { datasets.contains(where: \.hasPicture) }
  /// Studies that fit something to regions of every dataset.
  var mapped: [String] {
    Self.distinct(datasets.flatMap(\.mapped)).filter { name in datasets.allSatisfy { $0.mapped.contains(name) } }
  }
  var spaces: [String] { Self.distinct(datasets.flatMap(\.spaces)) }
  var ratings: [String] { Self.distinct(datasets.flatMap(\.ratings)) }
  /// By name; of the same name in several datasets the first.
  var signals: [Signal] {
    var met: Set<String> = []
    return datasets.flatMap(\.signals).filter { met.insert($0.name).inserted }
  }

  private static func distinct(_ names: [String]) -> [String] {
    var met: Set<String> = []
    return names.filter { met.insert($0).inserted }
  }
}
