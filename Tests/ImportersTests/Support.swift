import ContentIdentity
import Diagnostics
import Features
import Filters
import Foundation
import HDF5File
import Importing
import LabelledArrays
import Leadfields
import RecordingImport
import Tables
import Testing

let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures")

/// A folder of its own for one test; removed with it.
final class Scratch {
  let folder: URL
  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-import-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: folder) }
  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  @discardableResult func write(_ name: String, _ text: String) throws -> String {
    try write(name, bytes: Array(text.utf8))
  }
  @discardableResult func write(_ name: String, bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }
  /// An HDF5 file with datasets, written by our own writer.
  @discardableResult func hdf5(_ name: String, _ body: (HDF5Writer) throws -> Void) throws -> String {
    let writer = try HDF5Writer(creating: path(name))
    try body(writer)
    try writer.close()
    return path(name)
  }
}

let common = CommonOptions(dataset: "held", licence: "CC0")

extension ImportBatch {
  var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
  func found(_ code: ErrorCode) -> [Diagnostic] { diagnostics.filter { $0.code == code } }

  var stimuli: [StimulusRecord] { records(of: StimulusRecord.self) }
  var annotations: [AnnotationRecord] { records(of: AnnotationRecord.self) }
  var features: [FeatureRecord] { records(of: FeatureRecord.self) }
  var recordings: [RecordingRecord] { records(of: RecordingRecord.self) }
  var atlases: [AtlasRecord] { records(of: AtlasRecord.self) }
  var leadfields: [LeadfieldRecord] { records(of: LeadfieldRecord.self) }
  var filterBanks: [FilterBankRecord] { records(of: FilterBankRecord.self) }
  var participants: [ParticipantRecord] { records(of: ParticipantRecord.self) }
  var exclusions: [ExclusionRecord] { records(of: ExclusionRecord.self) }
}

/// One error of that code whose texts hold the given words, and nothing that would be stored from a faulty batch.
@discardableResult func expectError(
  _ batch: ImportBatch, _ code: ErrorCode, naming words: String..., at place: SourceLocation = #_sourceLocation
) -> Diagnostic? {
  #expect(batch.hasErrors, sourceLocation: place)
  let found = batch.found(code).filter { $0.severity == .error }
  #expect(!found.isEmpty, "\(batch.diagnostics)", sourceLocation: place)
  let match = found.first { finding in
    words.allSatisfy { "\(finding.object) | \(finding.reason) | \(finding.remedy)".contains($0) }
  }
  #expect(match != nil, "\(words): \(found)", sourceLocation: place)
  return match
}

/// A sum of incommensurate sines: no two channels alike, none constant.
func wave(_ time: Int, _ channel: Int, _ subject: Int = 0) -> Float {
  Float(
    sin(Double(time) * (0.1 + 0.013 * Double(channel)) + Double(subject)) + 0.3
      * cos(Double(time * (subject + 2)) * 0.07))
}
