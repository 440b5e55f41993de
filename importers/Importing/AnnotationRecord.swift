import Showings
import Warehouse

/// An annotation of a stimulus over time, by one rater or subject.
package struct AnnotationRecord: ImportRecord {
  package var name: String
  package var stimulus: String
  package var readFrom = RecordOrigin()
  package var rater: String?
  package var subject: String?
  package var session: String?
  package var run: String?
  /// `rating` or `bad_segment`.
  package var kind: String
  /// Declared scale, or the observed range when `scaleIsObserved`.
  package var scale: ClosedRange<Double>
  package var scaleIsObserved: Bool
  /// Axis time (seconds of the stimulus, as given, any spacing); values in the scale's units.
  package var array: ArraySource
  package var sampleCount: Int
  package var firstS: Double
  package var lastS: Double
  package var rateHz: Double?
  package var missingCount: Int
  package var clock = ClockLedger()
  /// Whether it ends before its stimulus does.
  package var endsEarly = false
  /// How its onset is known: `stamps` of a table, or of an array `option` or `assumed`.
  package var onsetSource = ClockSource.stamps

  package init(
    name: String, stimulus: String, kind: String = "rating", scale: ClosedRange<Double>, scaleIsObserved: Bool,
    array: ArraySource, sampleCount: Int, firstS: Double, lastS: Double, rateHz: Double?, missingCount: Int
  ) {
    self.name = name
    self.stimulus = stimulus
    self.kind = kind
    self.scale = scale
    self.scaleIsObserved = scaleIsObserved
    self.array = array
    self.sampleCount = sampleCount
    self.firstS = firstS
    self.lastS = lastS
    self.rateHz = rateHz
    self.missingCount = missingCount
  }
}

extension AnnotationRecord {
  package static let noun = "annotation"
  package var names: [(noun: String, text: String)] {
    let people = [("rater", rater), ("subject", subject), ("session", session), ("run", run)]
    return [("annotation", name), ("stimulus", stimulus)] + people.compactMap { noun, text in text.map { (noun, $0) } }
  }
  package var origin: [String]? { readFrom.paths }
  // Its arrays are closures, of which nothing is printed.
  package var statement: String? { String(describing: self) }

  package func arrays(in dataset: String) -> [RecordArray] {
    let parts = [dataset, stimulus, run, "annotation", name, rater ?? subject]
    var description = ArrayDescription(name: parts.compactMap { $0 }.joined(separator: "/"), kind: "annotation")
    description.dataset = dataset
    description.cohort = dataset
    description.stimulus = stimulus
    description.subject = subject
    description.session = session
    description.run = run
    description.rater = rater
    description.rateHz = rateHz
    description.parameters = ["annotation": .string(name)]
    return [RecordArray(description, array)]
  }

  /// Rows of tables `annotation_series` and `alignment`; a stimulus without media is as long as its longest series.
  package func enter(_ entry: RecordEntry) throws {
    let end = rateHz.map { SampleClock.binStart(of: lastS, step: 1 / $0) + 1 / $0 } ?? lastS
    let stimulusKey = try entry.stimulus(stimulus, durationS: end)
    let subjectKey = try subject.map(entry.subject)
    let raterKey = try rater.map(entry.rater)
    try entry.connection.insert(
      AnnotationSeriesRow(
        activityID: entry.activity, datasetID: entry.dataset, stimulusID: stimulusKey, raterID: raterKey,
        subjectID: subjectKey, sessionID: try entry.session(session, of: subjectKey),
        acquisitionRunID: try run.map(entry.run), name: name, kind: kind, scaleLow: scale.lowerBound,
        scaleHigh: scale.upperBound, scaleIsObserved: scaleIsObserved ? 1 : 0, sampleCount: sampleCount, firstS: firstS,
        lastS: lastS, rateHz: rateHz, missingCount: missingCount, arrayID: entry.arrays[0]))
    let span = lastS - firstS
    var alignment = Alignment(
      stimulus: stimulus, series: name, onsetSource: onsetSource.rawValue,
      verdict: endsEarly ? .short : onsetSource == .assumed ? .assumed : rateHz == nil ? .irregular : .ok)
    alignment.subject = subject
    alignment.declaredRateHz = rateHz
    alignment.impliedRateHz = sampleCount > 1 && span > 0 ? Double(sampleCount - 1) / span : nil
    alignment.offsetS = 0
    alignment.array = entry.arrays[0]
    try entry.enter(alignment)
    try entry.enter(clock, series: name, stimulus: stimulus, subject: subject)
  }
}
