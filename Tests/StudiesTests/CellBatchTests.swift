import ContentIdentity
import Encoding
import Foundation
import LabelledArrays
import Testing
import Warehouse

/// Arrays of cells that are fitted batch by batch.
@Suite struct CellBatchTests {
  private static let cells = ["A", "B", "C", "D", "E"]
  private static let parts = [0..<2, 2..<3, 3..<5]

  /// What is stored where `add` hands over arrays of the cells of every batch.
  private func stored(
    _ batches: [Range<Int>], _ add: (CellWriter, Range<Int>) throws -> Void
  ) throws -> [StoredArray] {
    let folder = NSTemporaryDirectory() + "evoke-cells-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = try ArrayFileWriter(in: folder)
    let writer = CellWriter(file, batches: batches.count)
    for batch in batches { try add(writer, batch) }
    try writer.finish()
    return try file.finish()
  }

  private func axis(_ batch: Range<Int>) -> Axis { .labels("cell", Array(Self.cells[batch])) }

  private func array(_ name: String, _ axes: [Axis], _ batch: Range<Int>) -> LabelledArray {
    let rows = axes.reduce(1) { $0 * $1.count }
    let values = (0..<rows).flatMap { row in batch.map { Float(100 * row + $0) } }
    return LabelledArray(axes: axes + [axis(batch)], values: values)
  }

  @Test func batchesMakeTheArraysThatAllCellsMake() throws {
    let lag = Axis("lag", .numbers([0, 1, 2], units: "s"))
    func add(_ writer: CellWriter, _ batch: Range<Int>) throws {
      let scores = try StrictCoder.decode(
        ScoreParameters.self,
        from: [
          "flags": .array([.array(batch.map { $0 == 1 ? .array(["pca_unstable"]) : .array([]) })]),
          "stimuli_counted": .array(batch.map { .int($0) }),
          "ceilings": .array(batch.map { $0 == 2 ? .null : .number(0.5) }),
        ])
      try writer.add(
        ArrayDescription(name: "s", kind: "score"), group: "s", array("s", [.labels("feature", ["r"])], batch),
        telling: .scores(scores))
      try writer.add(
        ArrayDescription(name: "w", kind: "weight"), group: "w",
        array("w", [lag, .labels("feature", ["x", "y"])], batch))
      try writer.add(
        ArrayDescription(name: "n", kind: "null"), group: "n", array("n", [.index("draw", 4)], batch))
    }
    let (whole, joined) = (try stored([0..<5], add), try stored(Self.parts, add))
    #expect(whole.map(\.sha256) == joined.map(\.sha256) && whole.count == 3)
    #expect(whole.map(\.description) == joined.map(\.description))
  }

  @Test func foldsThatABatchDoesNotHaveAreMissingInIt() throws {
    let folds = [["f1", "f2"], ["f1", "f2"], ["f2", "g"]]
    func add(_ writer: CellWriter, _ batch: Range<Int>) throws {
      let own = try #require(Self.parts.firstIndex(of: batch).map { folds[$0] })
      let parameters = try StrictCoder.decode(
        FoldParameters.self,
        from: ["stimuli": .array(own.map { .array([.string("film of \($0)")]) }), "overlap": .null])
      try writer.add(
        ArrayDescription(name: "f", kind: "fold_r"), group: "f", array("f", [.labels("fold", own)], batch),
        telling: .folds(parameters))
    }
    let found = try #require(try stored(Self.parts, add).first)
    #expect(found.axes == [.labels("fold", ["f1", "f2", "g"]), .labels("cell", Self.cells)])
    #expect(
      found.description.parameters["stimuli"]
        == .array(["f1", "f2", "g"].map { .array([.string("film of \($0)")]) }))
  }
}
