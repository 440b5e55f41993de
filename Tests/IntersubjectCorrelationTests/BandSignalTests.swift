import Diagnostics
import Electrophysiology
import Foundation
import Testing
import Vocabulary

/// Reference values beside the script that made them.
struct SignalReference: Decodable {
  let x: [Float]
  let clips: [[Float?]]
  let values: [[Double]]
  let crossValidated: [[Double]]
  private let numbers: [String: [Double]]

  enum Keys: String, CodingKey {
    case x, clips, values
    case crossValidated = "cross-validated"
  }

  init(from decoder: any Decoder) throws {
    let named = try decoder.container(keyedBy: Keys.self)
    x = try named.decode([Float].self, forKey: .x)
    clips = try named.decode([[Float?]].self, forKey: .clips)
    values = try named.decode([[Double]].self, forKey: .values)
    crossValidated = try named.decode([[Double]].self, forKey: .crossValidated)
    let all = try decoder.container(keyedBy: AnyKey.self)
    var numbers: [String: [Double]] = [:]
    for key in all.allKeys where Keys(rawValue: key.stringValue) == nil {
      numbers[key.stringValue] = try all.decode([Double].self, forKey: key)
    }
    self.numbers = numbers
  }

  func numbers(_ name: String) throws -> [Double] { try #require(numbers[name]) }

  static func load() throws -> SignalReference {
    try JSONDecoder().decode(
      SignalReference.self, from: Data(contentsOf: Fixture.folder.appending(path: "signals.json")))
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

@Suite struct BandSignalTests {
  static let bands: [String: (low: Double, high: Double)] = [
    "delta": (1, 4), "theta": (4, 8), "alpha": (8, 14), "beta": (14, 31), "gamma": (31, 50),
  ]

  private func signal(
    _ kind: SynchronySignal, _ band: String, _ x: [Float], rateHz: Double = 200, phase: Double = 0
  ) throws -> [Double] {
    try BandSignalFilter(kind, band: Self.bands[band], rateHz: rateHz)
      .applied(to: x, channelCount: 2, phase: phase).map(Double.init)
  }

  /// Results are stored as float32: 6e-8 of the value; entropies are sums of magnitudes around 1.
  private func differs(_ a: [Double], _ b: [Double], by tolerance: Double) -> Bool {
    let scale = b.map(abs).max() ?? 1
    return !(largestDifference(a, b) < tolerance * max(scale, 1e-12))
  }

  @Test(arguments: ["delta", "theta", "alpha", "beta", "gamma"])
  func bandsAreThoseOfMNEAndSciPy(band: String) throws {
    let reference = try SignalReference.load()
    let series = try signal(.source, band, reference.x)
    let every = stride(from: 0, to: 1230, by: 7).flatMap { (t: Int) in series[(2 * t)...(2 * t + 1)] }
    #expect(!differs(every, try reference.numbers("series-\(band)"), by: 1e-7))
    let envelope = try signal(.envelope, band, reference.x)
    #expect(!differs(envelope, try kept(.envelope, band, reference.numbers("envelope-\(band)")), by: 1e-7))
    let entropy = try signal(.differentialEntropy, band, reference.x, phase: 0.335)
    #expect(
      !differs(entropy, try kept(.differentialEntropy, band, reference.numbers("de-\(band)"), phase: 0.335), by: 2e-7))
    let difference = try signal(.firstDifference, band, reference.x, phase: 0.335)
    #expect(
      !differs(difference, try kept(.firstDifference, band, reference.numbers("fd-\(band)"), phase: 0.335), by: 1e-7))
  }

  /// Bins outside the reach of the recording's ends.
  private func kept(_ kind: SynchronySignal, _ band: String, _ all: [Double], phase: Double = 0) throws -> [Double] {
    let filter = try BandSignalFilter(kind, band: Self.bands[band], rateHz: 200)
    let bins = filter.bins(samples: 1230, phase: phase)
    #expect(bins.count >= 1 && bins.lowerBound * 2 < all.count)
    return Array(all[(2 * bins.lowerBound)..<(2 * bins.upperBound)])
  }

  @Test func broadbandSignalsAreNotFiltered() throws {
    let reference = try SignalReference.load()
    #expect(try signal(.source, "broad", reference.x) == reference.x.map(Double.init))
    let envelope = try signal(.envelope, "broad", reference.x, phase: 0.06)
    #expect(
      !differs(envelope, try kept(.envelope, "broad", reference.numbers("envelope-broad"), phase: 0.06), by: 1e-7))
    #expect(
      !differs(try signal(.differentialEntropy, "broad", reference.x), try reference.numbers("de-broad"), by: 2e-7))
    #expect(!differs(try signal(.firstDifference, "broad", reference.x), try reference.numbers("fd-broad"), by: 1e-7))
  }

  @Test func theEntropyOfASineFollowsItsAmplitude() throws {
    // Variance A^2 / 2: twice the amplitude adds ln 2.
    let x = (0..<4000).flatMap { t -> [Float] in
      let s = sin(2 * Double.pi * 10 * Double(t) / 200)
      return [Float(s), Float(2 * s)]
    }
    let values = try signal(.differentialEntropy, "alpha", x)
    // 0.825 s at both ends of 20 s are left out, so 18 seconds are left.
    #expect(values.count == 36)
    for k in 2..<16 {
      #expect(abs(values[2 * k] - 0.5 * log(2 * Double.pi * M_E * 0.5)) < 0.01)
      #expect(abs(values[2 * k + 1] - values[2 * k] - log(2)) < 1e-6)
    }
    // The same power in the band's envelope; none where the band is elsewhere.
    let envelope = try signal(.envelope, "alpha", x)
    #expect(envelope.count == 2 * 182 && (20..<160).allSatisfy { abs(envelope[2 * $0] - 1) < 0.02 })
    let beta = try signal(.envelope, "beta", x)
    #expect((20..<160).allSatisfy { beta[2 * $0] < 1e-3 })
  }

  @Test func nothingIsKnownWithinTheFiltersReachOfAMissingSample() throws {
    let reference = try SignalReference.load()
    var x = reference.x
    for t in 600..<603 { x[2 * t] = .nan }
    let filter = try BandSignalFilter(.source, band: (8, 14), rateHz: 200)
    let values = try filter.applied(to: x, channelCount: 2)
    let reach = Int((filter.reachSeconds * 200).rounded())
    #expect(reach == 165)
    let lost = (0..<1230).filter { values[2 * $0].isNaN }
    #expect(lost == Array((600 - reach)..<(603 + reach)))
    #expect((0..<1230).allSatisfy { !values[2 * $0 + 1].isNaN })
    // What is kept does not depend on what stands in the gap.
    var other = reference.x
    for t in 600..<603 { other[2 * t] += 500 }
    let touched = try filter.applied(to: other, channelCount: 2)
    let kept = (0..<1230).filter { !values[2 * $0].isNaN }
    #expect(kept.allSatisfy { abs(values[2 * $0] - touched[2 * $0]) < 2e-4 })
    // Only whole bins without a missing sample have a value.
    let bins = try BandSignalFilter(.differentialEntropy, band: nil, rateHz: 200).applied(to: x, channelCount: 2)
    #expect(bins.count == 12 && (0..<6).map { bins[2 * $0].isNaN } == [false, false, false, true, false, false])
  }

  @Test func constantAndSkippedChannelsNeverVary() throws {
    let x = (0..<1000).flatMap { [Float(7.25), Float($0 % 17)] }
    let band = try BandSignalFilter(.source, band: (8, 14), rateHz: 200)
    let values = try band.applied(to: x, channelCount: 2, skipping: [1])
    #expect((0..<1000).allSatisfy { values[2 * $0] == 0 && values[2 * $0 + 1].isNaN })
    let entropy = try BandSignalFilter(.differentialEntropy, band: (8, 14), rateHz: 200)
    #expect(try entropy.applied(to: x, channelCount: 2, skipping: [1]).allSatisfy(\.isNaN))
  }

  @Test func bandsAndRatesThatDoNotFitAreRefused() throws {
    func code(_ kind: SynchronySignal, _ band: (low: Double, high: Double)?, _ rateHz: Double) -> String? {
      do { _ = try BandSignalFilter(kind, band: band, rateHz: rateHz) } catch { return error.code.id }
      return nil
    }
    #expect(code(.source, (31, 50), 100) == "E-ELE-001")
    #expect(code(.source, (14, 8), 200) == "E-ELE-001")
    #expect(code(.envelope, nil, 19) == "E-ISC-006")
    #expect(code(.differentialEntropy, nil, 0.5) == "E-ISC-006")
    #expect(code(.source, (31, 50), 128) == nil && code(.firstDifference, nil, 3) == nil)
  }
}
