import ContentIdentity
import Diagnostics
import FileSystem
import LabelledArrays

extension Connection {
  /// The artifact of a hashed thing.
  public func artifact(kind: String, name: String, sha256: String, bytes: Int? = nil) throws -> Int {
    try identify(ArtifactRow(kind: kind, name: name, sha256: sha256, bytes: bytes))
  }

  /// Enters what somebody did that can be done again alike (a merge, an accepted edit, a change of consent); its number.
  ///
  /// Its key is the SHA-256 of kind, verb, options, dataset, second and number: two alike within a second stay two.
  @discardableResult
  public func enterEvent(kind: String, verb: String, options: JSONValue, dataset: String? = nil) throws -> Int {
    let now = Machine.now
    let key = JSONValue.array([
      .string(kind), .string(verb), options, dataset.map { .string($0) } ?? .null, .string(now),
      .int(try nextActivity()[0].next),
    ])
    return try insert(
      ActivityRow(
        kind: kind, verb: verb, activityKey: key.sha256, options: options.canonical, dataset: dataset, state: "done",
        startedAt: now))
  }

  public func recordUse(_ activity: Int, of artifact: Int, as role: String) throws {
    try insert(UsedRow(activityID: activity, artifactID: artifact, role: role), or: .ignore)
  }

  public func recordGeneration(_ activity: Int, of artifact: Int) throws {
    try insert(GeneratedRow(activityID: activity, artifactID: artifact), or: .ignore)
  }

  /// Enters a stored array, its axes and its artifact; the array's key.
  @discardableResult
  public func enter(_ array: StoredArray, activity: Int) throws -> Int {
    let keys = array.description
    let artifact = try artifact(kind: "array", name: keys.name, sha256: array.sha256, bytes: array.bytes)
    try recordGeneration(activity, of: artifact)
    let key = try insert(
      StoredArrayRow(
        artifactID: artifact, activityID: activity, name: keys.name, kind: keys.kind, dataset: keys.dataset,
        cohort: keys.cohort, subject: keys.subject, session: keys.session, run: keys.run, repetition: keys.repetition,
        rater: keys.rater, stimulus: keys.stimulus, element: keys.element, featureSet: keys.featureSet,
        model: keys.model, layerKey: keys.layerKey, dtype: "<f4",
        shape: JSONValue.array(array.shape.map { .int($0) }).canonical, bytes: array.bytes, rateHz: keys.rateHz,
        units: array.units, parameters: keys.parameters.canonical, file: array.file, path: array.path,
        logicalSHA256: array.sha256, axesSHA256: array.axesSHA256, fileSHA256: array.fileBytes.sha256,
        fileStamp: array.fileBytes.stamp))
    try put(array.fileBytes, at: array.file)
    for (position, axis) in array.axes.enumerated() { try insert(Self.row(axis, at: position, of: key)) }
    return key
  }

  /// Notes the bytes of an array file that stands in its place, for every array in it.
  public func put(_ bytes: StoredBytes, at file: String) throws {
    try arrayFilePut(sha256: bytes.sha256, stamp: bytes.stamp, file: file)
  }

  private static func row(_ axis: Axis, at position: Int, of array: Int) -> ArrayAxisRow {
    switch axis.values {
    case .numbers(let numbers, let units):
      ArrayAxisRow(
        arrayID: array, position: position, name: axis.name, length: axis.count, units: units, first: numbers.first,
        step: step(numbers))
    case .labels(let labels):
      ArrayAxisRow(
        arrayID: array, position: position, name: axis.name, length: axis.count, units: "label",
        labels: JSONValue.array(labels.map { .string($0) }).canonical)
    }
  }

  /// The spacing of evenly spaced numbers.
  private static func step(_ numbers: [Double]) -> Double? {
    guard numbers.count > 1, let first = numbers.first, let last = numbers.last else { return nil }
    let step = (last - first) / Double(numbers.count - 1)
    for (i, number) in numbers.enumerated() where abs(number - (first + Double(i) * step)) > 1e-6 * max(abs(step), 1e-9)
    {
      return nil
    }
    return step
  }

  /// The environment row of this process.
  public func environment(blasKernel: String, threads: Int, libraries: [String: String]) throws -> Int {
    try identify(
      EnvironmentRow(
        hostnameHash: Machine.hostnameHash, cpuModel: Machine.cpuModel, blasKernel: blasKernel, threads: threads,
        evokeVersion: Warehouse.version,
        libraryVersions: JSONValue.object(libraries.mapValues { .string($0) }).canonical))
  }
}

extension SQLValue: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}

extension Warehouse {
  /// A file that the catalog names.
  ///
  /// - Throws: `outsideWarehouse`.
  public func path(_ file: String) throws(EvokeError) -> WarehousePath { try WarehousePath(file, in: directory) }

  /// Where an array is and what it must hash to.
  ///
  /// - Throws: `outsideWarehouse`.
  public func reference(_ place: some ArrayPlace) throws(EvokeError) -> ArrayReference {
    ArrayReference(
      name: place.name, file: try path(place.file).absolute, path: place.path, sha256: place.logicalSHA256,
      record: ArrayReference.Record(
        axesSHA256: place.axesSHA256, fileSHA256: place.fileSHA256, fileStamp: place.fileStamp))
  }
}
