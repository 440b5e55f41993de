import ContentIdentity
import Diagnostics
import LabelledArrays
import Warehouse

/// One thing an importer hands over: it knows its arrays, what it cannot stand beside, and its rows.
///
/// A batch knows no kinds of record: an importer of something new brings a record of its own.
package protocol ImportRecord: Sendable {
  /// What one is called where records are counted: `annotation`, `feature space`.
  static var noun: String { get }
  /// What several are called; `noun` and an s unless told.
  static var plural: String { get }
  /// Whether it leaves rows only, neither an array nor a file of its own: then the whole import is an artifact, a
  /// `table`, from which the lineage of these rows starts.
  static var isTable: Bool { get }
  /// What it calls itself and the people and stimuli it is of: each has to be a `Name`.
  var names: [(noun: String, text: String)] { get }
  /// What is stored of it. The order is kept: the paths of arrays in their file count it.
  func arrays(in dataset: String) -> [RecordArray]
  /// What is in the catalog already and cannot stand beside it; arrays of equal names are found without it.
  func conflict(in place: ImportPlace) throws -> EvokeError?
  /// What its conflict is one of, where many records share it and one is asked for all; nil: of the record itself.
  var contested: String? { get }
  /// Paths of the files it was read from, entries of the batch's sources; none: it comes of the batch as a whole; nil: it
  /// is a name that others speak of, and comes of no file.
  var origin: [String]? { get }
  /// Everything its rows say, for records whose arrays a later import of more files may bring again; nil for others.
  var statement: String? { get }
  /// Whether its rows are those of an import, as others may have replaced them; nil where rows cannot tell.
  func stands(in place: ImportPlace, of activity: Int) throws -> Bool?
  /// Enters its rows. Its arrays, and the records that stand before it in the batch, are there.
  func enter(_ entry: RecordEntry) throws
}

extension ImportRecord {
  package static var plural: String { noun + "s" }
  package static var isTable: Bool { false }
  package var names: [(noun: String, text: String)] { [] }
  package var origin: [String]? { [] }
  package func arrays(in dataset: String) -> [RecordArray] { [] }
  package func conflict(in place: ImportPlace) throws -> EvokeError? { nil }
  package var contested: String? { nil }
  package var statement: String? { nil }
  package func stands(in place: ImportPlace, of activity: Int) throws -> Bool? { nil }
}

/// An array an import will store: read only when it is written, so that memory stays bounded by one array.
package struct ArraySource: Sendable {
  package let load: @Sendable () throws -> LabelledArray

  package init(_ load: @escaping @Sendable () throws -> LabelledArray) { self.load = load }
  package init(_ array: LabelledArray) { self.load = { array } }
}

/// One array of a record under its name in the catalog.
package struct RecordArray: Sendable {
  package var description: ArrayDescription
  package var source: ArraySource
  /// Written after the arrays of all records that are no companions, as confounds are after the recordings.
  package var isCompanion: Bool

  package init(_ description: ArrayDescription, _ source: ArraySource, isCompanion: Bool = false) {
    self.description = description
    self.source = source
    self.isCompanion = isCompanion
  }

  /// A rate as the end of an array's name: `@0.5`; nothing where there is none.
  package static func suffix(ofRate rateHz: Double?) -> String {
    rateHz.map { "@" + JSONValue.number($0).canonical } ?? ""
  }
}

/// The catalog an import goes to, and the dataset in it.
package struct ImportPlace {
  package let connection: Connection
  package let dataset: String
}
