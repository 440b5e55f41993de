import ArgumentParser
import Diagnostics
import FMRI
import Lineage
import NIfTIFile
import Warehouse

/// `evoke export nifti --view VIEW --value COLUMN --atlas NAME -o FILE.nii.gz`
struct ExportNIfTI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nifti", abstract: "Results per region as an image on an atlas' grid.",
    discussion: """
      Every voxel of a region gets the region's number. The rows that are left after --where must hold each region once. \
      Scores of other programs are left out unless --where origin=external asks for them. \
      Regions without a row or a number, and voxels outside every region, are NaN, or 0 with --outside 0.
      """)

  @Option(help: "View with a column region: encoding_score, synchrony_summary ...") var view: String
  @Option(help: "Column of the numbers: r, p_max, mean_isc ...") var value: String
  @Option(
    name: .customLong("where"), help: ArgumentHelp("Rows that meet a condition; repeatable.", valueName: "column=value")
  )
  var conditions: [String] = []
  @Option(help: "Atlas with a label image.") var atlas: String
  @Option(help: "nan or 0.") var outside = "nan"
  @Option(name: .shortAndLong, help: ArgumentHelp("The image.", valueName: "file.nii.gz")) var output: String
  @Flag(help: "Say what would be written; write nothing.") var dryRun = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if !["nan", "0"].contains(outside) { throw ValidationError("Outside is nan or 0.") }
    let name = output.lowercased()
    if !name.hasSuffix(".nii"), !name.hasSuffix(".nii.gz") {
      throw ValidationError("The image is NIfTI: name a file that ends with .nii or .nii.gz.")
    }
  }

  func run() throws {
    try global.requireNew(output)
    try global.withWarehouse(.reading) { warehouse in
      let (table, permit) = try ViewSelection(name: view, conditions: try conditions.map { try Condition($0) })
        .ofOneOrigin(in: warehouse).leavingRows(in: warehouse)
      let atlas = try RegionAtlas(named: atlas, in: warehouse)
      let numbers = try numbers(in: table)
      try report(numbers, atlas)
      reportInvalid(numbers, in: table)
      if !dryRun { try write(numbers, atlas, permit) }
      try Output.line(output)
    }
  }

  /// The number of each region.
  private func numbers(in table: SQLTable) throws -> [String: Double] {
    try ViewSelection.require(["region", value], of: view, in: table.columns)
    let rows = table.rows.compactMap { row in row["region"].string.map { (region: $0, row: row) } }
    var found: [String: SQLRow] = [:]
    for (region, row) in rows {
      guard let other = found.updateValue(row, forKey: region) else { continue }
      let differing = table.columns.filter { $0 != value && row[$0] != other[$0] }
      throw EvokeError(
        .ambiguousName, "\(view) region \(region)",
        reason: "\(rows.count { $0.region == region }) rows have it",
        remedy: "narrow the rows with --where"
          + (differing.isEmpty ? "" : "; they differ in \(differing.joined(separator: ", "))"))
    }
    guard rows.contains(where: { $0.row[value].double != nil }) else {
      throw EvokeError(
        .unknownName, "\(view).\(value)", reason: "none of \(rows.count) rows has a region and a number there",
        remedy: "check --where; evoke query \(view) shows the rows")
    }
    return found.compactMapValues { $0[value].double }
  }

  /// Says which regions find no place, and refuses where none does.
  private func report(_ numbers: [String: Double], _ atlas: RegionAtlas) throws {
    let known = Set(atlas.regions)
    let strange = numbers.keys.filter { !known.contains($0) }.sorted()
    guard strange.count < numbers.count else {
      throw EvokeError(
        .unknownName, "regions of \(view)",
        reason: "atlas \(atlas.name) has none of \(strange.prefix(6).joined(separator: ", "))",
        remedy: "name the atlas the recordings were imported with")
    }
    if !strange.isEmpty {
      let names = strange.prefix(6).joined(separator: ", ")
      global.note("\(strange.count) regions are not in atlas \(atlas.name): \(names)")
    }
    let empty = atlas.regions.count { numbers[$0] == nil }
    if empty > 0 { global.note("\(empty) of \(atlas.regions.count) regions have no number and are \(outside)") }
  }

  /// Says which numbers are not to be reported: an image has no column for it.
  private func reportInvalid(_ numbers: [String: Double], in table: SQLTable) {
    guard table.columns.contains("valid") else { return }
    let unfit = table.rows.filter { row in
      row["valid"].int == 0 && row["region"].string.map { numbers[$0] != nil } == true
    }
    guard !unfit.isEmpty else { return }
    let flags = table.columns.contains("flags") ? unfit.flatMap { RowFlags.reasons(in: $0["flags"].string) } : []
    let why = flags.isEmpty ? "" : ": " + Set(flags).sorted().joined(separator: ", ")
    global.note(
      "\(unfit.count) of \(numbers.count) regions are not to be reported (valid = 0)\(why); --where valid=1 leaves "
        + "them out")
  }

  private func write(_ numbers: [String: Double], _ atlas: RegionAtlas, _: DeparturePermit) throws {
    var format = NIfTIFormat()
    format.sformCode = atlas.sformCode == 0 ? 2 : atlas.sformCode
    format.description = "\(view).\(value)" + (conditions.isEmpty ? "" : " " + conditions.joined(separator: " "))
    let volume = atlas.painted(numbers, outside: outside == "0" ? 0 : .nan)
    try writeNIfTI(output, grid: atlas.labels.grid, format: format) { _ in volume }
  }
}
