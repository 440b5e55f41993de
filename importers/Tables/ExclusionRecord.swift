import Importing
import Warehouse

/// What an analysis must leave out, and why; nil members match everything.
package struct ExclusionRecord: ImportRecord, Equatable {
  package var list: String
  package var subject: String?
  package var session: String?
  package var run: String?
  package var stimulus: String?
  package var channel: String?
  package var component: String?
  package var onsetS: Double?
  package var offsetS: Double?
  package var reason: String

  package init(list: String, reason: String) {
    self.list = list
    self.reason = reason
  }
}

extension ExclusionRecord {
  package static let noun = "exclusion"
  package var names: [(noun: String, text: String)] {
    [("exclusion list", list)]
  }
  package static let isTable = true

  /// The row of table `exclusion`.
  package func enter(_ entry: RecordEntry) throws {
    try entry.connection.insert(
      ExclusionRow(
        activityID: entry.activity, datasetID: entry.dataset, list: list, subject: subject, session: session, run: run,
        stimulus: stimulus, channel: channel, component: component, onsetS: onsetS, offsetS: offsetS, reason: reason))
  }
}
