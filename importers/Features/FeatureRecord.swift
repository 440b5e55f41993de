import Importing
import Showings
import Warehouse

/// A feature space computed elsewhere, for one stimulus (and layer).
package struct FeatureRecord: ImportRecord {
  package var readFrom = RecordOrigin()
  package var space: String
  package var stimulus: String
  package var run: String?
  package var element: String
  /// Set for layered embeddings.
  package var model: String?
  package var layerKey: String?
  package var depth: Int?
  package var relDepth: Double?
  package var featureNames: [String]
  /// Axes time, feature.
  package var array: ArraySource
  package var sampleCount: Int
  package var firstS: Double
  package var rateHz: Double?
  package var clock = ClockLedger()
  /// Whether its values were held over the durations of events: then none may follow the last.
  package var holdsEvents = false
  /// Whether it ends before its stimulus does.
  package var endsEarly = false

  package init(
    space: String, stimulus: String, element: String = "original", featureNames: [String], array: ArraySource,
    sampleCount: Int, firstS: Double, rateHz: Double?
  ) {
    self.space = space
    self.stimulus = stimulus
    self.element = element
    self.featureNames = featureNames
    self.array = array
    self.sampleCount = sampleCount
    self.firstS = firstS
    self.rateHz = rateHz
  }
}

extension FeatureRecord {
  package static let noun = "feature space"
  package var names: [(noun: String, text: String)] {
    [("feature space", space), ("stimulus", stimulus)] + (run.map { [("run", $0)] } ?? [])
  }
  package var origin: [String]? { readFrom.paths }
  // Its arrays are closures, of which nothing is printed.
  package var statement: String? { String(describing: self) }

  package func arrays(in dataset: String) -> [RecordArray] {
    let parts = [dataset, stimulus, run, element, space, layerKey]
    var description = ArrayDescription(
      name: parts.compactMap { $0 }.joined(separator: "/") + RecordArray.suffix(ofRate: rateHz), kind: "feature")
    description.dataset = dataset
    description.stimulus = stimulus
    description.run = run
    description.element = element
    description.featureSet = space
    description.model = model
    description.layerKey = layerKey
    description.rateHz = rateHz
    description.parameters = ["space": .string(space)]
    return [RecordArray(description, array)]
  }

  /// Rows of tables `feature_space`, `feature` and `alignment`.
  package func enter(_ entry: RecordEntry) throws {
    try entry.stimulus(
      stimulus, durationS: rateHz.map { SampleClock.binStart(of: firstS, step: 1 / $0) + Double(sampleCount) / $0 })
    // A space without layers has the empty key, so that it is unique.
    let space = try entry.connection.identify(
      FeatureSpaceRow(
        name: self.space, model: model, layerKey: layerKey ?? "", depth: depth, relDepth: relDepth,
        dimension: featureNames.count))
    for (i, name) in featureNames.enumerated() {
      try entry.connection.insert(FeatureRow(featureSpaceID: space, position: i, name: name), or: .ignore)
    }
    var alignment = Alignment(
      stimulus: stimulus, series: self.space, onsetSource: "stamps", verdict: endsEarly ? .short : .ok)
    alignment.declaredRateHz = rateHz
    alignment.impliedRateHz = rateHz
    alignment.offsetS = firstS
    alignment.array = entry.arrays[0]
    try entry.enter(alignment)
    try entry.enter(clock, series: self.space, stimulus: stimulus, subject: nil)
  }
}
