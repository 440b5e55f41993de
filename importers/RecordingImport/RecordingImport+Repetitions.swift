import Diagnostics
import Importing

extension RecordingReader {
  /// What `--repetition` or `{repetition}` says.
  ///
  /// - Throws: `optionMalformed`.
  func repetition(_ fields: [String: String], _ place: String) throws -> Int? {
    guard let text = fields["repetition"] else { return options.repetition }
    guard let number = Int(text), number > 0 else {
      throw EvokeError(
        .optionMalformed, place, reason: "{repetition} reads \(text.debugDescription), no number from 1",
        remedy: "narrow the template, or give --rename repetition=FILE with a number for each code")
    }
    return number
  }

  /// Numbers the showings of a stimulus to a subject over all its recordings of one signal, those of earlier imports
  /// counted: the same seconds again are a repetition, other seconds are a part. What an option or a template says stays.
  ///
  /// - Parameter plans: those of `records`, in their order.
  func countRepetitions(_ records: inout [RecordingRecord], of plans: [RecordingPlan], _ findings: inout Findings) {
    struct Shown {
      let presentation: RecordingRecord.Presentation
      let origin: String?
    }
    var shown: [[String]: [Shown]] = [:]
    let own = Set(records.map { [$0.modality, $0.name, $0.subject, $0.session, $0.run] })
    for past in known.showings {
      guard !own.contains([past.modality, past.signal, past.subject, past.session, past.run]) else { continue }
      let presentation = RecordingRecord.Presentation(
        stimulus: past.stimulus, onsetS: 0, stimulusStartS: past.startS, durationS: past.durationS, onsetSource: "event"
      )
      shown[[past.modality, past.signal, past.subject, past.stimulus], default: []].append(
        Shown(presentation: presentation, origin: nil))
    }
    var told: [(record: RecordingRecord, stimulus: String)] = []
    for index in Self.inOrder(records) {
      let (record, plan) = (records[index], plans[index])
      for place in record.presentations.indices {
        let presentation = record.shownToTheEnd(place)
        let key = [record.modality, record.name, record.subject, presentation.stimulus]
        let same = shown[key, default: []].filter { $0.presentation.overlaps(presentation) }
        let here = same.filter { $0.origin == plan.origin }
        let number = plan.repetition.map { $0 + here.count } ?? same.count + 1
        records[index].presentations[place].repetition = number
        if plan.repetition == nil, here.count < same.count { told.append((record, presentation.stimulus)) }
        shown[key, default: []].append(Shown(presentation: presentation, origin: plan.origin))
      }
    }
    if tellsRepetitions { tell(told, &findings) }
  }

  /// By session and run; a recording that names none comes first.
  private static func inOrder(_ records: [RecordingRecord]) -> [Int] {
    records.indices.sorted { a, b in
      for (x, y) in [(records[a].session, records[b].session), (records[a].run, records[b].run)] where x != y {
        guard let x else { return true }
        guard let y else { return false }
        return NaturalOrder.precedes(x, y)
      }
      return a < b
    }
  }

  private func tell(_ told: [(record: RecordingRecord, stimulus: String)], _ findings: inout Findings) {
    guard let (first, stimulus) = told.first else { return }
    let names = [first.session.map { "session \($0)" }, first.run.map { "run \($0)" }].compactMap { $0 }
    let subjects = Set(told.map(\.record.subject)).count
    findings.add(
      .warning, .shownAgain,
      (["subject \(first.subject)"] + names).joined(separator: ", ")
        + (told.count > 1 ? " and \(told.count - 1) more recordings" : ""),
      reason:
        "\(told.count) showings to \(subjects) subjects are of seconds that another recording shows, too, here of "
        + "\(stimulus): they are repetitions, which studies average",
      remedy: "give --repetition N or {repetition} in a template to confirm, or --stimulus-start-s if another part was "
        + "shown")
  }
}

extension RecordingRecord {
  /// A presentation with its length, where it lasts to the end of the recording.
  fileprivate func shownToTheEnd(_ place: Int) -> Presentation {
    var shown = presentations[place]
    shown.durationS = shown.durationS ?? (Double(sampleCount) / rateHz - shown.onsetS)
    return shown
  }
}
