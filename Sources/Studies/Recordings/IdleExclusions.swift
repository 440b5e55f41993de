import Diagnostics
import Warehouse

extension StudyContext {
  /// Lines for people about exclusions that hold of nothing that is imported: what a misspelt name was to leave out
  /// stays in.
  package func idleExclusions() throws -> [String] {
    try definition.datasets.flatMap { dataset -> [String] in
      let rules = try warehouse.read { try $0.studyExclusions(dataset: dataset) }.filter { rule in
        switch definition.filters.exclude {
        case .all: true
        case .none: false
        case .named(let name): rule.list == name
        }
      }
      guard !rules.isEmpty else { return [] }
      let places = try warehouse.read { try ExcludablePlace.all(of: dataset, $0) }
      return try Dictionary(grouping: rules, by: \.list).sorted { $0.key < $1.key }.compactMap { list, rules in
        let idle = try rules.filter { rule in try !places.contains { try $0.meets(rule) } }
        guard !idle.isEmpty else { return nil }
        return "exclusion list \(list): \(idle.count) of its \(rules.count) rows hold of nothing in dataset "
          + "\(dataset): " + NearMiss.list(idle.map(\.words), limit: 3)
      }
    }
  }
}

/// What an exclusion can name: a showing in a recording, a rating or a stimulus.
private struct ExcludablePlace {
  let place: StudyPlace
  /// Of a showing; nil: it is no recording's.
  var recording: Rows.StudyRecordings?
  /// Where the showing ends, in seconds of the recording.
  var endS = Double.infinity

  static func all(of dataset: String, _ connection: Connection) throws -> [ExcludablePlace] {
    func key(_ signal: String, _ place: StudyPlace, _ startS: Double) -> [String?] {
      [signal, place.stimulus, place.subject, place.session, place.run, "\(startS)"]
    }
    var durations: [[String?]: Double] = [:]
    for row in try connection.knownShowings(dataset: dataset) {
      let place = StudyPlace(stimulus: row.stimulus, subject: row.subject, session: row.session, run: row.run)
      durations[key(row.signal, place, row.startS)] = row.durationS
    }
    let shown = try connection.studyRecordings(dataset: dataset).map { row in
      let lasting = durations[key(row.signal, row.place, row.stimulusStartS)].map { row.onsetS + $0 }
      return ExcludablePlace(place: row.place, recording: row, endS: lasting ?? .infinity)
    }
    let names = try connection.knownNames(dataset: dataset).filter { $0.kind == "annotation" }.map(\.name)
    let rated = try names.flatMap { try connection.studyAnnotations(dataset: dataset, name: $0) }.map {
      ExcludablePlace(place: $0.place)
    }
    let stimuli = try connection.studyStimuli(dataset: dataset).map {
      ExcludablePlace(place: StudyPlace(stimulus: $0.name, subject: nil, session: nil, run: nil))
    }
    return shown + rated + stimuli
  }

  /// Whether an exclusion holds of it; channels, components and times are those of recordings.
  func meets(_ rule: Rows.StudyExclusions) throws -> Bool {
    guard rule.holds(of: place) else { return false }
    guard let recording else { return rule.channel == nil && rule.component == nil && rule.onsetS == nil }
    if let from = rule.onsetS, let to = rule.offsetS, to <= recording.onsetS || from >= endS { return false }
    if rule.component != nil, recording.modality != "eeg" { return false }
    return try rule.channel.map { try StudyRecording.texts(recording.labels).contains($0) } ?? true
  }
}

extension Rows.StudyExclusions {
  /// What it names, for people.
  var words: String {
    let names = [
      ("subject", subject), ("session", session), ("run", run), ("stimulus", stimulus), ("channel", channel),
      ("component", component),
    ].compactMap { noun, name in name.map { "\(noun) \($0)" } }
    let times = [onsetS.map { "\($0) s" }, offsetS.map { "to \($0) s" }].compactMap { $0 }
    return (names + times).joined(separator: " ")
  }
}
