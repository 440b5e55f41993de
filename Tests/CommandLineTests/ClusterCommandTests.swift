import Foundation
import LabelledArrays
import NIfTIFile
import Testing

/// `statistics.correction: [cluster]`: regions that follow a sound and touch in the image of their atlas are one cluster.
@Suite struct ClusterCommandTests {
  private static let study = """
    study: timbre
    kind: layer_sweep
    datasets: [pieces]
    features: [{space: timbre}]
    targets: [{response: bold, level: subject}]
    encoding: {position: none, outer: {leave_one: stimulus}}
    statistics: {draws: 63, family: [region], correction: [max, cluster]}
    """
  /// Of them cuneus follows nothing.
  private static let regions = "index,region\n1,cuneus-lh\n2,superiorfrontal-lh\n3,superiortemporal-lh\n"

  /// Six subjects' responses of three regions, and an atlas whose image is one row of voxels.
  private func warehouse(_ row: [Double]?) throws -> Program {
    let program = try Program()
    var pieces = ToyPieces()
    try pieces.write(ToyFolder(path: program.folder))
    try program.write(Self.study, "timbre.yaml")
    try program.write(Self.regions, "toy.csv")
    try program.succeed(["init", "pieces.evoke"])
    var atlas = ["import", "atlas", "toy.csv", "-C", "pieces.evoke"]
    if let row {
      let grid = ImageGrid(dims: [row.count, 1, 1], affine: [3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1])
      try writeNIfTI(program.folder + "/labels.nii.gz", grid: grid) { _ in row }
      atlas += ["--image", "labels.nii.gz"]
    }
    try program.succeed(atlas)
    for piece in ToyPieces.pieces {
      try program.succeed([
        "import", "features", "\(piece).csv", "--dataset", "pieces", "--stimulus", piece, "--space", "timbre=a,b", "-C",
        "pieces.evoke",
      ])
    }
    try program.succeed([
      "import", "fmri", "bold/{stimulus}_{subject}.tsv", "--dataset", "pieces", "--name", "bold", "--tr-s", "1",
      "--onset-s", "0", "--units", "au", "-C", "pieces.evoke",
    ])
    return program
  }

  private func clusters(_ row: [Double]) throws -> [[String]] {
    let program = try warehouse(row)
    try program.succeed(["run", "timbre.yaml", "-j", "1", "--allow-invalid", "-C", "pieces.evoke"])
    let alone = try program.rows(
      """
      SELECT count(*), count(c.p_cluster), sum(c.p_cluster < c.p_max) FROM correction c JOIN fit f USING (fit_key)
      WHERE f.region = 'cuneus-lh'
      """, in: "pieces.evoke")
    #expect(alone[0][0] == "6")
    return try program.rows(
      """
      SELECT test, region, cluster, p_cluster <= 0.05, p_cluster >= 1.0 / 64 FROM group_score
      WHERE test IN ('group_phase', 'sign_flip', 't') AND quantity = 'r' ORDER BY test, region
      """, in: "pieces.evoke")
  }

  @Test func `regions that follow the sound and touch are one cluster, regions apart are two`() throws {
    for (row, second) in [([1.0, 0, 2, 3], "1"), ([2, 1, 3, 1], "2")] {
      let found = try clusters(row)
      try #require(found.count == 9)
      for test in ["group_phase", "sign_flip"] {
        let rows = found.filter { $0[0] == test }
        #expect(rows.map { $0[1] } == ["cuneus-lh", "superiorfrontal-lh", "superiortemporal-lh"])
        #expect(Set(rows.dropFirst().map { $0[2] }) == ["1", second], "\(rows)")
        #expect(rows.dropFirst().allSatisfy { $0[3] == "1" && $0[4] == "1" }, "\(rows)")
      }
      #expect(found.filter { $0[0] == "t" }.allSatisfy { $0[2].isEmpty && $0[3].isEmpty })
    }
  }

  @Test func `without an image nothing says which regions touch`() throws {
    let program = try warehouse(nil)
    let refused = try program.run(["plan", "timbre.yaml", "-C", "pieces.evoke"])
    #expect(refused.status == 66 && refused.error.contains("E-CMP-003"), "\(refused.error)")
    try program.write(Self.study.replacing("family: [region]", with: "family: [target]"), "wrong.yaml")
    let wrong = try program.run(["plan", "wrong.yaml", "-C", "pieces.evoke"])
    #expect(wrong.status == 78 && wrong.error.contains("clusters are of regions"), "\(wrong.error)")
  }
}
