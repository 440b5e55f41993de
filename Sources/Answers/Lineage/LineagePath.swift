import Warehouse

/// One way from what leaves to something that it descends from, the shortest.
struct LineagePath {
  private struct Step {
    /// The thing it was used for; nil for what leaves itself.
    let from: Int?
    let words: String
  }

  private let connection: Connection
  private var steps: [Int: Step] = [:]
  private var reached: [Int] = []

  /// `unit 47ad9f7fb0d2 <- recording d/sub-01/eeg <- import eeg 15f945cb5f5f <- /data/sub-01.edf`; nil where there is none.
  static func text(from departure: Departure, to artifact: Int, _ connection: Connection) throws -> String? {
    var path = LineagePath(connection: connection)
    try path.start(departure)
    var next = 0
    while path.steps[artifact] == nil, next < path.reached.count {
      try path.widen(path.reached[next])
      next += 1
    }
    var words: [String] = []
    var place: Int? = artifact
    while let here = place, let step = path.steps[here] {
      words.append(step.words)
      place = step.from
    }
    return words.isEmpty ? nil : words.reversed().joined(separator: " <- ")
  }

  private init(connection: Connection) { self.connection = connection }

  private mutating func start(_ departure: Departure) throws {
    for name in departure.arrays.sorted() {
      for row in try connection.artifactsMatching(name: name, place: name) where row.kind == "array" {
        reach(row.artifactID, from: nil, "array \(row.name)")
      }
    }
    for key in departure.units.sorted() {
      for activity in try connection.unitActivity(key: key) {
        try take(activity.activityID, as: "unit \(key.prefix(12))", for: nil)
      }
    }
  }

  private mutating func widen(_ artifact: Int) throws {
    for maker in try connection.stepsOf(made: artifact, read: nil) {
      try take(maker.activityID, as: "\(maker.verb) \(maker.activityKey.prefix(12))", for: artifact)
    }
  }

  /// What an activity read is reached.
  private mutating func take(_ activity: Int, as words: String, for artifact: Int?) throws {
    for input in try connection.inputs(activity: activity) {
      reach(input.artifactID, from: artifact, "\(words) <- \(input.kind) \(input.name)")
    }
  }

  private mutating func reach(_ artifact: Int, from: Int?, _ words: String) {
    guard steps[artifact] == nil else { return }
    steps[artifact] = Step(from: from, words: words)
    reached.append(artifact)
  }
}
