import Diagnostics
import Foundation
import IntersubjectCorrelation
import LinearAlgebra
import Simulation
import Statistics
import Testing

@Suite struct SimulationTests {
  /// Four components, AR(.7) from second to second.
  static func driver(_ name: String, seconds: Int, seed: UInt64) -> SimulationDriver {
    var numbers = RandomStream(seed: seed, purpose: "driver")
    var scores = Matrix(rows: seconds, columns: 4)
    for t in 0..<seconds {
      for c in 0..<4 {
        scores[t, c] = (t == 0 ? 0 : 0.7 * scores[t - 1, c]) + numbers.normal()
      }
    }
    return SimulationDriver(name: name, scores: scores)
  }

  static func spec(seconds: Int, subjects: Int = 15, share: Double = 0.6, lag: Double = 3) -> SimulationSpec {
    SimulationSpec(
      subjects: subjects, seconds: seconds,
      targets: [
        SimulatedTarget("temporal", driver: driver("hs.3", seconds: seconds, seed: 1)),
        SimulatedTarget("frontal", driver: driver("hs.5", seconds: seconds, seed: 2)),
        SimulatedTarget("null", driver: nil),
      ], signalShare: share, lag: lag)
  }

  func numbers(_ seed: UInt64) -> SimulationNumbers<RandomStream> { simulationStreams(seed: seed, stimulus: "film") }

  @Test func `distortion is what an estimate has beside its reference, whatever its size`() {
    let reference: [Float] = (0..<4000).map { Float(sin(2 * Double.pi * Double($0) / 40)) }
    let other: [Float] = (0..<4000).map { Float(cos(2 * Double.pi * Double($0) / 40)) }
    for (size, expected) in [(0.1, 20.0), (1, 0), (10, -20)] {
      for scale: Float in [1, -3, 0.25] {
        let estimate = zip(reference, other).map { scale * ($0 + Float(size) * $1) }
        #expect(abs(scaleInvariantDistortionRatio(estimate, of: reference) - expected) < 1e-4)
      }
    }
    #expect(scaleInvariantDistortionRatio(reference.map { 4 * $0 }, of: reference) == .infinity)
    #expect(scaleInvariantDistortionRatio([1, 1, -1, -1], of: [1, -1, 1, -1]) == -.infinity)
    #expect(scaleInvariantDistortionRatio([0, 0], of: [1, 2]).isNaN)
    #expect(scaleInvariantDistortionRatio([1, 2], of: [0, 0]).isNaN)
    // Piece by piece as at once.
    let estimate = zip(reference, other).map { 0.5 * $0 + 0.3 * $1 }
    var ratio = DistortionRatio()
    for part in [0..<7, 7..<7, 7..<3_999, 3_999..<4_000] {
      ratio.add(Array(estimate[part]), of: Array(reference[part]))
    }
    for part in [0..<2_000, 2_000..<4_000] { ratio.addRest(Array(estimate[part]), of: Array(reference[part])) }
    #expect(abs(ratio.decibels - scaleInvariantDistortionRatio(estimate, of: reference)) < 1e-9)
  }

  @Test func dynamicSynchronyTracksTheTruthAndIsAbsentWithoutADriver() throws {
    let made = try SimulatedTimeCourses(Self.spec(seconds: 240), rateHz: 200, numbers: numbers(7))
    let values = (0..<15).map { made.timeCourses(subject: $0) }
    let series = try SubjectSeries(values, regionCount: 3, rateHz: 200)
    let isc = try dynamicSynchrony(series, windows: SynchronyWindows(length: 10, step: 1, anchor: .start))
    for region in 0..<2 {
      let measured = (0..<isc.windowCount).map { isc.pairwise[$0 * 3 + region] }
      let truth = isc.times.map { meanSynchrony(made.truth[region], from: $0, to: $0 + 10) }
      #expect(Correlation.pearson(measured, truth) > 0.85)
      let bias = zip(measured, truth).reduce(0.0) { $0 + $1.0 - $1.1 } / Double(truth.count)
      #expect(abs(bias) < 0.01)
    }
    let null = try staticSynchrony(series).pairwise[2]
    #expect(abs(null) < 0.005)
    #expect(made.truth[0].rho.allSatisfy { $0 > 0 && $0 < 0.2 } && made.truth[2].rho.allSatisfy { $0 == 0 })
  }

  @Test func timeCoursesHaveUnitVarianceAtAnyRate() throws {
    for rate in [0.5, 10, 200] {
      let made = try SimulatedTimeCourses(Self.spec(seconds: 200, subjects: 3), rateHz: rate, numbers: numbers(8))
      let x = made.timeCourses(subject: 1)
      for region in 0..<3 {
        let power = (0..<made.sampleCount).reduce(0.0) { $0 + Double(x[$1 * 3 + region] * x[$1 * 3 + region]) }
        #expect(abs(power / Double(made.sampleCount) - 1) < 0.15)
      }
    }
  }

  @Test(arguments: [0.1, 0.6, 0.9])
  func theGroupsMeanResponseHasTheShareAskedFor(share: Double) throws {
    let made = try simulateResponses(Self.spec(seconds: 4000, share: share), repetitionTime: 2, numbers: numbers(9))
    #expect(made.sampleCount == 2000 && made.subjects.count == 15)
    for truth in made.truth.prefix(2) {
      // 2000 samples of correlated noise: SE of the share is below .02.
      #expect(abs(truth.achievedShare - share) < 0.06 && truth.signalShare == share)
    }
    #expect(made.truth[2].achievedShare == 0 && made.truth[2].driver == nil)
  }

  @Test func responsesFollowTheirDriverAtTheLag() throws {
    let spec = Self.spec(seconds: 600, share: 0.9)
    let made = try simulateResponses(spec, repetitionTime: 1, numbers: numbers(10))
    let scores = try #require(spec.targets[0].driver).scores
    let signal = (0..<600).map { t in (0..<4).reduce(0.0) { $0 + made.truth[0].weights[$1] * scores[t, $1] } }
    let mean = (0..<600).map { t in made.subjects.reduce(0.0) { $0 + Double($1[t * 3]) } }
    let byLag = (0...6).map { lag in Correlation.pearson(Array(signal.dropLast(lag)), Array(mean.dropFirst(lag))) }
    #expect(byLag.indices.max { byLag[$0] < byLag[$1] } == 3 && byLag[3] > 0.9)
  }

  @Test func theMeanAnnotationHasTheShareAndRatersTheirDelays() throws {
    let made = try simulateAnnotation(
      Self.spec(seconds: 4000, share: 0.9), target: 0, delaySpread: 0.3, numbers: numbers(11))
    // The spread of delays takes a few hundredths.
    #expect(made.truth.achievedShare > 0.8 && made.truth.achievedShare < 0.93)
    #expect(made.raters.allSatisfy { $0.allSatisfy { abs($0) <= 1 } } && made.raters.count == 10)
    #expect(abs(made.delays.reduce(0, +) / 10 - 3) < 1e-9 && Set(made.delays).count == 10)
    let null = try simulateAnnotation(Self.spec(seconds: 400), target: 2, numbers: numbers(11))
    #expect(null.truth.achievedShare == 0 && null.truth.signalShare == 0)
  }

  @Test func oneSeedGivesTheSameBitsInAnyOrder() throws {
    let spec = Self.spec(seconds: 60, subjects: 4)
    let a = try SimulatedTimeCourses(spec, rateHz: 20, numbers: numbers(12))
    let b = try SimulatedTimeCourses(spec, rateHz: 20, numbers: numbers(12))
    let last = a.timeCourses(subject: 3)
    #expect(b.timeCourses(subject: 0) == a.timeCourses(subject: 0) && b.timeCourses(subject: 3) == last)
    #expect(a.truth == b.truth && last != a.timeCourses(subject: 2))
    let other = try SimulatedTimeCourses(spec, rateHz: 20, numbers: numbers(13))
    #expect(other.timeCourses(subject: 3) != last)
  }

  @Test(arguments: [0.0, -12, 20]) func stemsAddUpExactlyAtTheirLevels(voiceDB: Double) {
    let spec = SoundSpec(seconds: 20, rateHz: 16_000, voiceDB: voiceDB)
    let (mix, voice, soundtrack) = whole(spec, seed: 3, by: 20 * 16_000)
    #expect(mix.count == 2 * 20 * 16_000 && zip(mix, zip(voice, soundtrack)).allSatisfy { $0 - $1.0 == $1.1 })
    #expect(mix.allSatisfy { abs($0) < 1 } && mix.contains { abs($0) > 0.1 })
    func power(_ x: [Float]) -> Double { x.reduce(0) { $0 + Double($1) * Double($1) } }
    #expect(abs(10 * log10(power(voice) / power(soundtrack)) - voiceDB) < 0.01)
    // Whatever the pieces, and whenever it is read.
    let again = whole(spec, seed: 3, by: 7_001)
    #expect(again.mix == mix && again.voice == voice && again.soundtrack == soundtrack)
    #expect(whole(spec, seed: 4, by: 20 * 16_000).mix != mix)
  }

  /// Left and right in turn of a whole sound, read by pieces.
  private func whole(
    _ spec: SoundSpec, seed: UInt64, by most: Int
  ) -> (mix: [Float], voice: [Float], soundtrack: [Float]) {
    var all: (mix: [Float], voice: [Float], soundtrack: [Float]) = ([], [], [])
    simulateSound(spec, numbers: numbers(seed)).read(by: most) { piece in
      #expect(piece.count <= most)
      all.mix += piece.mix
      all.voice += piece.voice
      all.soundtrack += piece.soundtrack
    }
    return all
  }

  @Test func aSharedDriftIsCommonToPeopleAndAnOwnOneIsNot() throws {
    var spec = Self.spec(seconds: 20_000, subjects: 10)
    func agreement() throws -> Double {
      let made = try simulateResponses(spec, repetitionTime: 1, numbers: numbers(14))
      func mean(_ people: Range<Int>) -> [Double] {
        (0..<made.sampleCount).map { t in people.reduce(0.0) { $0 + Double(made.subjects[$1][3 * t + 2]) } }
      }
      return Correlation.pearson(mean(0..<5), mean(5..<10))
    }
    // Half of the noise in the mean of ten, a third in that of five.
    spec.drift = SimulatedDrift(share: 0.5, seconds: 20, isShared: true)
    #expect(abs(try agreement() - 1.0 / 3) < 0.12)
    spec.drift = SimulatedDrift(share: 0.5, seconds: 20, isShared: false)
    #expect(abs(try agreement()) < 0.1)
    spec.drift = SimulatedDrift(share: 0, seconds: 20, isShared: false)
    let still = try simulateResponses(spec, repetitionTime: 1, numbers: numbers(14)).subjects
    spec.drift = nil
    #expect(try simulateResponses(spec, repetitionTime: 1, numbers: numbers(14)).subjects == still)
  }

  @Test func unfitDriversAndSharesAreRefused() throws {
    func code(_ spec: SimulationSpec) -> String? {
      do {
        _ = try simulateResponses(spec, repetitionTime: 1, numbers: numbers(1))
        return nil
      } catch {
        return (error as? EvokeError)?.code.id
      }
    }
    var spec = Self.spec(seconds: 60)
    spec.seconds = 61
    #expect(code(spec) == "E-SIM-001")
    spec = Self.spec(seconds: 60)
    spec.targets[0] = SimulatedTarget("flat", driver: SimulationDriver(name: "x", scores: Matrix(rows: 60, columns: 2)))
    #expect(code(spec) == "E-SIM-002")
    spec = Self.spec(seconds: 60, share: 1.2)
    #expect(code(spec) == "E-SIM-003")
  }
}
