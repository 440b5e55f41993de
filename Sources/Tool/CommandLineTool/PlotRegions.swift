import Diagnostics
import Figures
import Lineage
import Vocabulary
import Warehouse

/// What `evoke plot regions VIEW` draws: a column of a view with one number per region.
struct PlotRegions {
  /// A published view, synchrony_summary unless told.
  var view = "synchrony_summary"
  var conditions: [Condition] = []
  /// Column of the numbers; nil: the view's own.
  var value: String?
  /// Leadfield whose cortex is drawn; nil: the built-in outlines of dk68, for other regions a leadfield that has them.
  var leadfield: String?

  /// Numbers that views are about.
  private static let usual = [
    "synchrony_summary": "mean_isc", "encoding_score": "r", "source_resolution": "own_share",
    "element_ablation": "voice_minus_soundtrack", "unique_variance": "unique_r2", "cohort_comparison": "difference",
    "meta_analysis": "estimate", "transfer_score": "r",
  ]

  /// - Throws: `E-QRY-001` for views and columns that are not there, `E-QRY-009` where a region has several numbers or
  ///   none, `E-LF-010` without a cortex.
  func plot(in warehouse: Warehouse) throws -> (RegionMapPlot, DeparturePermit) {
    let (table, permit) = try ViewSelection(name: view, conditions: conditions).ofOneOrigin(in: warehouse)
      .leavingRows(in: warehouse)
    guard let column = value ?? Self.usual[view] ?? table.columns.first(where: { $0 == "r" || $0 == "mean" }) else {
      throw EvokeError(
        .nothingToPlot, view, reason: "which of its columns to draw is not clear",
        remedy: "name one with --value: \(table.columns.joined(separator: ", "))")
    }
    try ViewSelection.require(["region", column], of: view, in: table.columns)
    let rows = table.rows.compactMap { row in row["region"].string.map { (region: $0, row: row) } }
    try requireOneEach(rows, table.columns, column)
    let test = Self.test(of: column, in: table.columns)
    let numbers = Dictionary(
      rows.map { ($0.region, Self.number($0.row, column, test: test, table.columns)) }, uniquingKeysWith: { $1 })
    guard !numbers.isEmpty else {
      throw EvokeError(
        .nothingToPlot, view, reason: "none of its rows has a region", remedy: "loosen the conditions")
    }
    let plot = try RegionMapPlot(
      title: "\(column) by region", subtitle: Self.subtitle(view, rows.map(\.row), table.columns), valueName: column,
      numbers: numbers, test: test, geometry: try geometry(Set(numbers.keys), in: warehouse))
    return (plot, permit)
  }

  /// The column whose maximum statistic speaks of a column, of a difference without draws its q; nil: there is none.
  private static func test(of column: String, in columns: [String]) -> String? {
    let hasNoDraws = ["voice_minus_soundtrack", "estimate"].contains(column) || columns.contains("comparable")
    if hasNoDraws { return columns.first { $0 == "q_bh" } }
    let ofThis = ["\(column)_p_max", column == "unique_r2" ? "p_max_unique" : nil]
    // A view's p_max speaks of the number it is about.
    let isSubject = ["r", "static_isc", "mean", "difference", "unique_r2"].contains(column)
    return (ofThis + [isSubject ? "p_max" : nil]).compactMap(\.self).first(where: columns.contains)
  }

  private static func number(_ row: SQLRow, _ column: String, test: String?, _ columns: [String]) -> RegionNumber {
    // A view that says nothing of its rows has none to leave out.
    let isExternal = columns.contains("origin") && row["origin"] == .text("external")
    let isUnfit = columns.contains("valid") && row["valid"].int != 1 && !isExternal
    let flags = columns.contains("flags") ? row["flags"].string : nil
    return RegionNumber(
      row[column].double, reasons: isUnfit ? RowFlags.reasons(in: flags) : [],
      isSignificant: Significance.isReached(by: test.flatMap { row[$0].double }))
  }

  /// Several rows of one region differ in what the columns before the number say.
  private func requireOneEach(_ rows: [(region: String, row: SQLRow)], _ columns: [String], _ column: String) throws {
    guard
      let twice = Dictionary(grouping: rows, by: \.region).filter({ $1.count > 1 }).min(by: { $0.key < $1.key })
    else { return }
    let keys = columns.prefix { $0 != column }.filter { key in
      key != "region" && Set(twice.value.map { $0.row[key].string }).count > 1
    }
    let choices = keys.prefix(3).map { key in
      "\(key): \(Set(twice.value.compactMap { $0.row[key].string }).sorted().prefix(6).joined(separator: ", "))"
    }
    throw EvokeError(
      .nothingToPlot, "\(view), region \(twice.key)",
      reason:
        "\(twice.value.count) rows\(choices.isEmpty ? "" : "; they differ in \(choices.joined(separator: "; "))")",
      remedy: "choose with --where COLUMN=VALUE")
  }

  /// What is the same in all rows.
  private static func subtitle(_ view: String, _ rows: [SQLRow], _ columns: [String]) -> String {
    let wanted = [
      "study", "dataset", "cohort", "stimulus", "target", "element", "layer_key", "signal", "method", "software",
    ]
    let shared = wanted.filter(columns.contains).compactMap { column -> String? in
      let all = Set(rows.map { $0[column].string })
      guard all.count == 1, let shared = all.compactMap({ $0 }).first, !shared.isEmpty else { return nil }
      return "\(column) \(shared)"
    }
    return ([view] + shared).joined(separator: ", ")
  }

  private func geometry(_ regions: Set<String>, in warehouse: Warehouse) throws -> RegionGeometry {
    if leadfield == nil, let builtIn = RegionGeometry.desikanKilliany(having: regions) { return builtIn }
    let rows = try warehouse.read { try $0.leadfields() }
    let meshes = try rows.filter { leadfield == nil || $0.name == leadfield }.compactMap { row in
      try Self.mesh(row, in: warehouse)
    }
    if let leadfield, meshes.isEmpty {
      throw EvokeError(
        .noCortex, "leadfield \(leadfield)",
        reason: rows.contains { $0.name == leadfield }
          ? "it has no triangles, positions or regions" : "there are \(rows.map(\.name))",
        remedy: "import a leadfield with vertices, triangles and labels, or leave --leadfield out")
    }
    let best = meshes.max { $0.names.intersection(regions).count < $1.names.intersection(regions).count }
    if let best, leadfield != nil || !best.names.isDisjoint(with: regions) { return best.geometry() }
    throw EvokeError(
      .noCortex, regions.sorted().prefix(5).joined(separator: ", "),
      reason: "no imported leadfield has a cortex with these regions",
      remedy: "evoke import leadfield FILE with vertices, triangles and labels of this atlas")
  }

  private struct Mesh {
    let names: Set<String>
    let geometry: () -> RegionGeometry
  }

  private static func mesh(_ row: Rows.Leadfields, in warehouse: Warehouse) throws -> Mesh? {
    let parts = try warehouse.read { try $0.leadfieldArrays(name: row.name) }
    func array(_ part: String) throws -> [Float]? {
      try parts.first { $0.part == part }.map { try ArrayReader.read(warehouse.reference($0)).values }
    }
    guard let triangles = try array("triangles"), let positions = try array("positions"),
      let region = try array("region")
    else { return nil }
    // The triangles name regions by their places.
    let names = try StoredJSON.read([String].self, row.regions, of: "leadfield \(row.name)")
    return Mesh(names: Set(names)) {
      RegionGeometry(
        positions: positions.map(Double.init), triangles: triangles.map { Int($0) },
        region: region.map { $0.isNaN ? -1 : Int($0) }, names: names)
    }
  }
}
