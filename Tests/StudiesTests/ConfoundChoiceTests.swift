import ContentIdentity
import Diagnostics
import Foundation
import Recordings
import StudyFiles
import Testing
import Vocabulary

/// A table of components with what its pipeline and nilearn say of it.
private struct Case {
  let name: String
  let columns: [String]
  let masks: [String: String]
  let nilearn: [String]

  static func all() throws -> [Case] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/haemodynamics/acompcor.json")
    let cases = try #require(try JSONValue(parsing: Array(Data(contentsOf: path))).arrayValue)
    return try cases.map { one in
      func texts(_ key: String) throws -> [String] { try #require(one[key]?.arrayValue).compactMap(\.stringValue) }
      let sidecar = try #require(one["sidecar"]?.objectValue).filter { $0.value["Retained"] != false }
      return Case(
        name: try #require(one["name"]?.stringValue), columns: try texts("columns"),
        masks: sidecar.compactMapValues { $0["Mask"]?.stringValue }, nilearn: try texts("nilearn"))
    }
  }
}

private func components(_ columns: [String], _ masks: [String: String]) throws -> [String] {
  try ConfoundChoice([.set(.acompcor6)], among: columns, masks: masks, of: "x").columns
}

@Suite struct ConfoundChoiceTests {
  @Test func theSixComponentsAreThoseOfTheCombinedMaskAsNilearnTakesThem() throws {
    let cases = try Case.all()
    #expect(cases.count == 5)
    for one in cases {
      #expect(try components(one.columns, one.masks) == one.nilearn, "\(one.name)")
      // The order of a table's columns tells nothing.
      #expect(try components(one.columns.reversed(), one.masks) == one.nilearn, "\(one.name)")
    }
  }

  /// fMRIPrep's numbers have two digits or three, so that letters put 100 before 97.
  @Test(arguments: [0, 4, 8, 76, 94, 97, 99, 100])
  func componentsAreCountedByTheirNumber(_ first: Int) throws {
    let all = (0..<first + 110).map { "a_comp_cor_\($0 < 10 ? "0" : "")\($0)" }
    let masks = Dictionary(
      uniqueKeysWithValues: all.enumerated().map { ($1, $0 < first ? "CSF" : "combined") })
    for columns in [all, all.sorted(), all.reversed()] {
      #expect(try components(columns, masks) == Array(all[first..<first + 6]))
    }
  }

  @Test func componentsOfUnknownMasksAreAskedAbout() throws {
    for one in try Case.all() where !one.columns.contains("c_comp_cor_00") {
      #expect(throws: EvokeError.self, "\(one.name)") { try components(one.columns, [:]) }
    }
    // One mask only, and prefixes that tell the mask, need no JSON.
    let six = (0..<6).map { "a_comp_cor_0\($0)" }
    #expect(try components(six, [:]) == six)
    #expect(try components(["c_comp_cor_00"] + six + ["a_comp_cor_06"], [:]) == six)
    let old = (0..<6).map { "aCompCor0\($0)" }
    #expect(try components(old, [:]) == old)
    #expect(throws: EvokeError.self) { try components(Array(six.prefix(5)), [:]) }
    #expect(throws: EvokeError.self) {
      try components(six, Dictionary(uniqueKeysWithValues: six.map { ($0, "CSF") }))
    }
  }
}
