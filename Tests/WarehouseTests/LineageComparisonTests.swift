import Diagnostics
import Lineage
import Testing
import Warehouse

/// What differs between two lineages, on rows in which every difference is planted.
@Suite struct LineageComparisonTests {
  private static let planted = """
    INSERT INTO environment VALUES (1, 'h', 'CPU', 'Haswell', 1, '0.1.0', '{"hdf5":"1.10.8"}'),
      (2, 'h', 'CPU', 'SkylakeX', 1, '0.1.0', '{"hdf5":"1.12.0"}');
    INSERT INTO artifact VALUES (1, 'source', '/a/film.wav', 's1', 100), (2, 'source', '/b/film.wav', 's2', 120),
      (3, 'array', 'f1', 'h1', 8), (4, 'array', 'f2', 'h2', 8), (5, 'model', 'm', 'hm', NULL),
      (6, 'result', 'aaaaaa1', 'r1', NULL), (7, 'result', 'bbbbbb2', 'r2', NULL), (8, 'array', 'f3', 'h3', 8);
    INSERT INTO unit VALUES ('ffffff1', 'features', 1, '{"rate":1}', '[]', 'film', 'done', '', '', 'x'),
      ('ffffff2', 'features', 1, '{"rate":2}', '[]', 'film', 'done', '', '', 'x'),
      ('ffffff3', 'features', 1, '{"rate":1}', '[]', 'film', 'done', '', '', 'x'),
      ('aaaaaa1', 'encoding', 1, '{}', '[]', 'joy', 'done', '', '', 'r1'),
      ('bbbbbb2', 'encoding', 2, '{}', '[]', 'joy', 'done', '', '', 'r2');
    INSERT INTO activity (activity_id, kind, verb, activity_key, options, state, environment_id, started_at) VALUES
      (1, 'unit', 'features', 'ffffff1', '{"rate":1}', 'done', 1, ''),
      (2, 'unit', 'features', 'ffffff2', '{"rate":2}', 'done', 1, ''),
      (3, 'unit', 'encoding', 'aaaaaa1', '{"delays_s":[0,1],"outer":{"folds":4}}', 'done', 1, ''),
      (4, 'unit', 'encoding', 'bbbbbb2', '{"delays_s":[0,2],"outer":{"folds":4}}', 'done', 2, ''),
      (5, 'unit', 'features', 'ffffff3', '{"rate":1}', 'done', 1, '');
    INSERT INTO used VALUES (1, 1, 'media'), (2, 2, 'media'), (5, 1, 'media'), (3, 3, 'features'), (3, 5, 'weights'),
      (4, 4, 'features'), (4, 5, 'weights'), (4, 2, 'more');
    INSERT INTO generated VALUES (1, 3), (2, 4), (5, 8), (3, 6), (4, 7);
    INSERT INTO study VALUES (1, 's', 'k', 'd1', '{"seed":1,"statistics":{"draws":100},"study":"s"}'),
      (2, 's', 'k', 'd2', '{"seed":1,"statistics":{"draws":1000},"study":"s"}');
    INSERT INTO run VALUES ('run00000000a', 1, 'p1', 1, 'g', 'results', 0, '', 'root1'),
      ('run00000000b', 2, 'p2', 1, 'g', 'results', 1, '', 'root2');
    INSERT INTO run_unit VALUES ('run00000000a', 0, 'aaaaaa1'), ('run00000000b', 0, 'bbbbbb2'),
      ('run00000000b', 1, 'ffffff2');
    """

  private func differences(_ a: String, _ b: String) throws -> Set<[String?]> {
    let warehouse = try Warehouse.inMemory()
    try warehouse.write { try $0.execute(Self.planted) }
    let found = try LineageComparison.differences(a, b, in: warehouse)
    let rows = Set(found.map { [$0.matter.rawValue, $0.key, $0.a, $0.b] })
    #expect(rows.count == found.count)
    return rows
  }

  private static let units: Set<[String?]> = [
    ["source", "sha256", "s1", "s2"], ["source", "bytes", "100", "120"], ["parameter", "rate", "1", "2"],
    ["parameter", "delays_s[1]", "1", "2"], ["version", "encoding", "v1", "v2"],
    ["input", "more", nil, "source film.wav"], ["environment", "blas_kernel", "Haswell", "SkylakeX"],
    ["environment", "hdf5", "1.10.8", "1.12.0"],
  ]

  @Test func `every planted difference is found once, under its class`() throws {
    #expect(try differences("aaaaaa", "bbbbbb") == Self.units.union([["result", "sha256", "r1", "r2"]]))
    let reversed = Self.units.union([["result", "sha256", "r1", "r2"]]).map { [$0[0], $0[1], $0[3], $0[2]] }
    #expect(try differences("bbbbbb", "aaaaaa") == Set(reversed))
    let several = #expect(throws: EvokeError.self) { try differences("film.wav", "aaaaaa") }
    #expect(several?.code == .ambiguousName)
  }

  @Test func `a thing is equal to itself, and bits that nothing explains are named`() throws {
    for name in ["aaaaaa", "f1", "m", "run00000000a"] { #expect(try differences(name, name).isEmpty, "\(name)") }
    #expect(try differences("f1", "f3") == [["result", "sha256", "h1", "h3"]])
  }

  @Test func `runs differ by their studies and, unit by unit, by what those rest on`() throws {
    let expected: Set<[String?]> = [
      ["parameter", "statistics.draws", "100", "1000"], ["input", "film", nil, "1 unit"],
      ["result", "root", "root1", "root2"],
    ]
    #expect(try differences("run00000000a", "run00000000b") == Self.units.union(expected))
  }

  @Test func `arrays tell how many values differ and where most`() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try SmallWarehouse(in: folder).directory, .reading)
    defer { try? warehouse.close() }
    let names = SmallWarehouse.imported
    let found = try LineageComparison.differences(names[0], names[1], in: warehouse)
    #expect(found.map(\.matter) == [.result, .result] && found[0].key == "sha256")
    // (7 i + 1) % 11 against (7 i + 4) % 11, a seventh of each, and one NaN in both.
    #expect(found[1].key == "149 of 150 values, most at time 0.0 s, feature b")
    #expect(found[1].a == "\(Float(8) / 7)" && found[1].b == "0.0")
    #expect(try LineageComparison.differences(names[0], names[0], in: warehouse).isEmpty)
    let error = #expect(throws: EvokeError.self) { try LineageComparison.differences(names[0], "x", in: warehouse) }
    #expect(error?.code == .unknownName)
  }

  /// Two comparisons of the same two fits, whose keys come in another order.
  private static let crossed = """
    INSERT INTO artifact VALUES (1, 'result', 'a1', 'r1', NULL), (2, 'result', 'a2', 'r2', NULL),
      (3, 'result', 'b1', 'r3', NULL), (4, 'result', 'b2', 'r4', NULL), (5, 'result', 'cccccc1', 'r5', NULL),
      (6, 'result', 'cccccc2', 'r6', NULL);
    INSERT INTO unit VALUES ('a1', 'encoding', 1, '{}', '[]', 'joy, anna', 'done', '', '', 'r1'),
      ('a2', 'encoding', 1, '{}', '[]', 'joy, bo', 'done', '', '', 'r2'),
      ('b1', 'encoding', 1, '{}', '[]', 'joy, bo', 'done', '', '', 'r3'),
      ('b2', 'encoding', 1, '{}', '[]', 'joy, anna', 'done', '', '', 'r4'),
      ('cccccc1', 'comparison', 1, '{}', '[]', 's', 'done', '', '', 'r5'),
      ('cccccc2', 'comparison', 1, '{}', '[]', 's', 'done', '', '', 'r6');
    INSERT INTO activity (activity_id, kind, verb, activity_key, options, state, started_at) VALUES
      (1, 'unit', 'encoding', 'a1', '{"draws":39,"subject":"anna"}', 'done', ''),
      (2, 'unit', 'encoding', 'a2', '{"draws":39,"subject":"bo"}', 'done', ''),
      (3, 'unit', 'encoding', 'b1', '{"draws":29,"subject":"bo"}', 'done', ''),
      (4, 'unit', 'encoding', 'b2', '{"draws":29,"subject":"anna"}', 'done', ''),
      (5, 'unit', 'comparison', 'cccccc1', '{}', 'done', ''), (6, 'unit', 'comparison', 'cccccc2', '{}', 'done', '');
    INSERT INTO generated VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6);
    INSERT INTO used VALUES (5, 1, 'member'), (5, 2, 'member'), (6, 3, 'member'), (6, 4, 'member');
    """

  @Test func `units are paired by what they are about, whatever the order of their keys`() throws {
    let warehouse = try Warehouse.inMemory()
    try warehouse.write { try $0.execute(Self.crossed) }
    let found = try LineageComparison.differences("cccccc1", "cccccc2", in: warehouse)
    let rows = Set(found.map { [$0.matter.rawValue, $0.key, $0.a, $0.b] })
    #expect(rows == [["parameter", "draws", "39", "29"], ["result", "sha256", "r5", "r6"]], "\(rows)")
  }
}
