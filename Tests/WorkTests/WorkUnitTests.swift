import ContentIdentity
import Testing
import Warehouse
import Work

/// What makes a unit's key, and a plan's.
@Suite struct WorkUnitTests {
  private static func array(_ role: String, sha256: String, name: String = "a", file: String = "f.h5")
    -> WorkUnit.Input
  {
    .array(role: role, ArrayReference(name: name, file: file, path: "/a", sha256: sha256))
  }

  private static func unit(
    step: String = "changes", version: Int = 1, parameters: JSONValue = ["order": 1],
    inputs: [WorkUnit.Input] = [array("features", sha256: "aa"), .unit(role: "fit", key: "bb")],
    label: String = "changes of a", dataset: String? = nil, because reason: String? = nil
  ) -> WorkUnit {
    WorkUnit(
      step: step, version: version, parameters: parameters, inputs: inputs, label: label, dataset: dataset,
      notApplicable: reason)
  }

  @Test func whatShapesTheResultIsInTheKey() {
    let others = [
      Self.unit(step: "change"), Self.unit(version: 2), Self.unit(parameters: ["order": 2]), Self.unit(inputs: []),
      Self.unit(inputs: [.unit(role: "fit", key: "bb"), Self.array("features", sha256: "aa")]),
      Self.unit(inputs: [Self.array("features", sha256: "ab"), .unit(role: "fit", key: "bb")]),
      Self.unit(inputs: [Self.array("target", sha256: "aa"), .unit(role: "fit", key: "bb")]),
      Self.unit(inputs: [Self.array("features", sha256: "aa"), .unit(role: "fit", key: "bc")]),
      Self.unit(because: "no such target"),
    ]
    let keys = Set((others + [Self.unit()]).map(\.key))
    #expect(keys.count == others.count + 1)
    #expect(keys.allSatisfy { $0.count == 64 })
  }

  @Test func whereItLiesAndHowItIsCalledIsNot() {
    let elsewhere = Self.array("features", sha256: "aa", name: "b", file: "other.h5")
    #expect(Self.unit(inputs: [elsewhere, .unit(role: "fit", key: "bb")]).key == Self.unit().key)
    #expect(Self.unit(label: "another", dataset: "films").key == Self.unit().key)
  }

  @Test func itNeedsTheUnitsAmongItsInputs() { #expect(Self.unit().prerequisites == ["bb"]) }

  @Test func aPlanIsItsDefinitionAndItsUnitsInOrder() {
    func plan(_ units: [WorkUnit], _ definition: JSONValue = ["study": "s"], notes: [String] = []) -> Plan {
      Plan(studyName: "s", kind: "k", definition: definition, seed: 1, units: units, notes: notes)
    }
    let (one, two) = (Self.unit(), Self.unit(version: 2))
    let first = plan([one, two])
    #expect(plan([one, two], notes: ["told"]).sha256 == first.sha256)
    for other in [plan([two, one]), plan([one]), plan([one, two], ["study": "t"])] {
      #expect(other.sha256 != first.sha256 && other.runID != first.runID)
    }
    #expect(first.runID == first.sha256.prefix(12))
  }
}
