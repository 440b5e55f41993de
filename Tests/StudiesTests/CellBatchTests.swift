import ContentIdentity
import Encoding
import EncodingModels
import Foundation
import LabelledArrays
import LinearAlgebra
import Statistics
import Testing
import Vocabulary
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

  @Test func testRowsOverTrainingRowsAreTheLargestOfAnyBatch() throws {
    for overlaps in [[0.2, 0.5, 0.3], [0.5, 0.3, 0.2]] {
      let arrays = try stored(Self.parts) { writer, batch in
        let place = try #require(Self.parts.firstIndex(of: batch))
        let parameters = try StrictCoder.decode(
          FoldParameters.self, from: ["stimuli": [["a"], ["a"]], "overlap": .number(overlaps[place])])
        try writer.add(
          ArrayDescription(name: "f", kind: "fold_r"), group: "f",
          array("f", [.labels("fold", ["c\(place)", "d\(place)"])], batch), telling: .folds(parameters))
      }
      let found = try #require(arrays.first)
      #expect(found.description.parameters["overlap"] == 0.5)
      #expect(found.description.parameters["stimuli"] == .array([JSONValue](repeating: ["a"], count: 6)))
    }
  }

  /// A film of 160 s, a rating of all of it and one that begins after a minute.
  private static var gapped: EncodingData {
    var stream = RandomStream(seed: 1, purpose: "gapped")
    let x = Matrix(rows: 160, columns: 2, values: (0..<320).map { _ in stream.normal() })
    var y = Matrix(rows: 160, columns: 2)
    for row in 0..<160 {
      for target in 0..<2 { y[row, target] = target == 1 && row < 60 ? .nan : x[row, target] + stream.normal() }
    }
    return EncodingData(
      bands: [Band("x")], pieces: [Piece(stimulus: "film", features: [x], targets: y)], dt: 1,
      targetNames: ["whole", "late"])
  }

  @Test func batchesThatLackDifferentRowsHaveTheDrawsThatAllOfThemHave() throws {
    var settings = EncodingSettings()
    // What is trimmed is left out of what is shifted: of the late rating a minute more.
    settings.trim = EdgeTrim(start: 10, end: 0)
    settings.lambdas = LambdaGrid(values: [0.1])
    settings.outer = .blocks(3)
    settings.inner = .blocks(3)
    settings.smallFold = .keep
    let (data, sets) = (Self.gapped, [0..<1, 1..<2])
    let fits = try sets.map { try EncodingModel(settings).fit(data.selecting(targets: Array($0))) }
    var request = NullRequest(.circularShift, draws: 200, seed: 3)
    // Pieces of 150 and 90 s, shifted by 20 s or more in both directions.
    #expect(try fits.map { try $0.null(request).draws.rows } == [111, 51])
    #expect(try data.drawCount(of: NullRequest(.phase, draws: 200, seed: 3), settings, each: sets) == 200)
    request.draws = try data.drawCount(of: request, settings, each: sets)
    #expect(request.draws == 51)
    let nulls = try fits.map { try $0.null(request) }
    #expect(nulls.allSatisfy { $0.p[0] == 1.0 / 52 && $0.pFloor == 1.0 / 52 })

    let draws = Matrix(rows: 51, columns: 2, values: (0..<51).flatMap { row in nulls.map { $0.draws[row, 0] } })
    #expect(draws.values.allSatisfy { $0.isFinite })
    func add(_ writer: CellWriter, _ batch: Range<Int>) throws {
      let own = draws.selecting(columns: Array(batch))
      try writer.add(
        ArrayDescription(name: "n", kind: "null"), group: "n",
        LabelledArray(axes: [.index("draw", 51), axis(batch)], values: own.values.map(Float.init)))
    }
    #expect(try stored(sets, add).map(\.sha256) == stored([0..<2], add).map(\.sha256))
    let p = MultipleTesting.maxStatistic(observed: fits.map { $0.full.r[0] }, draws: draws)
    #expect(p == [1.0 / 52, 1.0 / 52])
  }
}
