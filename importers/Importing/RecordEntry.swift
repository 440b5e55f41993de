import Warehouse

/// What a record enters its rows with: the catalog, the keys of its import and arrays, and the rows others share.
package struct RecordEntry {
  package let connection: Connection
  /// Keys of the import's activity and of the dataset.
  package let activity: Int
  package let dataset: Int
  package let common: CommonOptions
  /// Keys of the record's arrays, in their order.
  package let arrays: [Int]

  /// The key of a file the import read, entered where it is new.
  ///
  /// A source is recorded by its absolute path, because later commands may run in another folder; one that is part of
  /// the program by its name.
  @discardableResult
  package func sourceFile(_ source: SourceFile) throws -> Int {
    let path = source.isBuiltIn ? source.path : SourceFile.absolute(source.path)
    let artifact = try connection.artifact(kind: "source", name: path, sha256: source.sha256, bytes: source.bytes)
    try connection.recordUse(activity, of: artifact, as: "source")
    let before = try connection.consentOfSource(sha256: source.sha256).first
    let key = try connection.identify(
      SourceFileRow(artifactID: artifact, sha256: source.sha256, path: path, bytes: source.bytes))
    try connection.describeSource(path: path, licence: common.licence, source: key)
    if let declared = common.consent, try declared.counts(beside: before?.consent, isNew: before == nil) {
      try connection.setSourceConsent(consent: declared.rawValue, source: key)
    }
    return key
  }

  /// The stimulus of that name, made where it is new; `durationS` raises the duration of one without media.
  @discardableResult
  package func stimulus(_ name: String, durationS: Double? = nil) throws -> Int {
    let key = try connection.identify(StimulusRow(datasetID: dataset, name: name))
    if let durationS { try connection.prolongStimulus(durationS: durationS, stimulus: key) }
    return key
  }

  /// The subject of that name, made where it is new.
  package func subject(_ name: String) throws -> Int {
    try connection.identify(SubjectRow(datasetID: dataset, name: name))
  }

  /// The rater of that name, made where it is new.
  package func rater(_ name: String) throws -> Int {
    try connection.identify(RaterRow(datasetID: dataset, name: name))
  }

  /// The acquisition run of that name, made where it is new.
  package func run(_ name: String) throws -> Int {
    try connection.identify(AcquisitionRunRow(datasetID: dataset, name: name))
  }

  /// The session of that name of a subject, made where it is new; nil where either is not given.
  package func session(_ name: String?, of subject: Int?) throws -> Int? {
    guard let name, let subject else { return nil }
    return try connection.identify(SessionRow(subjectID: subject, name: name))
  }

  package func enter(_ alignment: Alignment) throws {
    try connection.insert(alignment.row(activity: activity, dataset: common.dataset))
  }

  /// The row of table `sound` of an element of a stimulus.
  package func enter(_ passport: SoundPassport, of stimulus: Int, element: String) throws {
    try connection.insert(passport.row(activity: activity, stimulus: stimulus, element: element), or: .replace)
  }
}
