import ContentIdentity
import Diagnostics
import LabelledArrays
import Lineage
import Warehouse

/// A stored array, or a part of it, on its way out of the warehouse, with the permit to go.
///
/// It is read in batches of rows, so that memory does not grow with its length. Chunks are checked by their checksums, the
/// axes and a file of up to 64 MB by their hashes.
public struct ArrayExport {
  public let name: String
  public let units: String
  /// As far as they are taken.
  public let axes: [Axis]
  /// What the file says of it, by key: its keys in the catalog, the hash of the whole array, consent and licences.
  public let statements: [(key: String, value: String)]
  private let rows: ArrayRows
  /// Taken along each axis; nil: all.
  private let places: [[Int]?]

  /// Numbers read at a time.
  private static let batch = 1 << 20

  /// - Throws: `E-WH-010` for a name that no array has, `E-CNS-001` where consent keeps it in, `E-EXP-001` for a slice that
  ///   it has nothing of.
  public init(_ name: String, slices: [AxisSlice], in warehouse: Warehouse) throws {
    let row = try Self.row(name, in: warehouse)
    let permit = try warehouse.read { try Departure("array \(name)", arrays: [name], in: $0) }.permit(in: warehouse)
    let rows = try ArrayRows(warehouse.reference(row))
    for slice in slices where !rows.axes.contains(where: { $0.name == slice.axis }) {
      let names = rows.axes.map(\.name)
      throw EvokeError(
        .sliceIsEmpty, "\(name), --slice \(slice.axis)", reason: "its axes are \(names.joined(separator: ", "))",
        remedy: NearMiss.suggestion(slice.axis, in: names, otherwise: "name one of them"))
    }
    let places = try rows.axes.map { axis in
      try slices.first { $0.axis == axis.name }.map { try $0.places(on: axis, of: name) }
    }
    (self.name, self.units, self.rows, self.places) = (name, row.units, rows, places)
    axes = zip(rows.axes, places).map { axis, places in places.map(axis.taking) ?? axis }
    statements = Self.statements(of: row) + permit.statements
  }

  private static func row(_ name: String, in warehouse: Warehouse) throws -> Rows.ArrayToExport {
    if let row = try warehouse.read({ try $0.arrayToExport(name: name) }).first { return row }
    let known = try warehouse.read { try $0.arrayNames() }.map(\.name)
    throw EvokeError(
      .unknownName, "array \(name)", reason: "no array has this name",
      remedy: NearMiss.suggestion(name, in: known, otherwise: "evoke query array_catalog --columns name lists them"))
  }

  private static func statements(of row: Rows.ArrayToExport) -> [(key: String, value: String)] {
    let keys: [(String, String?)] = [
      ("name", row.name), ("kind", row.kind), ("dataset", row.dataset), ("cohort", row.cohort),
      ("subject", row.subject),
      ("session", row.session), ("run", row.run), ("repetition", row.repetition.map(String.init)),
      ("rater", row.rater), ("stimulus", row.stimulus), ("element", row.element), ("feature_set", row.featureSet),
      ("model", row.model), ("layer_key", row.layerKey), ("parameters", row.parameters), ("units", row.units),
      ("logical_sha256", row.logicalSHA256), ("version", Warehouse.version),
    ]
    return keys.compactMap { key, value in value.map { (key: "evoke." + key, value: $0) } }
  }

  public var shape: [Int] { axes.map(\.count) }

  /// Coordinates of a row's numbers, in their order, row-major: along all axes but the first.
  var columns: [[Int]] {
    axes.dropFirst().map { 0..<$0.count }.reduce([[]]) { found, range in
      found.flatMap { head in range.map { head + [$0] } }
    }
  }

  /// Hands over the values of the taken rows in batches, row-major, with the place of the first among the taken rows.
  func read(_ take: (_ first: Int, _ values: [Float]) throws -> Void) throws {
    let whole = rows.axes.map(\.count)
    guard let length = whole.first, !shape.contains(0) else { return }
    let wanted = places[0] ?? Array(0..<length)
    let width = whole.dropFirst().reduce(1, *)
    let kept = columnPlaces(whole)
    let most = max(1, Self.batch / max(1, width))
    var done = 0
    while done < wanted.count {
      // Neighbours are read together.
      var count = 1
      while done + count < wanted.count, count < most, wanted[done + count] == wanted[done] + count { count += 1 }
      let values = try rows.rows(wanted[done]..<wanted[done] + count)
      if let kept {
        try take(done, (0..<count).flatMap { row in kept.map { values[row * width + $0] } })
      } else {
        try take(done, values)
      }
      done += count
    }
  }

  /// Of the taken numbers of a row their places in a whole row; nil where all are taken.
  private func columnPlaces(_ whole: [Int]) -> [Int]? {
    guard places.dropFirst().contains(where: { $0 != nil }) else { return nil }
    return zip(whole, places).dropFirst().reduce([0]) { found, axis in
      found.flatMap { start in (axis.1 ?? Array(0..<axis.0)).map { start * axis.0 + $0 } }
    }
  }
}
