import Foundation
import Testing

/// The licence of an archive is not that of what others gave to it.
@Suite struct ArchiveLicenceTests {
  private static let study = """
    study: small
    kind: layer_sweep
    datasets: [toy]
    features: [{space: sound}]
    targets: [{annotation: driven}]
    encoding: {position: none, delays_s: {annotation: [0]}, gap_s: 3, outer: {folds: 4}, inner: {folds: 3}}
    statistics: {draws: 9}
    """

  private func extracted() throws -> Program {
    let program = try Program()
    var numbers = ToyNumbers(7)
    let folder = ToyFolder(path: program.folder)
    let sound = numbers.slow(160, memory: 0.3)
    let time = (name: "time", values: sound.indices.map(Double.init))
    try folder.table([time, (name: "rms", values: sound)], "features.csv")
    try folder.table([time, (name: "driven", values: zip(sound, numbers.white(160)).map { $0 + $1 })], "ratings.csv")
    try program.write(Self.study, "small.yaml")
    try program.succeed(["init", "toy.evoke"])
    let about = ["--dataset", "toy", "--stimulus", "m1", "--consent", "open", "--licence"]
    try program.succeed(["import", "features", "features.csv", "--space", "sound=rms"] + about + ["CC0-1.0"])
    try program.succeed(["import", "annotations", "ratings.csv"] + about + ["ask the lab, (c) 2020"])
    try program.succeed(["run", "small.yaml", "--allow-invalid"])
    try program.succeed([
      "archive", "create", "a.zip", "--study", "small", "--title", "T", "--author", "A", "--licence", "CC0-1.0",
      "--include", "sources",
    ])
    try program.succeed(["archive", "verify", "a.zip", "--level", "4"])
    try program.succeed(["archive", "extract", "a.zip", "out"])
    return program
  }

  @Test func `files that were imported keep their licences in the crate and on the page`() throws {
    let program = try extracted()
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(program.folder)/out/\(name)", encoding: .utf8)
    }
    let crate = try JSONSerialization.jsonObject(with: Data(text("ro-crate-metadata.json").utf8)) as? [String: Any]
    let graph = try #require(crate?["@graph"] as? [[String: Any]])
    let entities = Dictionary(
      graph.compactMap { entity in (entity["@id"] as? String).map { ($0, entity) } },
      uniquingKeysWith: { first, _ in first })
    func licence(_ name: String) -> String? {
      let reference = entities[name]?["license"] as? [String: Any]
      return (reference?["@id"] as? String).flatMap { entities[$0]?["name"] as? String }
    }
    let told = try program.rows(
      "SELECT substr(path, instr(path, '/sources/') + 1), replace(licence, ',', ';') FROM source_file ORDER BY path",
      in: "out")
    #expect(told.map { $0[1] } == ["CC0-1.0", "ask the lab; (c) 2020"], "\(told)")
    for source in told {
      #expect(licence(source[0])?.replacing(",", with: ";") == source[1], "\(source)")
    }
    let arrays = entities.keys.filter { $0.hasPrefix("arrays/") }
    #expect(!arrays.isEmpty && arrays.allSatisfy { licence($0) == "licences.json" })
    #expect(try text("index.html").contains("<td>ask the lab, (c) 2020</td>"))
  }
}
