import Recordings
import StudyFiles

/// Which stimuli of several datasets are one: those of one medium. Within a dataset a name is a stimulus.
package struct CohortStimuli: Codable, Sendable, Hashable {
  /// Dataset, then stimulus: SHA-256 of its medium; empty for a study of one dataset.
  let media: [String: [String: String]]

  package init(media: [String: [String: String]]) { self.media = media }

  /// Of a study.
  package init(_ context: StudyContext) throws {
    let datasets = context.definition.datasets
    guard datasets.count > 1 else {
      media = [:]
      return
    }
    var media: [String: [String: String]] = [:]
    for dataset in datasets {
      for row in try context.warehouse.read({ try $0.studyStimuli(dataset: dataset) }) {
        if let sha256 = row.mediaSHA256 { media[dataset, default: [:]][row.name] = sha256 }
      }
    }
    self.media = media
  }

  /// What is the same for one stimulus, whichever dataset has it.
  package func identity(_ stimulus: String, of dataset: String) -> String {
    media[dataset]?[stimulus] ?? "\(dataset)/\(stimulus)"
  }
}
