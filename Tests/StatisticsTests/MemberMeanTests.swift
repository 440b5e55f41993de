import LinearAlgebra
import Statistics
import Testing

@Suite struct MemberMeanTests {
  private func column(_ values: [Double]) -> Matrix { Matrix(rows: values.count, columns: 1, values: values) }

  private func random(_ rows: Int, _ key: String, level: Double = 0) -> [Double] {
    var stream = RandomStream(seed: 3, purpose: "members", key: key)
    return (0..<rows).map { _ in level + stream.normal() }
  }

  @Test("without missing values it is the plain mean, to the bit")
  func complete() {
    let members = (0..<4).map { random(50, "\($0)", level: Double($0)) }
    let found = MemberMean(members.map { column($0) })
    #expect(found.mean.values == (0..<50).map { t in Moments.mean(members.map { $0[t] }) })
    #expect(found.members == members.map { column($0) })
    #expect(found.partialRows == [0] && found.thinRows == [0] && found.unconnected == [0])
    // Rows that all lack together move nobody's level.
    var holes = members
    for m in 0..<4 { for t in 10..<20 { holes[m][t] = .nan } }
    let some = MemberMean(holes.map { column($0) })
    #expect((0..<50).filter { some.mean[$0, 0].isNaN } == Array(10..<20))
    #expect((0..<50).allSatisfy { (10..<20).contains($0) || some.mean[$0, 0] == found.mean[$0, 0] })
    #expect(some.partialRows == [0] && some.thinRows == [0])
  }

  @Test("who has nothing of a column is told of there alone, and changes no number", arguments: [false, true])
  func absent(_ standardised: Bool) {
    func matrix(_ columns: [[Double]]) -> Matrix {
      Matrix(rows: 40, columns: columns.count, values: (0..<40).flatMap { row in columns.map { $0[row] } })
    }
    let members = (0..<4).map { m in (0..<2).map { random(40, "\(m) \($0)") } }
    var lacking = members
    lacking[0][1] = [Double](repeating: .nan, count: 40)
    let found = MemberMean(lacking.map(matrix), standardised: standardised)
    #expect(found.partialRows == [0, 40] && found.thinRows == [0, 0])
    let others = MemberMean(members.dropFirst().map(matrix), standardised: standardised)
    #expect(found.mean.column(1) == others.mean.column(1))
  }

  @Test("one of three who leaves half-way: deviations from own means over the common rows, plus the grand mean")
  func dropsOut() {
    var members = [random(60, "a", level: 6), random(60, "b"), random(60, "c", level: -3)]
    for t in 30..<60 { members[0][t] = .nan }
    let found = MemberMean(members.map { column($0) })
    let own = members.map { Moments.mean(Array($0[0..<30])) }
    let grand = Moments.mean(own)
    for t in 0..<60 {
      let present = t < 30 ? [0, 1, 2] : [1, 2]
      #expect(abs(found.mean[t, 0] - grand - Moments.mean(present.map { members[$0][t] - own[$0] })) < 1e-12)
      // Over the common rows nothing changes; a plain mean would fall by two after them.
      if t < 30 { #expect(abs(found.mean[t, 0] - Moments.mean(members.map { $0[t] })) < 1e-12) }
    }
    #expect(found.partialRows == [30] && found.thinRows == [0])
    let first = found.members[0]?.values ?? []
    #expect(first[45].isNaN && abs(first[3] - members[0][3] - grand + own[0]) < 1e-12)
  }

  @Test("a member's level does not tell, wherever it is missing", arguments: [false, true])
  func levels(_ standardised: Bool) {
    var members = (0..<5).map { random(80, "\($0)") }
    for t in 60..<80 { members[1][t] = .nan }
    for t in 0..<15 { members[3][t] = .nan }
    let plain = MemberMean(members.map { column($0) }, standardised: standardised)
    members[1] = members[1].map { $0 + 10 }
    let moved = MemberMean(members.map { column($0) }, standardised: standardised)
    // The grand mean moves with the level, the course does not; z-scored members have none.
    let shift = standardised ? 0 : 2.0
    for t in 0..<80 { #expect(abs(moved.mean[t, 0] - plain.mean[t, 0] - shift) < 1e-12) }
  }

  @Test("rows with fewer than half of the members are missing and counted, unless told")
  func thin() {
    var members = (0..<5).map { random(60, "\($0)") }
    for m in 0..<3 { for t in 40..<50 { members[m][t] = .nan } }
    for m in 0..<2 { for t in 50..<60 { members[m][t] = .nan } }
    let given = members.map { column($0) }
    let half = MemberMean(given)
    #expect((40..<50).allSatisfy { half.mean[$0, 0].isNaN } && (50..<60).allSatisfy { half.mean[$0, 0].isFinite })
    #expect(half.thinRows == [10] && half.partialRows == [10])
    let all = MemberMean(given, largestMissingShare: 0)
    #expect(all.thinRows == [20] && all.partialRows == [0] && all.mean[55, 0].isNaN)
    let some = MemberMean(given, largestMissingShare: 0.6)
    #expect(some.thinRows == [0] && some.partialRows == [20])
    // Exactly half is enough.
    #expect(MemberMean(Array(given[3..<5]) + Array(given[0..<2])).thinRows == [0])
  }

  @Test("members who never share a row with all others stand at the levels of the additive model")
  func chain() {
    let course = random(90, "course")
    let levels = [5.0, -2, 1]
    // a and b share 20 rows, b and c share 20, a and c none.
    let rows = [0..<50, 30..<70, 50..<90]
    let members = rows.indices.map { m in
      (0..<90).map { rows[m].contains($0) ? course[$0] + levels[m] : Double.nan }
    }
    let found = MemberMean(members.map { column($0) }, largestMissingShare: 0.7)
    let shift = found.mean[0, 0] - course[0]
    for t in 0..<90 { #expect(abs(found.mean[t, 0] - course[t] - shift) < 1e-9) }
    #expect(found.unconnected == [0])
    // z-scored, they are moved to the mean of their levels.
    let scored = MemberMean(members.map { column($0) }, standardised: true, largestMissingShare: 0.7).members
    let moves = members.indices.map { m -> Double in
      let own = rows[m].map { members[m][$0] }
      let z = (own[0] - Moments.mean(own)) / Moments.standardDeviation(own, degreesOfFreedom: 0)
      return (scored[m]?[rows[m].lowerBound, 0] ?? .nan) - z
    }
    #expect(abs(moves.reduce(0, +)) < 1e-9 && moves.contains { abs($0) > 1e-3 })
    // One whose rows nobody shares says nothing of the others' level.
    var apart = members
    apart[2] = (0..<90).map { $0 >= 75 ? course[$0] : .nan }
    let two = MemberMean(apart.map { column($0) }, largestMissingShare: 0.7)
    #expect(two.unconnected == [1] && two.mean[80, 0].isNaN && two.mean[20, 0].isFinite)
  }

  @Test("a member that hangs together with nobody tells nothing, not a digit, wherever it stands")
  func apart() {
    // Each shares 8 rows with the next; their levels are of six sizes.
    let members = [1, 1e1, 1e2, 1e3, 1e4, 1e5].enumerated().map { m, level in
      random(120, "\(m)", level: level).enumerated().map { t, x in (18 * m..<18 * m + 26) ~= t ? x : Double.nan }
    }
    let alone = (0..<120).map { $0 >= 118 ? 1.0 : Double.nan }
    let without = MemberMean(members.map { column($0) }, largestMissingShare: 0.9).mean.values
    for place in 0...6 {
      var all = members
      all.insert(alone, at: place)
      let found = MemberMean(all.map { column($0) }, largestMissingShare: 0.9)
      #expect(found.unconnected == [1])
      #expect(found.mean.values.map(\.bitPattern) == without.map(\.bitPattern), "at \(place)")
    }
  }

  @Test("columns are separate, members without data are none, and a constant one has no z-score")
  func columns() {
    let (a, b) = (random(40, "a"), random(40, "b"))
    func two(_ x: [Double], _ y: [Double]) -> Matrix {
      Matrix(rows: 40, columns: 2, values: zip(x, y).flatMap { [$0, $1] })
    }
    let both = MemberMean([two(a, b), nil, two(b, a)])
    #expect(both.mean.column(0) == MemberMean([column(a), column(b)]).mean.values)
    #expect(both.mean.column(1) == MemberMean([column(b), column(a)]).mean.values)
    let flat = MemberMean([column(a), column([Double](repeating: 3, count: 40))], standardised: true)
    #expect(abs(Moments.mean(flat.mean.values)) < 1e-12)
    #expect(abs(Moments.standardDeviation(flat.mean.values, degreesOfFreedom: 0) - 1) < 1e-12)
  }
}
