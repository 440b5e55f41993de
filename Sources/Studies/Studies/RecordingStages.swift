import ContentIdentity
import Plans
import Showings
import Warehouse

/// One showing of a stimulus in a recording, as a target reads it: as imported, or as units of the plan leave it.
struct StudyRecording {
  /// Where its samples come from.
  enum Source {
    case imported(ArrayReference)
    /// Key of the unit that makes them.
    case computed(String)
  }

  /// Its row of `study_recordings`: who, what, when.
  let row: SQLRow
  var source: Source
  /// Name of the array `[time, channel or region]`, time in seconds of the recording.
  var arrayName: String
  /// What is measured: the recording's signal name, or what a stage made of it.
  var signal: String
  /// Samples per second.
  var rateHz: Double
  /// Columns of the array, and those that no statistic may use.
  var labels: [String]
  var bad: Set<String>
  /// Excluded stretches.
  var blank: [BlankStretch]
  /// Independent components that an exclusion list names.
  let rejectedComponents: Set<Int>

  var stimulus: String { row.text("stimulus") }
  var subject: String { row.text("subject") }

  /// A recording as imported; bad channels, excluded channels and stretches, and bad segments are noted.
  init(_ row: SQLRow, _ warehouse: Warehouse, excluded: [Rows.StudyExclusions], segments: [BadSegment]) {
    self.row = row
    source = .imported(warehouse.reference(row))
    arrayName = row.text("name")
    signal = row.text("signal")
    rateHz = row.double("rate_hz")
    labels = Self.labels(row, "labels")
    let rules = excluded.filter { $0.holds(of: Self.place(of: row)) }
    rejectedComponents = Set(rules.compactMap(\.component).compactMap { Int($0) })
    bad = Set(Self.labels(row, "bad") + rules.filter { $0.onsetS == nil }.compactMap(\.channel))
    blank = rules.compactMap { rule in
      rule.onsetS.map { BlankStretch(from: $0, to: rule.offsetS, channel: rule.channel) }
    }
    let showing = showing
    blank += segments.filter {
      $0.concerns(stimulus: showing.stimulus, run: showing.run, subject: row.optionalText("subject"))
    }.map { $0.blank(in: showing) }
  }

  /// Whose a row of `study_recordings` is.
  static func place(of row: SQLRow) -> StudyPlace {
    StudyPlace(
      stimulus: row.text("stimulus"), subject: row.text("subject"), session: row.optionalText("session"),
      run: row.optionalText("run"))
  }

  static func labels(_ row: SQLRow, _ column: String) -> [String] {
    (try? JSONValue(parsing: row.text(column)))?.arrayValue?.compactMap(\.stringValue) ?? []
  }

  /// What a unit reads of it.
  func input(role: String) -> Unit.Input {
    switch source {
    case .imported(let reference): .array(role: role, reference)
    case .computed(let key): .unit(role: role, key: key)
    }
  }

  /// Where the stimulus lies in the recording, and what of it is left out.
  var showing: Showing {
    Showing(
      subject: subject, stimulus: stimulus, run: row.optionalText("run"), onsetS: row.double("onset_s"),
      stimulusStartS: row.double("stimulus_start_s"), durationS: row["duration_s"].double, bad: bad, blank: blank)
  }
}

extension [StudyRecording] {
  /// What a unit reads of them, a recording with several showings once.
  func inputs(role: String) -> [Unit.Input] {
    var seen: Set<String> = []
    return filter { seen.insert($0.arrayName).inserted }.map { $0.input(role: role) }
  }

  /// Array name -> its showings.
  var placements: JSONValue {
    .object(Dictionary(grouping: self, by: \.arrayName).mapValues { .array($0.map(\.showing.json)) })
  }

  var subjectCount: Int { Set(map(\.subject)).count }
}

/// A kind of work that recordings go through before targets read them: preparation, localisation, a signal.
protocol RecordingStage {
  /// The units planned so far, each after what it needs.
  var units: [Unit] { get }
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
