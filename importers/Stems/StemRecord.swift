import Diagnostics
import Importing
import Warehouse

/// A separated sound of a stimulus that was made elsewhere.
package struct StemRecord: ImportRecord {
  package var stimulus: String
  /// `voice` or `soundtrack`.
  package var element: String
  /// An entry of `ImportBatch.sources`.
  package var source: SourceFile
  package var rateHz: Double
  package var sampleCount: Int
  /// Over samples and two channels.
  package var meanSquare: Double
  package var rmsDBFS: Double
  /// Share of seconds below -60 dBFS.
  package var silentFraction: Double
  /// Original minus both stems, dB re the original; nil while a stem is missing.
  package var residualDB: Double?
  package var passport: SoundPassport

  package init(
    stimulus: String, element: String, source: SourceFile, rateHz: Double, sampleCount: Int, meanSquare: Double,
    rmsDBFS: Double, silentFraction: Double, residualDB: Double?, passport: SoundPassport
  ) {
    self.stimulus = stimulus
    self.element = element
    self.source = source
    self.rateHz = rateHz
    self.sampleCount = sampleCount
    self.meanSquare = meanSquare
    self.rmsDBFS = rmsDBFS
    self.silentFraction = silentFraction
    self.residualDB = residualDB
    self.passport = passport
  }
}

extension StemRecord {
  package static let noun = "stem"
  package var names: [(noun: String, text: String)] {
    [("stimulus", stimulus)]
  }

  package func conflict(in place: ImportPlace) throws -> EvokeError? {
    let stems = try place.connection.stemFiles(dataset: place.dataset)
    guard let stem = stems.first(where: { $0.stimulus == stimulus && $0.element == element }) else {
      return nil
    }
    return EvokeError(
      .alreadyImported, "\(element) of \(stimulus)", reason: "\(stem.path) is its stem",
      remedy: "evoke forget \(stem.path) first")
  }

  /// The rows of tables `stem_file` and `sound`.
  package func enter(_ entry: RecordEntry) throws {
    let key = try entry.stimulus(stimulus)
    try entry.enter(passport, of: key, element: element)
    try entry.connection.insert(
      StemFileRow(
        activityID: entry.activity, stimulusID: key,
        sourceFileID: try entry.sourceFile(source), element: element, rateHz: rateHz, sampleCount: sampleCount,
        meanSquare: meanSquare, rmsDbfs: rmsDBFS, silentFraction: silentFraction, residualDb: residualDB))
  }
}
