import Foundation
import Testing

/// Files for other programs hold the numbers, axes and units of the warehouse.
@Suite struct ExportCommandTests {
  /// 90 seconds of three features, one of them with a gap.
  private func warehouse() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    let rows = (0..<90).map { "\($0),\(Double($0 * 7 % 11) / 3),\($0 == 4 ? "" : String($0 * 5 % 13)),\($0 * 3 % 17)" }
    try program.write((["time_s,loud,bright,low"] + rows).joined(separator: "\n") + "\n", "f.csv")
    try program.succeed([
      "import", "features", "f.csv", "--dataset", "d", "--stimulus", "song", "--space", "s=loud,bright,low",
      "--licence",
      "CC0-1.0",
    ])
    return program
  }

  private func name(_ program: Program) throws -> String {
    try #require(try program.rows("SELECT name FROM array_catalog WHERE kind = 'feature'").first)[0]
  }

  /// Read by NumPy, h5py and the csv module of Python.
  private static let reading = """
    import csv, h5py, json, numpy as np
    table = np.genfromtxt("f.csv", delimiter=",", skip_header=1)
    want = table[:, 1:].astype("f4")
    same = lambda a, b: a.shape == b.shape and np.array_equal(a, b, equal_nan=True)
    f = h5py.File("a.h5")
    v = f["values"]
    assert v.dtype == "<f4" and same(v[:], want)
    assert v.attrs["units"] == f["values"].attrs["units"] and json.loads(v.attrs["licences"]) == ["CC0-1.0"]
    assert v.attrs["consent"] == "results-only" and len(v.attrs["logical_sha256"]) == 64
    assert [d.label or d[0].name for d in v.dims] and v.dims[0][0].attrs["units"] == "s"
    assert same(v.dims[0][0][:], table[:, 0]) and [x.decode() for x in v.dims[1][0][:]] == ["loud", "bright", "low"]
    a, about = np.load("a.npy"), json.load(open("a.npy.json"))
    assert a.dtype == "<f4" and a.flags.c_contiguous and same(a, want)
    assert [x["name"] for x in about["axes"]] == ["time", "feature"] and about["axes"][0]["values"] == list(range(90))
    assert about["about"]["consent"] == "results-only"
    wide = list(csv.reader(open("wide.csv", newline="")))
    assert wide[0] == ["time_s", "loud", "bright", "low"] and len(wide) == 91
    number = lambda x: np.float32(x) if x else np.float32("nan")
    assert same(np.array([[number(x) for x in row[1:]] for row in wide[1:]]), want)
    part = list(csv.DictReader(open("long.csv", newline="")))
    assert [(r["time_s"], r["feature"]) for r in part[:3]] == [("3", "low"), ("3", "loud"), ("4", "low")] and len(part) == 6
    assert [number(r["value"]) for r in part] == [x for t in (3, 4, 5) for x in (want[t, 2], want[t, 0])]
    """

  @Test func `arrays leave with their axes, whole and in part`() throws {
    let program = try warehouse()
    let array = try name(program)
    for (kind, file, more) in [
      ("array", "a.h5", []), ("npy", "a.npy", []), ("csv", "wide.csv", []),
      ("csv", "long.csv", ["--long", "--slice", "time=3:6", "--slice", "feature=low,loud"]),
      ("parquet", "a.parquet", []),
    ] {
      let ending = try program.succeed(["export", kind, array, "-o", file] + more)
      #expect(ending.output == file + "\n")
      #expect(try program.run(["export", kind, array, "-o", file] + more).error.contains("E-FIL-012"))
    }
    try program.write(Self.reading, "read.py")
    let read = try program.run(["read.py"], launch: "/usr/bin/python3")
    #expect(read.status == 0, "\(read.error)")
    let parquet = try Data(contentsOf: URL(fileURLWithPath: program.folder + "/a.parquet"))
    for word in ["PAR1", "bright", "evoke.logical_sha256", "results-only"] {
      #expect(parquet.range(of: Data(word.utf8)) != nil, "\(word)")
    }
    #expect(try program.run(["export", "npy", array, "-o", "toy.evoke/a.npy"]).status == 73)
    try program.succeed(["export", "npy", array, "-o", "dry.npy", "--dry-run"])
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/dry.npy"))
  }

  @Test func `what no array has is refused by name`() throws {
    let program = try warehouse()
    let array = try name(program)
    let ending = try program.run(["export", "npy", array + "x", "-o", "a.npy"])
    #expect(ending.status == 66 && ending.error.contains(array))
    for (slice, words) in [
      ("time=200:300", "it runs from 0.0 to 89.0 s"), ("feature=lood", "loud"),
      ("region=x", "its axes are time, feature"),
      ("feature=0:3", "it has names"), ("time=loud", "it has numbers"),
    ] {
      let refused = try program.run(["export", "csv", array, "-o", "a.csv", "--slice", slice])
      #expect(refused.status == 64 && refused.error.contains("E-EXP-001") && refused.error.contains(words), "\(slice)")
    }
    for slices in [["--slice", "time"], ["--slice", "time=1:2", "--slice", "time=3:4"]] {
      #expect(try program.run(["export", "csv", array, "-o", "a.csv"] + slices).status == 64)
    }
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/a.csv"))
  }

  /// Every view is asked through it, an array compared with its hash.
  private static let asking = """
    import evoke_reader as e
    w = e.open("toy.evoke")
    for view in e._TYPES:
        rows = getattr(w, view)()
        assert isinstance(rows, list) or list(rows.columns) == list(e._TYPES[view]), view
        assert getattr(e.Warehouse, view).__doc__.count("\\n") >= len(e._TYPES[view])
    name = w.sql("SELECT name FROM array_catalog")[0]["name"]
    a = w.array(name)
    assert a["dims"] == ["time", "feature"] and a["values"].shape == (90, 3) and a["coords"]["feature"][1] == "bright"
    assert a["attrs"]["consent"] == "results-only" and a["attrs"]["licences"] == ["CC0-1.0"]
    assert w.arrays(kind="feature")[0]["name"] == name and w.arrays(kind=None) == [] and w.arrays(kind=["x", "y"]) == []
    for bad in (lambda: w.array("nothing"), lambda: w.arrays(kinds="feature")):
        try:
            bad()
        except KeyError:
            continue
        raise AssertionError
    # One file that holds the same is read as the folder is, and leaves nothing behind.
    import pathlib, zipfile
    with zipfile.ZipFile("toy.zip", "w") as members:
        for path in pathlib.Path("toy.evoke").rglob("*"):
            if path.is_file(): members.write(path, path.relative_to("toy.evoke"))
    with e.open("toy.zip") as zipped:
        assert zipped.array(name)["values"].tobytes() == a["values"].tobytes()
        assert repr(zipped.arrays()) == repr(w.arrays())
        unpacked = zipped.folder
        assert len([p for p in unpacked.rglob("*") if p.is_file()]) == 2
    assert not unpacked.exists()
    w.close()
    """

  @Test func `the reader has every view and every array`() throws {
    let program = try warehouse()
    let ending = try program.succeed(["export", "reader", "--python", "evoke_reader.py", "--r", "evoke_reader.R"])
    #expect(ending.output == "evoke_reader.py\nevoke_reader.R\n")
    try program.write(Self.asking, "ask.py")
    let asked = try program.run(["ask.py"], launch: "/usr/bin/python3")
    #expect(asked.status == 0, "\(asked.error)")
    #expect(try program.run(["export", "reader", "--python", "evoke_reader.py"]).status == 73)
    #expect(try program.run(["export", "reader"]).status == 64)
  }

  /// Ratings of a person, and a study of them.
  private func rated() throws -> Program {
    let program = try warehouse()
    try program.write("time,rater,joy\n" + (0..<90).map { "\($0),anna,\($0 * 7 % 11)\n" }.joined(), "anna.csv")
    try program.succeed([
      "import", "annotations", "anna.csv", "--dataset", "d", "--stimulus", "song", "--rater", "rater",
    ])
    try program.write(
      """
      study: s
      kind: layer_sweep
      datasets: [d]
      features: [{space: s}]
      targets: [{annotation: joy}]
      encoding: {delays_s: [0], outer: {folds: 2}, inner: {folds: 2}}
      statistics: {null: phase, draws: 19}
      """, "s.yaml")
    try program.succeed(["run", "s.yaml", "--allow-invalid"])
    return program
  }

  private static let closing = """
    import hashlib, json, sys
    p = json.load(open(sys.argv[1]))
    for relation, ends in (("used", ("activity", "entity")), ("wasGeneratedBy", ("activity", "entity"))):
        assert p[relation] and all(r["prov:" + end] in p[end] for r in p[relation].values() for end in ends)
    assert all(r["prov:agent"] in p["agent"] for r in p["wasAssociatedWith"].values())
    made = {r["prov:entity"] for r in p["wasGeneratedBy"].values()}
    sources = {k: e for k, e in p["entity"].items() if k not in made}
    assert {e["prov:type"] for e in sources.values()} == {"source"}
    assert {e["evoke:sha256"] for e in sources.values()} == {
        hashlib.sha256(open(f, "rb").read()).hexdigest() for f in ("f.csv", "anna.csv")}
    """

  @Test func `lineage and methods of a study are told, and no person where consent keeps persons in`() throws {
    let program = try rated()
    func lineage(_ file: String) throws -> String {
      try program.succeed(["export", "prov-json", "--study", "s", "-o", file])
      try program.write(Self.closing, "close.py")
      let closed = try program.run(["close.py", file], launch: "/usr/bin/python3")
      #expect(closed.status == 0, "\(closed.error)")
      return try String(contentsOfFile: program.folder + "/" + file, encoding: .utf8)
    }
    let kept = try lineage("kept.json")
    #expect(!kept.contains("anna") && kept.contains("f.csv") && !kept.contains(program.folder))
    try program.succeed(["consent", "d", "controlled", "--reason", "agreement"])
    #expect(try lineage("told.json").contains("anna.csv"))
    let methods = try program.succeed(["export", "methods", "--study", "s", "--bibtex", "s.bib"]).output
    for words in [
      "Of dataset d (CC0-1.0), 1 stimulus and 1 rater entered", "annotation joy", "ridge regression with 21 penalties",
      "(blocks 2",
      "19 draws of phase",
      "Evoke 0.1.0", "plan ", "at delays of 0 s",
    ] { #expect(methods.contains(words), "\(words): \(methods)") }
    let entries = try String(contentsOfFile: program.folder + "/s.bib", encoding: .utf8)
    #expect(
      entries.contains("@software{evoke,") && entries.contains("prichard1994surrogate") && !entries.contains("hubert"))
    let unknown = try program.run(["export", "methods", "--study", "t"])
    #expect(unknown.status == 66 && unknown.error.contains("E-WH-010"))
  }

  @Test func `Datasette is told what each table, view and column is`() throws {
    let program = try warehouse()
    try program.succeed(["export", "datasette-metadata", "-o", "m.json"])
    let data = try Data(contentsOf: URL(fileURLWithPath: program.folder + "/m.json"))
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let catalog = try #require((document["databases"] as? [String: Any])?["catalog"] as? [String: Any])
    let tables = try #require(catalog["tables"] as? [String: [String: Any]])
    let described = try program.rows("SELECT count(DISTINCT object) FROM schema_doc WHERE column_name <> ''")[0][0]
    #expect(String(tables.values.count { ($0["columns"] as? [String: Any])?.isEmpty == false }) == described)
    #expect((tables["layer_sweep"]?["columns"] as? [String: String])?["is_peak"]?.isEmpty == false)
    #expect((catalog["queries"] as? [String: Any])?["contents"] != nil)
  }
}
