import ContentIdentity
import Diagnostics
import Foundation
import Importing
import LabelledArrays

/// Where the nuisance regressors of recordings come from.
package struct ConfoundOptions: Sendable, Equatable {
  /// A table with a header (fMRIPrep's `*_desc-confounds_timeseries.tsv`) or, with `names`, without one (SPM's
  /// `rp_*.txt`), or `FILE.h5:DATASET` `[time, confound]`; the fields of templates stand in braces:
  /// `{subject}_desc-confounds_timeseries.tsv`.
  package var file: String
  /// Rows before the recording's first volume.
  package var start: Int
  /// Names of the columns of a dataset, or of a table that has none.
  package var names: [String]

  package init(file: String, start: Int = 0, names: [String] = []) {
    self.file = file
    self.start = start
    self.names = names
  }
}

/// Reads the confounds of one recording after another.
struct ConfoundSource {
  let options: ConfoundOptions

  /// The confounds of one recording.
  struct Series {
    /// `[time, feature]`, one row per kept sample, missing values NaN.
    let array: LabelledArray
    /// Column -> mask, where a JSON file beside the table tells (fMRIPrep numbers the components of three masks through).
    let masks: [String: String]
    let sources: [SourceFile]
  }

  /// - Throws: `confoundsUnequal` unless the rows after `start` are as many as the file's volumes; `fileMissing`,
  ///   `templateNoMatch`, `bidsSidecar`, what reading throws.
  func series(for plan: RecordingPlan) throws -> Series {
    let path = try path(for: plan)
    let (source, names, columns) = try path.dataset.map { try dataset(path.file, $0) } ?? table(path.file)
    let volumes = plan.source.fileSampleCount
    guard let rows = columns.first?.count else {
      throw EvokeError(.confoundsUnequal, path.file, reason: "it has no column", remedy: "give a table of confounds")
    }
    guard rows - options.start == volumes else { throw unequal(path.file, rows, volumes, plan) }
    let kept = plan.source.samples
    var values: [Float] = []
    values.reserveCapacity(kept.count * columns.count)
    for row in kept { for column in columns { values.append(Float(column[row + options.start])) } }
    let array = LabelledArray(
      axes: [.time((0..<kept.count).map { Double($0) / plan.rateHz }), .labels("feature", names)], values: values,
      units: "au")
    let sidecar = try path.dataset == nil ? sidecar(of: path.file) : nil
    return Series(
      array: array, masks: try sidecar.map { try Self.masks($0.members, object: $0.source.path) } ?? [:],
      sources: [source] + (sidecar.map { [$0.source] } ?? []))
  }

  /// The JSON file beside a table; nil where there is none.
  private func sidecar(of table: String) throws -> (source: SourceFile, members: [String: JSONValue])? {
    let name = table.lastIndex(of: "/").map(table.index(after:)) ?? table.startIndex
    let json = String(table[..<name]) + SourceFile.stem(table) + ".json"
    guard FileManager.default.fileExists(atPath: json) else { return nil }
    let (source, bytes) = try SourceFile.contents(of: json)
    do { return (source, try SidecarJSON.members(of: bytes)) } catch {
      throw EvokeError(.bidsSidecar, json, reason: "\(error)", remedy: "correct its JSON, or move it away")
    }
  }

  /// The `Mask` of every column that has one. What a pipeline did not retain is no component.
  private static func masks(_ members: [String: JSONValue], object: String) throws -> [String: String] {
    var masks: [String: String] = [:]
    for (column, member) in members where member["Mask"]?.isNull == false && member["Retained"] != false {
      guard let mask = member["Mask"]?.stringValue else {
        throw EvokeError(
          .bidsSidecar, object, reason: "the Mask of \(column) is no text", remedy: "write the name of the mask")
      }
      masks[column] = mask
    }
    return masks
  }

  private func unequal(_ path: String, _ rows: Int, _ volumes: Int, _ plan: RecordingPlan) -> EvokeError {
    let after = options.start > 0 ? " after the \(options.start) of --confound-start" : ""
    let remedy =
      rows > volumes
      ? "give --confound-start \(rows - volumes) if its first \(rows - volumes) rows are of volumes that were discarded"
      : "give the confounds of this very run"
    return EvokeError(
      .confoundsUnequal, path,
      reason: "it has \(rows - options.start) rows\(after), \(plan.place) has \(volumes) volumes", remedy: remedy)
  }

  private func path(for plan: RecordingPlan) throws -> (file: String, dataset: String?) {
    var text = options.file
    let known = ["subject": plan.subject, "session": plan.session, "run": plan.run, "stimulus": plan.stimulus]
    let fields = known.compactMapValues { $0 }.merging(plan.codes) { _, code in code }
    for (field, value) in fields { text = text.replacingOccurrences(of: "{\(field)}", with: value) }
    if let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") {
      throw EvokeError(
        .templateNoMatch, "--confounds \(options.file)",
        reason: "\(text[open...close]) is not known of \(plan.place)",
        remedy: "known are: \(fields.keys.sorted().joined(separator: ", "))")
    }
    if !FileManager.default.fileExists(atPath: text), let colon = text.lastIndex(of: ":") {
      let file = String(text[..<colon])
      if FileManager.default.fileExists(atPath: file) { return (file, String(text[text.index(after: colon)...])) }
    }
    let found = try PathTemplate.files(text)
    guard found.count == 1 else {
      throw EvokeError(
        .templateNoMatch, text, reason: "\(found.count) files match: \(NearMiss.list(found.map(\.path)))",
        remedy: "narrow --confounds to one file per recording")
    }
    return (found[0].path, nil)
  }

  private typealias Columns = (source: SourceFile, names: [String], columns: [[Double]])

  private static let motion = "trans_x,trans_y,trans_z,rot_x,rot_y,rot_z"

  private func table(_ path: String) throws -> Columns {
    let table = try NumberColumns(reading: path)
    if let names = table.names {
      guard options.names.isEmpty else {
        throw EvokeError(
          .optionMalformed, "--confound-names", reason: "the first line of \(path) names its columns itself",
          remedy: "leave --confound-names out")
      }
      return (table.source, names, table.columns)
    }
    guard !options.names.isEmpty else {
      throw table.unnamed(
        "names",
        remedy: "give --confound-names "
          + (table.holdsMotionOfSPM ? Self.motion : "with a name for each of its \(table.columns.count) columns"))
    }
    return (table.source, try givenNames(table.columns.count, of: path), table.columns)
  }

  /// What `--confound-names` says, a name per column.
  private func givenNames(_ width: Int, of object: String) throws -> [String] {
    guard options.names.count == width, Set(options.names).count == width else {
      throw EvokeError(
        .labelsUnusable, object,
        reason: "--confound-names gives \(Set(options.names).count) different names for \(width) columns",
        remedy: "give one per column")
    }
    return options.names
  }

  private func dataset(_ path: String, _ dataset: String) throws -> Columns {
    let file = try ArrayFile.open(path)
    let shape = try file.shape(dataset)
    let object = file.object(dataset)
    guard shape.count == 2 || shape.count == 1 else {
      throw EvokeError(
        .axisCount, object, reason: "its shape is \(shape)", remedy: "confounds are a matrix [time, confound]")
    }
    let width = shape.count == 2 ? shape[1] : 1
    let stem = dataset.split(separator: "/").last.map(String.init) ?? "confound"
    let names =
      try options.names.isEmpty ? (1...max(1, width)).map { "\(stem)_\($0)" } : givenNames(width, of: object)
    let values = try file.floats(dataset, offset: shape.map { _ in 0 }, count: shape)
    let columns = (0..<width).map { column in
      stride(from: column, to: values.count, by: width).map { Double(values[$0]) }
    }
    return (try SourceFile(reading: path), names, columns)
  }
}
