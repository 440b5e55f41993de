import Diagnostics
import Electrophysiology
import LinearAlgebra
import Testing

@Suite struct FilterTests {
  static let rate = 250.0

  /// Rounding only: both sides sum the same taps in float64.
  static let rounding = 1e-9

  @Test(
    arguments: [
      ("band_05_45", 0.5, 45.0), ("high_1", 1, nil), ("low_30", nil, 30), ("low_124", nil, 124), ("high_01", 0.1, nil),
    ] as [(String, Double?, Double?)])
  func bandsEqualMNE(_ name: String, _ low: Double?, _ high: Double?) throws {
    let filter = try FIRFilter.bandPass(low: low, high: high, rateHz: Self.rate)
    let y = try filter.applied(to: Reference.matrix("series"))
    #expect(relativeDistance(y, try Reference.matrix(name)) < Self.rounding)
  }

  @Test func aSeriesShorterThanTheFilterEqualsMNE() throws {
    let filter = try FIRFilter.bandPass(low: 1, high: 40, rateHz: Self.rate)
    let x = try Reference.matrix("series").selecting(rows: Array(0..<400))
    #expect(filter.taps.count > 400)
    #expect(relativeDistance(try filter.applied(to: x), try Reference.matrix("band_1_40_short")) < Self.rounding)
  }

  @Test(arguments: [("notch_50", [50.0]), ("notch_50_100", [100.0, 50.0])])
  func notchesEqualMNE(_ name: String, _ frequencies: [Double]) throws {
    let filter = try FIRFilter.notch(frequencies, rateHz: Self.rate)
    let y = try filter.applied(to: Reference.matrix("series"))
    #expect(relativeDistance(y, try Reference.matrix(name)) < Self.rounding)
  }

  @Test(arguments: [2, 3, 5])
  func decimatedOutputIsEveryNthSampleOfTheFilteredSeries(_ decimation: Int) throws {
    let filter = try FIRFilter.bandPass(low: 1, high: 15, rateHz: Self.rate)
    let x = try Reference.matrix("series")
    let whole = try filter.applied(to: x)
    let kept = whole.selecting(rows: Array(stride(from: 0, to: x.rows, by: decimation)))
    #expect(relativeDistance(try filter.applied(to: x, decimation: decimation), kept) < Self.rounding)
  }

  @Test func floatsAreFilteredAsTheirDoubles() throws {
    let filter = try FIRFilter.bandPass(low: 1, high: 15, rateHz: Self.rate)
    var x = try Reference.matrix("series")
    let floats = x.values.map(Float.init)
    x.values = floats.map(Double.init)
    let expected = try filter.applied(to: x, decimation: 5).values.map(Float.init)
    #expect(try filter.applied(to: floats, channelCount: 2, decimation: 5) == expected)
  }

  @Test(arguments: [("200", 200.0), ("100", 100), ("125", 125), ("512", 512)])
  func resamplingEqualsMNE(_ name: String, _ rate: Double) throws {
    let y = try FourierResampling(from: Self.rate, to: rate).applied(to: Reference.matrix("band_05_45"))
    #expect(relativeDistance(y, try Reference.matrix("resampled_\(name)")) < Self.rounding)
  }

  @Test func resamplingAnOddLengthEqualsMNE() throws {
    let x = try Reference.matrix("band_05_45").selecting(rows: Array(0..<1237))
    let y = try FourierResampling(from: Self.rate, to: 128).applied(to: x)
    #expect(relativeDistance(y, try Reference.matrix("resampled_odd")) < Self.rounding)
  }

  @Test func impossibleBandsAreRefused() throws {
    for (low, high) in [(45.0, 0.5), (0.5, 125), (0, 30), (-1, 30), (.nan, 30)] {
      #expect(throws: EvokeError.self) { try FIRFilter.bandPass(low: low, high: high, rateHz: Self.rate) }
    }
    #expect(throws: EvokeError.self) { try FIRFilter.bandPass(low: nil, high: nil, rateHz: Self.rate) }
    #expect(throws: EvokeError.self) { try FIRFilter.notch([50, 50.9], rateHz: Self.rate) }
    #expect(throws: EvokeError.self) { try FIRFilter.notch([124.6], rateHz: Self.rate) }
  }

  @Test func missingSamplesAndAliasesAreRefusedByName() throws {
    let filter = try FIRFilter.bandPass(low: 1, high: 40, rateHz: Self.rate)
    var x = try Reference.matrix("series")
    #expect { try filter.applied(to: x, decimation: 5) } throws: { ($0 as? EvokeError)?.code == .resamplingRate }
    x[100, 1] = .nan
    #expect { try filter.applied(to: x) } throws: {
      ($0 as? EvokeError)?.code == .seriesNotFinite && ($0 as? EvokeError)?.object == "channel 1"
    }
    #expect(throws: EvokeError.self) { try FourierResampling(from: 250, to: 100).applied(to: x) }
    #expect(throws: EvokeError.self) { try FourierResampling(from: 250, to: 0) }
  }
}
