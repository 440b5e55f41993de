import Testing
import bench

/// A seeded part of the gates, through the code that `bench gates` runs; the tables are in
/// Tests/Benchmarks/RESULTS.md.
@Suite(.serialized) struct GateTests {
  /// A gate and how many of its runs, from its first seed on.
  struct Sample: Sendable, CustomTestStringConvertible {
    let id: String
    let runs: Int
    /// A question whose share of rejections must be far beyond the bound: what the method is there for.
    var broken: (question: String, share: Double)?

    var testDescription: String { id }
  }

  private static let samples = [
    Sample(id: "11B.1/onset/3x120/AR.9", runs: 2),
    Sample(id: "11B.1/rise/3x120/AR.9", runs: 2, broken: ("plain", 0.3)),
    Sample(id: "11B.1/drift/6x120/synchrony", runs: 2),
    Sample(id: "11B.1/walk/1x600/AR.9", runs: 2),
    Sample(id: "11B.1/sigmoid/3x120/AR.3", runs: 2),
    Sample(id: "11B.1/cuts/3x120/AR.9", runs: 2),
    Sample(id: "11B.1/w.5/4x150/AR.9", runs: 1),
    Sample(id: "11B.3/equal-layers/6x120/r.6", runs: 24),
    Sample(id: "11B.3/null-layers/1x300/r0", runs: 24),
    Sample(id: "11B.3/amplitude-.9-against-.5/1x1200/r.6", runs: 6),
    Sample(id: "11B.4/r0/6x120/AR.3", runs: 12),
    Sample(id: "11B.4/r.6/2x120/AR.9", runs: 12),
    Sample(id: "11B.4/r.3/1x600/AR.3", runs: 12),
    Sample(id: "11B.4/12x200/AR.5/stationary/isc.3", runs: 4),
    Sample(id: "11B.6/8x240/AR.9/linearx5", runs: 4),
    Sample(id: "11B.6/8x240/AR.9/random-walkx5", runs: 4),
    Sample(id: "11B.7/8m/rel.7/2x120/AR.9-.3", runs: 24),
    Sample(id: "11B.7/4m/rel.7/1x600/AR.9-.5/drop", runs: 24),
    Sample(id: "11B.9/lags-1-6", runs: 1),
    Sample(id: "11B.10/deeplayer/6x300/spectrum.533-permuted.533", runs: 6),
    Sample(id: "11A.10/equal/shared/6x120/12-40/noise2-1", runs: 8),
    Sample(id: "11A.10/prediction/I2.9", runs: 200),
    Sample(id: "11A.10/opposite/different/8x120/12-40/noise2-1", runs: 4),
    Sample(id: "11B.10/loudnessalone/6x300/spectrum.7-permuted.7", runs: 12),
  ]

  @Test(
    "no gate passes unasked: every number of cohorts has a bound, and what is asked beside the default has the default's"
  )
  func asked() {
    for gate in GateList.all where gate.id.contains("prediction") {
      #expect(gate.questions.allSatisfy { !$0.bounds.isEmpty }, "\(gate.id)")
    }
    func isBounded(_ id: String) -> Bool? {
      GateList.gate(id)?.questions.first { $0.name == "auto" }.map { !$0.bounds.isEmpty }
    }
    #expect(isBounded("11B.1/w.3/6x120/AR.3") == true && isBounded("11B.1/.3-rise/3x120/AR.3") == true)
    #expect(isBounded("11B.1/onset/3x120/AR.9") == false)
  }

  @Test("a seeded part of the gates holds", arguments: samples)
  func holds(_ sample: Sample) throws {
    let gate = try #require(GateList.gate(sample.id))
    let lines = try (0..<UInt64(sample.runs)).flatMap { try gate.lines(seed: gate.seed + $0) }
    let summaries = gate.summaries(lines)
    for question in gate.questions {
      let own = try #require(summaries[question.name])
      for bound in question.bounds {
        // Four standard errors beyond the bound: a part finds what is broken, the tables what is off.
        #expect(bound.holds(own, all: summaries, errors: 4) != false, "\(gate.id), \(question.name): \(bound)")
      }
    }
    // No gate holds by making everything invalid; what other stimuli's features predict as well is made invalid.
    let first = try #require(summaries[gate.questions[0].name])
    if !gate.id.contains("cuts") { #expect(first.valid.share >= 0.5) }
    guard let broken = sample.broken else { return }
    let share = try #require(summaries[broken.question]).rejected.share
    #expect(share >= broken.share, "\(gate.id), \(broken.question): \(share)")
  }

  @Test("gates have ids of their own, and bounds or a reason to be shown")
  func ids() {
    let all = GateList.all
    #expect(Set(all.map(\.id)).count == all.count)
    #expect(Self.samples.allSatisfy { GateList.gate($0.id) != nil })
    for gate in all where !gate.id.contains("cuts/1x") {
      #expect(gate.questions.contains { !$0.bounds.isEmpty }, "\(gate.id)")
    }
  }

  @Test("lines of results are read as they were written; a broken one is none")
  func lines() throws {
    let gate = try #require(GateList.gate("11B.4/r0/6x120/AR.3"))
    let line = try #require(try gate.lines(seed: 3).first)
    let again = try #require(GateLine(line.text))
    #expect(again.text == line.text && again.seed == 3 && again.gate == gate.id)
    let cells = line.text.split(separator: "\t", omittingEmptySubsequences: false)
    for count in 0..<cells.count { #expect(GateLine(cells.prefix(count).joined(separator: "\t")) == nil) }
    #expect(GateLine(GateLine.head) == nil)
  }
}
