import Warehouse

/// Whose recording it is: what every array and row made of it carries.
struct RecordingOwner: Codable, Hashable, Sendable {
  let dataset: String
  let subject: String
  let session: String?
  let run: String?

  init(_ recording: StudyRecording) {
    dataset = recording.row.dataset
    subject = recording.subject
    session = recording.row.session
    run = recording.row.run
  }

  /// Marks an array as this owner's.
  func sign(_ description: inout ArrayDescription) {
    description.dataset = dataset
    description.cohort = dataset
    description.subject = subject
    description.session = session
    description.run = run
  }
}
