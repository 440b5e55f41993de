import Foundation
import Testing

/// Imports of several files keep those that are sound.
@Suite struct SetAsideCommandTests {
  private func folder() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    try program.write("time,mood\n0,1\n1,2\n", "a.csv")
    try program.write("time,mood\n0,1\n1,two\n", "b.csv")
    try program.write("time,mood\n0,3\n1,2\n", "c.csv")
    return program
  }

  private func annotations(_ program: Program) throws -> [String] {
    try program.rows("SELECT stimulus FROM array_catalog WHERE kind = 'annotation' ORDER BY 1").map { $0[0] }
  }

  @Test func faultyFilesAreNamedAndTheOthersStored() throws {
    let program = try folder()
    let command = ["import", "annotations", "a.csv", "b.csv", "c.csv", "missing.csv", "--dataset", "d"]
    let ending = try program.run(command)
    #expect(ending.status == 65 && ending.error.contains("E-IMP-006") && ending.error.contains("two"))
    #expect(try annotations(program) == ["a", "c"])
    let log = try program.rows("SELECT source, state, code FROM import_log WHERE state = 'set aside' ORDER BY 1")
    #expect(
      log.map { [($0[0] as NSString).lastPathComponent, $0[2]] } == [
        ["b.csv", "E-TAB-006"], ["missing.csv", "E-FIL-001"],
      ])
    // The same again changes nothing and says the same.
    #expect(try program.run(command).status == 65)
    #expect(try annotations(program) == ["a", "c"])
    // What was mended is added.
    try program.write("time,mood\n0,1\n1,5\n", "b.csv")
    #expect(try program.run(Array(command.filter { $0 != "missing.csv" })).status == 0)
    #expect(try annotations(program) == ["a", "b", "c"])
    try program.succeed(["verify"])
  }

  @Test func strictKeepsEverythingOut() throws {
    let program = try folder()
    let ending = try program.run(["import", "annotations", "a.csv", "b.csv", "--strict", "--dataset", "d"])
    #expect(ending.status == 65 && ending.error.contains("E-TAB-006"))
    #expect(try annotations(program) == [])
  }

  @Test func whereNothingIsSoundAllFaultsAreFoundAsBefore() throws {
    let program = try folder()
    try program.write("time,mood\n0,x\n1,2\n", "a.csv")
    let ending = try program.run(["import", "annotations", "a.csv", "b.csv", "--dataset", "d"])
    #expect(ending.status == 65 && ending.error.contains("E-IMP-002"))
    // A fault of no single file is one of all.
    let options = try program.run(["import", "annotations", "a.csv", "c.csv", "--scale", "9", "--dataset", "d"])
    #expect(options.status == 64 && options.error.contains("--scale 9"))
    #expect(try annotations(program) == [])
  }

  @Test func misspeltTargetsOfStudiesAreRefused() throws {
    let program = try folder()
    try program.succeed(["import", "annotations", "a.csv", "--dataset", "d"])
    try program.write("time,f\n0,1\n1,3\n", "f.csv")
    try program.succeed(["import", "features", "f.csv", "--stimulus", "a", "--space", "s=f", "--dataset", "d"])
    for (target, hint) in [("{annotation: moood}", "did you mean mood?"), ("{annotation: zeal}", "there are: mood")] {
      try program.write(
        "study: x\nkind: layer_sweep\ndatasets: [d]\nfeatures: [{space: s}]\ntargets: [\(target)]\nencoding: {}\n",
        "s.yaml")
      let ending = try program.run(["run", "s.yaml"])
      #expect(ending.status != 0 && ending.error.contains(hint), "\(ending.error)")
    }
  }
}
