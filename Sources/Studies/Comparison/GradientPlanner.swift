import ContentIdentity
import Diagnostics
import Electrophysiology
import Encoding
import Recordings
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Plans the units that hold maps of another study, of its fits and of its synchrony, against columns of an atlas.
package struct GradientPlanner {
  /// What the study asks for.
  package struct Design: Sendable {
    let source: String
    let atlas: String
    let columns: [String]
    let centres: [String]
    /// nil: all that the study makes.
    let maps: [MapQuantity]?

    package init(source: String, atlas: String, columns: [String], centres: [String], maps: [MapQuantity]?) {
      (self.source, self.atlas, self.columns, self.centres, self.maps) = (source, atlas, columns, centres, maps)
    }
  }

  /// The columns of centres where a study names none.
  package static let standardCentres = ["x", "y", "z"]

  /// Of fits, then of synchrony, where each is asked for.
  package let units: [WorkUnit]
  /// Which maps are made, for people.
  package let note: String

  /// - Parameters:
  ///   - units: of the source study.
  ///   - synchrony: what they measure of it.
  /// - Throws: `E-WH-010` for an atlas, column or dataset that is not there; `E-STU-008` where there is no place, or a map that is
  ///   asked for is not made.
  package init(
    _ units: [WorkUnit], synchrony: [MeasuredSynchrony], _ context: StudyContext, as design: Design
  ) throws {
    let definition = context.definition
    let all = try Self.regionalFits(units)
    try Self.check(definition.datasets, in: all.map(\.keys.dataset) + synchrony.map(\.dataset), of: design)
    let fits = all.filter { definition.datasets.contains($0.keys.dataset) }
    let measured = synchrony.filter { definition.datasets.contains($0.dataset) }
    let maps = try Self.maps(fits.map(\.keys), measured, of: design)
    note = "maps of \(design.source): \(maps.map(\.rawValue).joined(separator: ", "))"
    let places = try Self.places(design, in: context.warehouse)
    let draws = definition.statistics.null == .none ? 0 : definition.statistics.draws
    let (seed, label) = (UInt64(definition.seed), "of \(design.source) on \(design.atlas)")
    let ofSynchrony = SynchronyGradientStep.Parameters(
      sourceStudy: design.source, atlas: design.atlas, regions: places.regions, columns: places.columns,
      maps: measured, draws: draws, seed: seed)
    let quantities = maps.filter { $0 != .synchrony }
    let ofFits = GradientStep.Parameters(
      sourceStudy: design.source, atlas: design.atlas, regions: places.regions, columns: places.columns,
      maps: quantities, fits: fits, draws: draws, seed: seed)
    self.units =
      (quantities.isEmpty ? [] : [Self.unit(ofFits, label)])
      + (maps.contains(.synchrony) ? [Self.unit(ofSynchrony, label)] : [])
  }

  private static func unit(_ parameters: GradientStep.Parameters, _ label: String) -> WorkUnit {
    GradientStep().unit(
      parameters, inputs: parameters.fits.map { .unit(role: "fit", key: $0.unit) }, label: "maps \(label)")
  }

  private static func unit(_ parameters: SynchronyGradientStep.Parameters, _ label: String) -> WorkUnit {
    SynchronyGradientStep().unit(
      parameters,
      inputs: parameters.maps.flatMap(\.units).map { .unit(role: SynchronyGradientStep.role, key: $0) },
      label: "synchrony \(label)")
  }

  /// The regions and columns of the atlas.
  private static func places(_ design: Design, in warehouse: Warehouse) throws -> AtlasPlaces {
    let table = try AtlasTable(design.atlas, in: warehouse)
    let regions = try table.regions(centres: design.centres)
    let places = AtlasPlaces(
      name: design.atlas, regions: regions, columns: try design.columns.map { try table.column($0, of: regions) })
    guard places.sphere != nil else {
      throw EvokeError(
        .studyContradiction, "atlas \(design.atlas), columns \(design.centres.joined(separator: ", "))",
        reason: "a region lies in the middle of its hemisphere, and has no direction from there",
        remedy: "correct the centres in the table, and evoke import atlas it under another --name")
    }
    return places
  }

  /// The fits of regions that can make a map.
  private static func regionalFits(_ units: [WorkUnit]) throws -> [ComparisonStep.Parameters.Member] {
    let compared = try units.filter { $0.step == ComparisonStep().name && $0.notApplicable == nil }.flatMap {
      try StrictCoder.decode(ComparisonStep.Parameters.self, from: $0.parameters).members
    }
    return compared.filter { $0.keys.targetKind != .annotation }.map {
      ComparisonStep.Parameters.Member(unit: $0.unit, keys: $0.keys, kind: $0.kind, twins: [])
    }
  }

  /// Whether the source has something of regions of every dataset.
  private static func check(_ datasets: [String], in found: [String], of design: Design) throws {
    let known = Set(found)
    guard !known.isEmpty else {
      throw refusal(
        of: design, "it has neither fits nor synchrony of regions",
        "name a study with synchrony or response targets, such as a layer_sweep, or an isc_report")
    }
    if let unknown = datasets.first(where: { !known.contains($0) }) {
      throw refusal(
        of: design, "it has nothing of regions of dataset \(unknown)",
        "correct datasets: it has \(known.sorted().joined(separator: ", "))")
    }
  }

  /// Those that are asked for, else all that fits of these keys and the synchrony make.
  private static func maps(
    _ keys: [FitKeys], _ synchrony: [MeasuredSynchrony], of design: Design
  ) throws -> [MapQuantity] {
    let made = MapQuantity.allCases.filter { $0.isMade(of: keys, hasSynchrony: !synchrony.isEmpty) }
    guard let wanted = design.maps else { return made }
    if let lacking = wanted.first(where: { !made.contains($0) }) {
      throw refusal(
        of: design, "it makes no map \(lacking.rawValue)",
        "leave it out of gradient_map.maps: there are \(made.map(\.rawValue).joined(separator: ", "))")
    }
    return wanted
  }

  private static func refusal(of design: Design, _ reason: String, _ remedy: String) -> EvokeError {
    EvokeError(.studyContradiction, "study \(design.source)", reason: reason, remedy: remedy)
  }
}

extension MapQuantity {
  /// Whether fits of these keys, or synchrony, make such a map.
  fileprivate func isMade(of keys: [FitKeys], hasSynchrony: Bool) -> Bool {
    switch self {
    case .score: !keys.isEmpty
    case .peakDepth:
      Dictionary(grouping: keys.filter { $0.relDepth != nil }, by: \.featureSet).values.contains {
        Set($0.map(\.layerKey)).count > 1
      }
    case .voiceMinusSoundtrack: Set(keys.map(\.element)).isSuperset(of: [.voice, .soundtrack])
    case .synchrony: hasSynchrony
    }
  }
}

/// The table of an imported atlas.
private struct AtlasTable {
  private let name: String
  private let regions: [String]
  private let hemispheres: [String: String]
  /// Per column and region what it says.
  private let columns: [String: [String: String]]

  init(_ name: String, in warehouse: Warehouse) throws {
    let rows = try warehouse.read { try $0.atlasColumns(name: name) }
    guard !rows.isEmpty else {
      let known = try warehouse.read { try $0.atlasList() }.map(\.name)
      throw EvokeError(
        .unknownName, "atlas \(name)", reason: "no atlas of that name is imported",
        remedy: NearMiss.suggestion(name, in: known, otherwise: "evoke import atlas TABLE --name \(name)"))
    }
    self.name = name
    var met: Set<String> = []
    regions = rows.map(\.region).filter { met.insert($0).inserted }
    hemispheres = Dictionary(
      rows.compactMap { row in row.hemisphere.map { (row.region, $0) } }, uniquingKeysWith: { first, _ in first })
    columns = Dictionary(grouping: rows.filter { $0.atlasColumn != nil }) { row -> String in
      guard let column = row.atlasColumn else { preconditionFailure("filtered") }
      return column
    }.mapValues { rows in
      Dictionary(rows.compactMap { row in row.value.map { (row.region, $0) } }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// Regions with a place: that of the columns; where there are none and none are named, the centre of the Desikan-Killiany
  /// region of that name.
  func regions(centres: [String]) throws -> [GradientStep.Parameters.Region] {
    let hasNone = centres == GradientPlanner.standardCentres && columns[centres[0]] == nil
    let axes = try hasNone ? [] : centres.map(numbers)
    let found = regions.compactMap { region -> GradientStep.Parameters.Region? in
      let at = axes.compactMap { $0[region] }
      if at.count == 3, let side = hemisphere(hemispheres[region]) {
        return GradientStep.Parameters.Region(name: region, hemisphere: side, x: at[0], y: at[1], z: at[2])
      }
      guard axes.isEmpty, let index = DesikanKilliany.names.firstIndex(of: region) else { return nil }
      let centre = DesikanKilliany.centre(index)
      return GradientStep.Parameters.Region(
        name: region, hemisphere: index < DesikanKilliany.names.count / 2 ? .left : .right, x: centre.x, y: centre.y,
        z: centre.z)
    }
    guard !found.isEmpty else {
      throw EvokeError(
        .studyContradiction, "atlas \(name)",
        reason: "no region has a hemisphere (left or right) and a centre (columns \(centres.joined(separator: ", ")))",
        remedy: "evoke import atlas TABLE --name NAME with columns hemisphere, \(centres.joined(separator: ", ")), or "
          + "name those it has in gradient_map.centres")
    }
    return found
  }

  private func hemisphere(_ text: String?) -> Hemisphere? {
    switch text {
    case "left": .left
    case "right": .right
    default: nil
    }
  }

  /// A column over some regions.
  func column(_ column: String, of regions: [GradientStep.Parameters.Region]) throws -> GradientStep.Parameters.Column {
    let values = try numbers(column)
    return GradientStep.Parameters.Column(name: column, values: regions.map { values[$0.name] })
  }

  /// The numbers of a column, by region; NaN counts as missing.
  private func numbers(_ column: String) throws -> [String: Double] {
    guard let texts = columns[column] else {
      throw EvokeError(
        .unknownName, "column \(column) of atlas \(name)", reason: "the table that was imported has no such column",
        remedy: NearMiss.suggestion(column, in: columns.keys.sorted()))
    }
    var found: [String: Double] = [:]
    for (region, text) in texts.sorted(by: { $0.key < $1.key }) {
      guard let value = Double(text), !value.isInfinite else {
        throw EvokeError(
          .studyContradiction, "column \(column) of atlas \(name)",
          reason: "region \(region) says `\(text)`, which is no number",
          remedy: "name a column of numbers: a map is correlated")
      }
      if !value.isNaN { found[region] = value }
    }
    return found
  }
}
