import ArgumentParser
import ContentIdentity
import DelimitedText
import Diagnostics
import Haemodynamics
import Importing
import LabelledArrays
import NIfTIFile

/// The options of `import atlas`, as typed.
package struct AtlasOptions: VerbOptions {
  @Option(help: "Name of the atlas; else the file's stem.") package var name: String?
  /// Without it every column besides region, hemisphere and label.
  @Option(help: "Columns that group regions, COL,...") package var groups: String?
  @Option(help: "Label image (NIfTI); the table's column index, code, value or id holds the labels.")
  package var image: String?

  package init() {}
}

/// Imports a table of regions: region (or label, name), hemisphere, the label in an image (index, code, value or id),
/// and columns that group regions; with it, where named, the label image.
///
/// Hemispheres L, lh, left become `left`, R, rh, right `right`; other texts stay as they are. Stored are the labelled
/// voxels' places and labels, and the grid; labels of the image without a row and rows without a voxel are reported.
package func importAtlas(files: [String], options: AtlasOptions, common: CommonOptions) -> ImportBatch {
  // The image counts by its content, which is among the sources.
  var batch = ImportBatch(
    verb: "import atlas", options: options, settled: ["image": .bool(options.image != nil)], common: common)
  var findings = Findings()
  var atlases: [AtlasRecord] = []
  var outside: String?
  for case (let option, let value?) in [("--name", options.name), ("--image", options.image)] where files.count > 1 {
    findings.error(
      .optionMalformed, "\(option) \(value)", reason: "\(files.count) files would have one",
      remedy: "import them one by one")
  }
  readTable(files, &batch, &findings) { table, findings in
    guard let columns = AtlasColumns(table, options, &findings) else { return }
    let (regions, zero) = columns.regions(&findings)
    outside = zero
    atlases.append(AtlasRecord(name: options.name ?? SourceFile.stem(table.path), regions: regions))
  }
  if let path = options.image, !findings.hasErrors, let record = atlases.first {
    let image = findings.collect(path) { try labelImage(path, record, &batch) }
    if let (image, codes) = image {
      atlases[0].image = image
      compare(record, outside: outside, codes, path, &findings)
    }
  }
  batch.records = atlases
  batch.diagnostics = findings.all
  return batch
}

/// The label image, to be stored, and the labels in it. Throws what reading throws, and `notAnAtlas`.
private func labelImage(
  _ path: String, _ record: AtlasRecord, _ batch: inout ImportBatch
) throws -> (AtlasRecord.Image, [Int]) {
  batch.sources.append(try SourceFile(reading: path))
  let file = try NIfTIFile(reading: path)
  for other in file.files where other != path { batch.sources.append(try SourceFile(reading: other)) }
  let labels = try AtlasLabels(reading: file)
  // Stored as float32, which holds whole numbers up to 2^24.
  if let large = labels.codes.first(where: { abs($0) > 1 << 24 }) {
    throw EvokeError(
      .notAnAtlas, path, reason: "a voxel has the label \(large)", remedy: "renumber the labels below 16777216")
  }
  guard record.regions.contains(where: { $0.code != nil }) else {
    throw EvokeError(
      .tableNoColumn, "atlas \(record.name) column index",
      reason: "no column is named \(AtlasColumns.codeNames.joined(separator: ", ")), so no label has a region",
      remedy: "add a column index with each region's label in the image")
  }
  let array = LabelledArray(
    axes: [Axis("voxel", .numbers(labels.voxels.map { Double($0.place) }, units: "1"))],
    values: labels.voxels.map { Float(labels.codes[$0.region]) })
  let grid: [String: JSONValue] = [
    "dims": .array(labels.grid.dims.map { .int($0) }), "affine": .array(labels.grid.affine.map { .number($0) }),
    "sform_code": .int(max(file.header.sformCode, file.header.qformCode)),
  ]
  return (AtlasRecord.Image(array: ArraySource(array), grid: grid), labels.codes)
}

/// Reports labels without a row and rows without a voxel; an image that shares no label is an error, and so is a table
/// that counts from 0 the regions that the image counts from 1, which would give every region its neighbour's name.
///
/// - Parameter outside: the name of the row whose label is 0.
private func compare(
  _ record: AtlasRecord, outside: String?, _ codes: [Int], _ path: String, _ findings: inout Findings
) {
  let rows = Set(record.regions.compactMap(\.code))
  if let outside, let last = codes.last, Set(codes.map { $0 - 1 }) == rows.union([0]) {
    findings.error(
      .atlasImageUnmatched, path,
      reason: "the table's labels are 0 (\(outside)) to \(last - 1), the image's 1 to \(last)",
      remedy: "add 1 to the table's labels, or a row for \(last) if \(outside) is what lies outside every region")
    return
  }
  let strange = codes.filter { !rows.contains($0) }
  let empty = record.regions.filter { region in region.code.map { !codes.contains($0) } ?? true }.map(\.name)
  guard strange.count < codes.count else {
    findings.error(
      .atlasImageUnmatched, path, reason: "none of its \(codes.count) labels stands in the table",
      remedy: "check the index column: the image has \(NearMiss.list(codes.map(String.init)))")
    return
  }
  if !strange.isEmpty {
    findings.add(
      .warning, .atlasImageUnmatched, path,
      reason: "\(strange.count) of its labels have no row: \(NearMiss.list(strange.map(String.init)))",
      remedy: "add rows for them; until then they are left out of region series")
  }
  if !empty.isEmpty {
    findings.add(
      .warning, .atlasImageUnmatched, path,
      reason: "\(empty.count) regions have no voxel: \(NearMiss.list(empty))",
      remedy: "check the index column, or that the image was not cut or resampled too coarsely")
  }
}

/// Which column is what in a table of regions.
private struct AtlasColumns {
  static let codeNames = ["index", "code", "value", "id"]

  let table: DelimitedTable
  let region: Int
  let hemisphere: Int?
  let code: Int?
  let groups: [Int]

  init?(_ table: DelimitedTable, _ options: AtlasOptions, _ findings: inout Findings) {
    var code = Self.codeNames.compactMap(table.column).first { table.isNumeric($0, .point) }
    var names = ["region", "label", "name", "roi"].compactMap(table.column)
    // Some tables call the number a label and the region a name.
    if code == nil, names.count > 1, let label = table.column("label"), table.isNumeric(label, .point) {
      code = label
    }
    names.removeAll { $0 == code }
    guard let region = names.first else {
      findings.error(
        .tableNoColumn, "\(table.path) column region", reason: "no column is named region, label, name or roi",
        remedy: "the columns are \(NearMiss.list(table.header))")
      return nil
    }
    self.table = table
    self.region = region
    self.code = code
    hemisphere = ["hemisphere", "hemi", "side"].compactMap(table.column).first
    let taken = [region, hemisphere, code].compactMap { $0 }
    guard let groups = Self.groups(table, options.groups, taken, &findings) else { return nil }
    self.groups = groups
  }

  private static func groups(
    _ table: DelimitedTable, _ option: String?, _ taken: [Int], _ findings: inout Findings
  ) -> [Int]? {
    guard let option else { return table.header.indices.filter { !taken.contains($0) && !table.header[$0].isEmpty } }
    let names = OptionText.list(option)
    let columns = names.compactMap { name -> Int? in
      if let column = table.column(name) { return column }
      findings.error(
        .tableNoColumn, "\(table.path) column \(name)", reason: "--groups names it, the header does not",
        remedy: NearMiss.suggestion(name, in: table.header))
      return nil
    }
    return columns.count == names.count ? columns : nil
  }

  /// The regions, and the name of the row whose label is 0.
  func regions(_ findings: inout Findings) -> (regions: [AtlasRecord.Region], outside: String?) {
    var outside: String?
    var seen: [String: Int] = [:]
    var codes: [Int: Int] = [:]
    var regions: [AtlasRecord.Region] = []
    let numbers = code.map { table.numbers($0, .point, &findings) }
    for row in 0..<table.rowCount {
      guard let name = table.value(row, region) else {
        findings.error(
          .tableKeyMissing, table.place(row, region), reason: "the region is not named",
          remedy: "name it, or remove the row")
        continue
      }
      if let other = seen.updateValue(table.line(of: row), forKey: name) {
        findings.error(
          .rowTwice, table.place(row), reason: "\(name) stands already on line \(other)",
          remedy: "name the hemisphere in the region, or keep one row")
        continue
      }
      let number = numbers.flatMap { $0[row].isNaN ? nil : $0[row] }
      let own = number.flatMap { Int(exactly: $0) }
      if let number, own == nil {
        findings.error(
          .tableTextInNumbers, table.place(row, code), reason: "the label \(number) is not a whole number",
          remedy: "give the label that stands in the image")
      }
      if let own, let other = codes.updateValue(table.line(of: row), forKey: own) {
        findings.error(
          .rowTwice, table.place(row, code), reason: "the label \(own) stands already on line \(other)",
          remedy: "give each region its own label")
      }
      // 0 is outside every region; tables may name it (Background, Unknown).
      if own == 0 {
        outside = name
        continue
      }
      var values: [String: String] = [:]
      for column in groups { if let value = table.value(row, column) { values[table.header[column]] = value } }
      regions.append(.init(name: name, hemisphere: table.value(row, hemisphere).map(side), groups: values, code: own))
    }
    return (regions, outside)
  }
}

private func side(_ text: String) -> String {
  switch text.lowercased() {
  case "l", "lh", "left": "left"
  case "r", "rh", "right": "right"
  default: text
  }
}
