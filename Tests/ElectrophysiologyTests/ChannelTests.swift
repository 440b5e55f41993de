import Diagnostics
import Electrophysiology
import LinearAlgebra
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct ChannelTests {
  static func spline() throws -> SphericalSpline {
    try SphericalSpline(
      positions: Reference.matrix("spline_positions"), bad: Reference.values("spline_bad").map { Int($0) },
      origin: [0, 0, 0.04])
  }

  @Test func interpolatedChannelsEqualMNE() throws {
    let y = try Self.spline().applied(to: Reference.matrix("spline_input"))
    #expect(relativeDistance(y, try Reference.matrix("spline_output")) < 1e-9)
  }

  @Test func averageReferenceAfterInterpolationEqualsMNEAndLosesOneRankEach() throws {
    let y = try averageReferenced(Reference.matrix("spline_output"))
    #expect(relativeDistance(y, try Reference.matrix("spline_rereferenced")) < 1e-12)
    var numbers = TestNumbers(1)
    let many = try averageReferenced(Self.spline().applied(to: numbers.matrix(400, 64)))
    let expected = DataRank(channelCount: 64, interpolatedCount: 5, isAverageReferenced: true).rank
    #expect(expected == 58)
    #expect(try numericalRank(many.gram) == expected)
  }

  @Test func referencingToGoodChannelsLeavesTheBadOneOut() throws {
    let x = Matrix(rows: 1, columns: 3, values: [1, 3, 100])
    #expect(try averageReferenced(x, good: [0, 1]).values == [-1, 1, 98])
    #expect(throws: EvokeError.self) { try averageReferenced(x, good: [2]) }
  }

  @Test func aConstantFieldIsInterpolatedAsItself() throws {
    let x = Matrix(rows: 2, columns: 64, values: [Double](repeating: 7, count: 128))
    #expect(try Self.spline().applied(to: x).values.allSatisfy { abs($0 - 7) < 1e-9 })
  }

  @Test func aMissingPositionIsNamed() throws {
    var positions = try Reference.matrix("spline_positions")
    positions[9, 1] = .nan
    #expect { try SphericalSpline(positions: positions, bad: [3]) } throws: {
      ($0 as? EvokeError)?.code == .channelPosition && ($0 as? EvokeError)?.object == "channel 9"
    }
  }

  /// Sixteen channels of three common sources plus a little noise, 100 Hz.
  static func recording(seconds: Int, seed: UInt64) -> Matrix {
    var numbers = TestNumbers(seed)
    let sources = numbers.matrix(seconds * 100, 3)
    let noise = numbers.matrix(seconds * 100, 16)
    var mixing = Matrix(rows: 3, columns: 16)
    for c in 0..<16 {
      for s in 0..<3 { mixing[s, c] = 1 + 0.5 * sin(Double(c + 5 * s)) }
    }
    var x = sources.multiplied(by: mixing)
    for i in x.values.indices { x.values[i] = (x.values[i] + 0.3 * noise.values[i]) * 1e-5 }
    return x
  }

  @Test func plantedBadChannelsAreFoundForTheirReasonAndNoOthers() throws {
    var x = Self.recording(seconds: 40, seed: 2)
    var numbers = TestNumbers(3)
    for t in 0..<x.rows {
      x[t, 2] = 1e-5 * numbers.normal()
      x[t, 5] *= 30
      if (1000..<1650).contains(t) { x[t, 8] = 1e-6 }
      x[t, 11] = 0
    }
    x[77, 13] = .nan
    let found = try channelQuality(x, rateHz: 100)
    #expect(found[2].reasons == [.correlation])
    #expect(found[5].reasons == [.variance])
    #expect(found[8].reasons.contains(.flat) && found[8].flatSeconds == 6)
    #expect(found[11].reasons == [.flat] && found[13].reasons == [.missing])
    #expect(found.indices.filter { found[$0].isBad } == [2, 5, 8, 11, 13])
  }

  @Test func aCleanRecordingHasNoBadChannel() throws {
    for seed in 10..<20 as Range<UInt64> {
      #expect(try channelQuality(Self.recording(seconds: 20, seed: seed), rateHz: 100).allSatisfy { !$0.isBad })
    }
  }

  @Test func aRecordingTooShortOrEmptyIsRefused() throws {
    #expect(throws: EvokeError.self) { try channelQuality(Matrix(rows: 150, columns: 8), rateHz: 100) }
    #expect(throws: EvokeError.self) { try channelQuality(Matrix(rows: 1000, columns: 8), rateHz: 100) }
  }
}
