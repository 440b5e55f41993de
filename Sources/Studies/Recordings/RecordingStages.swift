import ContentIdentity
import Showings
import Warehouse
import Work

/// One showing of a stimulus in a recording, as a target reads it: as imported, or as units of the plan leave it.
package struct StudyRecording {
  /// Where its samples come from.
  enum Source {
    case imported(ArrayReference)
    /// Key of the unit that makes them.
    case computed(String)
  }

  /// Who, what, when.
  let row: Rows.StudyRecordings
  var source: Source
  /// Name of the array `[time, channel or region]`, time in seconds of the recording.
  var arrayName: String
  /// What is measured: the recording's signal name, or what a stage made of it.
  package var signal: String
  /// Samples per second.
  var rateHz: Double
  /// Columns of the array, and those that no statistic may use.
  package var labels: [String]
  var bad: Set<String>
  /// Those that were imported as bad.
  let importedBad: [String]
  /// Excluded stretches.
  var blank: [BlankStretch]
  /// Longest period that a preparation left in it; nil: none took slow drifts out.
  package var longestPeriodS: Double?
  /// Independent components that an exclusion list names.
  let rejectedComponents: Set<Int>

  package var stimulus: String { row.stimulus }
  package var subject: String { row.subject }
  /// Whether it is EEG in its channels.
  var isElectrodes: Bool { row.modality == "eeg" && row.spaceAxis == "channel" }

  /// A recording as imported; bad channels, excluded channels and stretches, and bad segments are noted.
  init(
    _ row: Rows.StudyRecordings, _ warehouse: Warehouse, excluded: [Rows.StudyExclusions], segments: [BadSegment]
  ) throws {
    self.row = row
    source = .imported(try warehouse.reference(row))
    arrayName = row.name
    signal = row.signal
    rateHz = row.rateHz
    labels = try Self.texts(row.labels)
    importedBad = try Self.texts(row.bad)
    let rules = excluded.filter { $0.holds(of: row.place) }
    rejectedComponents = Set(rules.compactMap { $0.component.flatMap { Int($0) } })
    bad = Set(importedBad + rules.filter { $0.onsetS == nil }.compactMap(\.channel))
    blank = rules.compactMap { rule in
      rule.onsetS.map { BlankStretch(from: $0, to: rule.offsetS, channel: rule.channel) }
    }
    let showing = showing
    blank += segments.filter { $0.concerns(stimulus: row.stimulus, run: row.run, subject: row.subject) }
      .map { $0.blank(in: showing) }
  }

  /// The texts of a column that holds a JSON list of them.
  static func texts(_ list: String) throws -> [String] {
    try StrictCoder.decode([String].self, from: JSONValue(parsing: list))
  }

  /// What a unit reads of it.
  func input(role: String) -> WorkUnit.Input {
    switch source {
    case .imported(let reference): .array(role: role, reference)
    case .computed(let key): .unit(role: role, key: key)
    }
  }

  /// Where the stimulus lies in the recording, and what of it is left out.
  var showing: Showing {
    Showing(
      subject: subject, stimulus: stimulus, run: row.run, onsetS: row.onsetS, stimulusStartS: row.stimulusStartS,
      durationS: row.durationS, bad: bad, blank: blank)
  }
}

extension Rows.StudyRecordings {
  var place: StudyPlace { StudyPlace(stimulus: stimulus, subject: subject, session: session, run: run) }
}

extension [StudyRecording] {
  /// What a unit reads of them, a recording with several showings once.
  package func inputs(role: String) -> [WorkUnit.Input] {
    var seen: Set<String> = []
    return filter { seen.insert($0.arrayName).inserted }.map { $0.input(role: role) }
  }

  /// The same with the stimuli that each shows.
  package func parts(role: String) -> [PlannedTarget.Part] {
    let shown = Dictionary(grouping: self, by: \.arrayName).mapValues { Set($0.map(\.stimulus)) }
    var seen: Set<String> = []
    return compactMap { recording in
      guard seen.insert(recording.arrayName).inserted, let stimuli = shown[recording.arrayName] else { return nil }
      return PlannedTarget.Part(recording.input(role: role), of: stimuli)
    }
  }

  /// Stimulus -> who saw it.
  package var people: [String: Set<String>] {
    Dictionary(grouping: self, by: \.stimulus).mapValues { Set($0.map(\.subject)) }
  }

  /// Array name -> its showings.
  package var placements: [String: [Showing]] {
    Dictionary(grouping: self, by: \.arrayName).mapValues { $0.map(\.showing) }
  }

  package var subjectCount: Int { Set(map(\.subject)).count }
}

/// A kind of work that recordings go through before targets read them: preparation, localisation, a signal.
protocol RecordingStage {
  /// The units planned so far, each after what it needs.
  var units: [WorkUnit] { get }
  /// The recordings as its units leave them; those it does not concern come back as they are.
  mutating func apply(_ recordings: [StudyRecording]) throws -> [StudyRecording]
  /// Lines for people, shown with the plan.
  var notes: [String] { get }
}

extension RecordingStage {
  var notes: [String] { [] }
}

/// The registry of stages, in the order in which recordings go through them.
enum RecordingStages {
  static func of(_ context: StudyContext) throws -> [any RecordingStage] {
    let all: [(any RecordingStage)?] = [
      EEGPreparationStage(context), try SourceLocalisationStage(context), FMRIPreparationStage(context),
    ]
    return all.compactMap { $0 }
  }
}
