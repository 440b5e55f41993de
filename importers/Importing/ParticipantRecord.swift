import Warehouse

/// One row of a participants table.
package struct ParticipantRecord: ImportRecord, Equatable {
  package var subject: String
  package var columns: [String: String]
  package var readFrom = RecordOrigin()

  package init(subject: String, columns: [String: String]) {
    self.subject = subject
    self.columns = columns
  }
}

extension ParticipantRecord {
  package static let noun = "participant"
  package var names: [(noun: String, text: String)] {
    [("subject", subject)]
  }
  package static let isTable = true
  package var origin: [String]? { readFrom.paths }

  package func stands(in place: ImportPlace, of activity: Int) throws -> Bool? {
    let rows = try place.connection.subjectAttributes(dataset: place.dataset, subject: subject)
    return columns.keys.allSatisfy { column in rows.contains { $0.name == column && $0.activityID == activity } }
  }

  /// A row of table `subject_attribute` per column.
  package func enter(_ entry: RecordEntry) throws {
    let key = try entry.subject(subject)
    for (name, value) in columns.sorted(by: { $0.key < $1.key }) {
      try entry.connection.insert(
        SubjectAttributeRow(subjectID: key, name: name, value: value, activityID: entry.activity), or: .replace)
    }
  }
}
