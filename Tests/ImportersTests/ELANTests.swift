import Annotations
import Diagnostics
import Foundation
import Importing
import Testing

/// Times that ELAN does not write down: open slots, and annotations that refer to others.
@Suite(.serialized) struct ELANTests {
  private struct Note {
    let id: String
    var slots: (String, String)?
    var parent: String?
    var previous: String?
    let text: String
  }

  /// A file of tiers; slots with their milliseconds, nil for open ones.
  private func eaf(
    _ slots: [(String, Int?)], _ tiers: [(name: String, type: String, parent: String?, notes: [Note])]
  ) -> String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ANNOTATION_DOCUMENT FORMAT=\"3.0\">\n"
    text += "<HEADER TIME_UNITS=\"milliseconds\"/><TIME_ORDER>"
    for (id, time) in slots {
      text += "<TIME_SLOT TIME_SLOT_ID=\"\(id)\"" + (time.map { " TIME_VALUE=\"\($0)\"" } ?? "") + "/>"
    }
    text += "</TIME_ORDER>\n"
    for tier in tiers {
      text += "<TIER LINGUISTIC_TYPE_REF=\"\(tier.type)\" TIER_ID=\"\(tier.name)\""
      text += (tier.parent.map { " PARENT_REF=\"\($0)\"" } ?? "") + ">\n"
      for note in tier.notes {
        let head =
          note.slots.map { "ALIGNABLE_ANNOTATION TIME_SLOT_REF1=\"\($0.0)\" TIME_SLOT_REF2=\"\($0.1)\"" }
          ?? "REF_ANNOTATION ANNOTATION_REF=\"\(note.parent ?? "")\""
        let previous = note.previous.map { " PREVIOUS_ANNOTATION=\"\($0)\"" } ?? ""
        text += "<ANNOTATION><\(head) ANNOTATION_ID=\"\(note.id)\"\(previous)><ANNOTATION_VALUE>\(note.text)"
        text += "</ANNOTATION_VALUE></\(head.prefix { $0 != " " })></ANNOTATION>\n"
      }
      text += "</TIER>\n"
    }
    text += "<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID=\"main\" TIME_ALIGNABLE=\"true\"/>"
    for (id, constraint) in [
      ("divided", "Symbolic_Subdivision"), ("beside", "Symbolic_Association"), ("timed", "Time_Subdivision"),
    ] { text += "<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID=\"\(id)\" CONSTRAINTS=\"\(constraint)\"/>" }
    return text + "</ANNOTATION_DOCUMENT>"
  }

  /// Numbers of a tier at 10 Hz.
  private func series(_ text: String, _ tier: String) throws -> [Float] {
    let scratch = try Scratch()
    var options = AnnotationOptions.unset
    options.rateHz = 10
    options.table.map = ["x=\(tier)"]
    let batch = importAnnotations(files: [try scratch.write("a.eaf", text)], options: options, common: common)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    return try #require(batch.annotations.first { $0.name == "x" }, "\(batch.diagnostics)").array.load().values
  }

  private func fault(_ text: String, naming words: String) throws {
    let scratch = try Scratch()
    expectError(
      importAnnotations(files: [try scratch.write("a.eaf", text)], options: .unset, common: common), .tierTimes,
      naming: words)
  }

  private func chain(_ previous: [String: String], order: [String], type: String = "divided") -> String {
    let notes = order.map { Note(id: $0, parent: "p", previous: previous[$0], text: String($0.dropFirst())) }
    return eaf(
      [("t1", 0), ("t2", 3000)],
      [
        ("word", "main", nil, [Note(id: "p", slots: ("t1", "t2"), text: "p")]), ("part", type, "word", notes),
      ])
  }

  @Test(arguments: [["c1", "c2", "c3"], ["c3", "c1", "c2"], ["c2", "c3", "c1"]])
  func siblingsLieInTheOrderOfTheirPrevious(_ order: [String]) throws {
    let values = try series(chain(["c2": "c1", "c3": "c2"], order: order), "part")
    #expect(
      values == [Float](repeating: 1, count: 10) + [Float](repeating: 2, count: 10) + [Float](repeating: 3, count: 10))
    // What follows a sibling is a part, also where the type of its tier does not say so.
    #expect(try series(chain(["c2": "c1", "c3": "c2"], order: order, type: "main"), "part") == values)
  }

  @Test func siblingsWithoutPreviousLieAsTheyStand() throws {
    let values = try series(chain([:], order: ["c2", "c1"]), "part")
    #expect(values == [Float](repeating: 2, count: 15) + [Float](repeating: 1, count: 15))
  }

  @Test func chainsThatCannotBeAreRefused() throws {
    try fault(chain(["c1": "c2", "c2": "c1"], order: ["c1", "c2"]), naming: "follows itself")
    try fault(chain(["c2": "c1", "c3": "c1"], order: ["c1", "c2", "c3"]), naming: "follows c1")
    try fault(chain(["c1": "c1"], order: ["c1"]), naming: "follows itself")
    try fault(chain(["c2": "c9"], order: ["c1", "c2"]), naming: "c9, which is not there")
    // What follows an annotation of another parent begins a row.
    #expect(try series(chain(["c1": "p"], order: ["c2", "c1"]), "part").first == 2)
  }

  /// Parts of parts, an association of each, and a chain for every parent.
  @Test func partsOfPartsAndTheirAssociationsFollow() throws {
    let text = eaf(
      [("t1", 0), ("t2", 2000), ("t3", 4000)],
      [
        // Dependent tiers may stand before those they depend on.
        (
          "gloss", "beside", "half",
          [
            Note(id: "g1", parent: "h2", text: "7"), Note(id: "g2", parent: "q1", text: "8"),
          ]
        ),
        (
          "quarter", "divided", "half",
          [
            Note(id: "q2", parent: "h1", previous: "q1", text: "2"), Note(id: "q1", parent: "h1", text: "1"),
          ]
        ),
        (
          "half", "divided", "word",
          [
            Note(id: "h2", parent: "w1", previous: "h1", text: "20"), Note(id: "h1", parent: "w1", text: "10"),
            Note(id: "h3", parent: "w2", text: "30"),
          ]
        ),
        (
          "word", "main", nil,
          [Note(id: "w1", slots: ("t1", "t2"), text: "a"), Note(id: "w2", slots: ("t2", "t3"), text: "b")]
        ),
      ])
    let half = try series(text, "half")
    #expect(half[0..<10].allSatisfy { $0 == 10 } && half[10..<20].allSatisfy { $0 == 20 })
    #expect(half[20..<40].allSatisfy { $0 == 30 })
    let quarter = try series(text, "quarter")
    #expect(quarter[0..<5].allSatisfy { $0 == 1 } && quarter[5..<10].allSatisfy { $0 == 2 } && quarter[10].isNaN)
    let gloss = try series(text, "gloss")
    #expect(
      gloss[0..<5].allSatisfy { $0 == 8 } && gloss[5..<10].allSatisfy(\.isNaN) && gloss[10..<20].allSatisfy { $0 == 7 })
  }

  /// Slots of another tier between the open ones in TIME_ORDER say nothing of them.
  @Test func openSlotsDivideTheirOwnChain() throws {
    let text = eaf(
      [("t1", 0), ("a", nil), ("u1", 200), ("u2", 400), ("b", nil), ("u3", 2900), ("t2", 3000)],
      [
        ("word", "main", nil, [Note(id: "w", slots: ("t1", "t2"), text: "w")]),
        (
          "syllable", "timed", "word",
          [
            Note(id: "s1", slots: ("t1", "a"), text: "1"), Note(id: "s2", slots: ("a", "b"), text: "2"),
            Note(id: "s3", slots: ("b", "t2"), text: "3"),
          ]
        ),
        (
          "gesture", "main", nil,
          [Note(id: "g1", slots: ("u1", "u2"), text: "5"), Note(id: "g2", slots: ("u2", "u3"), text: "6")]
        ),
      ])
    let values = try series(text, "syllable")
    #expect(
      values == [Float](repeating: 1, count: 10) + [Float](repeating: 2, count: 10) + [Float](repeating: 3, count: 10))
  }

  @Test func slotsOfParentsAreDividedBeforeThoseOfTheirParts() throws {
    let text = eaf(
      [("t1", 0), ("c", nil), ("m", nil), ("d", nil), ("e", nil), ("t2", 4000)],
      [
        (
          "part", "timed", "word",
          [
            Note(id: "s1", slots: ("t1", "c"), text: "1"), Note(id: "s2", slots: ("c", "m"), text: "2"),
            Note(id: "s3", slots: ("m", "d"), text: "3"), Note(id: "s4", slots: ("d", "e"), text: "4"),
            Note(id: "s5", slots: ("e", "t2"), text: "5"),
          ]
        ),
        (
          "word", "main", nil,
          [Note(id: "w1", slots: ("t1", "m"), text: "a"), Note(id: "w2", slots: ("m", "t2"), text: "b")]
        ),
      ])
    // The word ends at 2 s: its parts last 1 s each, those of the next two thirds of a second.
    let values = try series(text, "part")
    #expect(values[0..<10].allSatisfy { $0 == 1 } && values[10..<20].allSatisfy { $0 == 2 })
    #expect(values[20..<26].allSatisfy { $0 == 3 } && abs(values[26] - (3 * 2 / 3 + 4 / 3)) < 1e-4)
    #expect(values[34..<40].allSatisfy { $0 == 5 })
  }
}
