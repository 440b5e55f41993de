import Diagnostics
import Electrophysiology
import LinearAlgebra
import Testing
import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct PreparationTests {
  /// Every seventh row of a prepared recording, as the references are stored.
  static func seventh(_ x: Matrix) -> Matrix { x.selecting(rows: Array(stride(from: 0, to: x.rows, by: 7))) }

  static func plan(_ rate: Double?) -> EEGPreparation {
    var plan = EEGPreparation(notchHz: 50, lowHz: 1, highHz: 45, newRateHz: rate)
    plan.badChannels = .named(["F4", "T5"])
    return plan
  }

  @Test(arguments: [("200", 200.0), ("256", nil)] as [(String, Double?)])
  func theWholeChainEqualsMNE(_ name: String, _ rate: Double?) throws {
    let (values, labels) = try Reference.recording()
    let prepared = try Prepared(values, labels: labels, rateHz: 256, Self.plan(rate))
    // The result is rounded to float32: 3e-8 on average.
    let expected = try Reference.labelled("preparation_\(name)").matrix
    #expect(relativeDistance(Self.seventh(prepared.samples), expected) < 1e-7)
    // Five directions were gone from this recording before: its publisher had removed components.
    #expect(prepared.report.rank.rank == 28)
    #expect(prepared.report.numericalRank == (try numericalRank(expected.gram)) && prepared.report.numericalRank < 28)
    #expect(prepared.channel("F4")?.isInterpolated == true && prepared.channel("F4")?.reasons == ["named"])
  }

  @Test func everySecondFilteredSampleEqualsMNEsFourierResamplingButForWhatTheFilterLeft() throws {
    let (values, labels) = try Reference.recording()
    let prepared = try Prepared(values, labels: labels, rateHz: 256, Self.plan(128))
    #expect(prepared.report.resampling == "decimated")
    let expected = try Reference.labelled("preparation_128").matrix
    // Above 64 Hz the filter leaves less than 1/400; the ends differ, where the Fourier method mirrors the series.
    let inner = Array(10..<173)
    let distance = relativeDistance(
      Self.seventh(prepared.samples).selecting(rows: inner), expected.selecting(rows: inner))
    #expect(distance < 1e-3)
    let whole = try Prepared(values, labels: labels, rateHz: 256, Self.plan(nil))
    let kept = whole.samples.selecting(rows: Array(stride(from: 0, to: 2560, by: 2)))
    #expect(relativeDistance(prepared.samples, kept) < 1e-7)
  }

  @Test(arguments: [nil, 128, 200] as [Double?]) func theResultDoesNotDependOnMemory(_ rate: Double?) throws {
    let (values, labels) = try Reference.recording()
    let whole = try Prepared(values, labels: labels, rateHz: 256, Self.plan(rate))
    // Room for 90% of the filtered samples: they are filtered again while they are written, or in groups of channels.
    let held = Int(0.9 * Double(whole.samples.values.count))
    let parts = try Prepared(values, labels: labels, rateHz: 256, Self.plan(rate), heldValues: held)
    #expect(relativeDistance(parts.samples, whole.samples) < 1e-7)
  }

  @Test func noPreparationAtAllLeavesTheSamples() throws {
    let (values, labels) = try Reference.recording()
    var plan = EEGPreparation(lowHz: nil, highHz: nil)
    plan.badChannels = .rule(.none)
    plan.reference = .none
    let prepared = try Prepared(values, labels: labels, rateHz: 256, plan)
    #expect(prepared.samples.values == values.map(Double.init))
    #expect(prepared.report.notchTaps == 0 && prepared.report.bandTaps == 0 && prepared.report.rank.rank == 31)
  }

  @Test func plantedBadChannelsAreInterpolatedNearWhatTheyWere() throws {
    var (values, labels) = try Reference.recording()
    let clean = try Prepared(values, labels: labels, rateHz: 256, EEGPreparation())
    var numbers = TestNumbers(7)
    let (noisy, flat) = (labels.firstIndex(of: "C4") ?? 0, labels.firstIndex(of: "Fz") ?? 0)
    for t in 0..<2560 {
      values[t * 31 + noisy] += Float(2e-3 * numbers.normal())
      values[t * 31 + flat] = 4e-6
    }
    let prepared = try Prepared(values, labels: labels, rateHz: 256, EEGPreparation())
    #expect(prepared.channel("C4")?.reasons.contains("variance") == true)
    #expect(prepared.channel("Fz")?.reasons == ["flat"])
    #expect(prepared.channel("C4")?.noiseZ ?? 0 > 5)
    for label in ["C4", "Fz"] {
      #expect(prepared.channel(label)?.isInterpolated == true)
      let k = try #require(prepared.report.labels.firstIndex(of: label))
      #expect(correlation(prepared.samples.column(k), clean.samples.column(k)) > 0.9)
    }
    let interpolated = prepared.report.channels.count(where: \.isInterpolated)
    #expect(prepared.report.rank.rank == 30 - interpolated)
  }

  @Test func badChannelsWithoutAPositionStayMissingOrAreNamed() throws {
    var (values, labels) = try Reference.recording()
    labels[5] = "CB1"
    var plan = EEGPreparation()
    let prepared = try Prepared(values, labels: labels, rateHz: 256, plan, bad: ["CB1", "Cz"])
    #expect(prepared.samples.column(5).allSatisfy { $0.isNaN })
    #expect(prepared.channel("CB1")?.reasons == ["imported"] && prepared.channel("CB1")?.isInterpolated == false)
    #expect(prepared.channel("Cz")?.isInterpolated == true)
    plan.interpolation = .always
    #expect { try Prepared(values, labels: labels, rateHz: 256, plan, bad: ["CB1"]) } throws: {
      ($0 as? EvokeError)?.code == .channelPosition && ($0 as? EvokeError)?.reason.contains("CB1") == true
    }
    plan.interpolation = .never
    let never = try Prepared(values, labels: labels, rateHz: 256, plan, bad: ["Cz"])
    #expect(never.report.channels.allSatisfy { !$0.isInterpolated })
    values[0] = .nan
    #expect(try Prepared(values, labels: labels, rateHz: 256, plan).samples[0, 0].isNaN)
  }

  @Test func missingStretchesAreMissingAgainAndHarmNoOtherChannel() throws {
    let (values, labels) = try Reference.recording()
    let whole = try Prepared(values, labels: labels, rateHz: 256, EEGPreparation(newRateHz: 128))
    var holes = values
    for t in 1000..<1010 { holes[t * 31 + 3] = .nan }
    for t in 2550..<2560 { holes[t * 31 + 8] = .infinity }
    let prepared = try Prepared(holes, labels: labels, rateHz: 256, EEGPreparation(newRateHz: 128))
    let missing = (0..<prepared.samples.rows).filter { prepared.samples[$0, 3].isNaN }
    #expect(missing == Array(499...505))
    #expect((1274..<1280).allSatisfy { prepared.samples[$0, 8].isNaN })
    #expect(!prepared.samples[1270, 8].isNaN)
    #expect(prepared.channel(labels[3])?.isBad == whole.channel(labels[3])?.isBad)
    for k in [0, 12, 30] {
      #expect(correlation(prepared.samples.column(k), whole.samples.column(k)) > 0.999)
    }
    for t in 0..<400 { for c in [3, 4, 5] { holes[t * 31 + c] = .nan } }
    let worse = try Prepared(holes, labels: labels, rateHz: 256, EEGPreparation())
    #expect(worse.channel(labels[4])?.reasons == ["missing"] && worse.channel(labels[4])?.isInterpolated == true)
  }

  @Test func aBlinkOverTheForeheadIsRemovedByItsEyeChannelAndWithoutOne() throws {
    for (withEye, method) in [(true, ComponentMethod.picard), (true, .fastica), (false, .picard)] {
      var recording = Self.blinking(withEye: withEye)
      var plan = EEGPreparation(newRateHz: 150)
      plan.reference = .none
      plan.badChannels = .rule(.none)
      let dirty = try Prepared(recording.values, labels: recording.labels, rateHz: 200, plan)
      plan.components = .init(method: method)
      let cleaned = try Prepared(recording.values, labels: recording.labels, rateHz: 200, plan)
      let removed = cleaned.report.components.filter(\.isRemoved)
      #expect(removed.count == 1 && removed.first?.reasons.contains("eog") == true)
      #expect(cleaned.report.numericalRank == 18 && cleaned.report.labels.count == 19)
      recording.values = recording.clean
      plan.components = nil
      let truth = try Prepared(recording.values, labels: recording.labels, rateHz: 200, plan)
      let before = correlation(dirty.samples.column(0), truth.samples.column(0))
      let after = correlation(cleaned.samples.column(0), truth.samples.column(0))
      // One direction of nineteen goes with the blink.
      #expect(before < 0.5 && after > 0.9, "\(method) \(withEye)")
    }
  }

  /// Nineteen channels of background at 200 Hz for 60 s, blinks over the forehead, and a channel beside the eye.
  static func blinking(withEye: Bool) -> (values: [Float], clean: [Float], labels: [String]) {
    let names = [
      "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T3", "C3", "Cz", "C4", "T4", "T5", "P3", "Pz", "P4", "T6", "O1",
      "O2",
    ]
    var numbers = TestNumbers(11)
    let (count, sources) = (12_000, 40)
    var mixing = numbers.matrix(sources, 19)
    for i in mixing.values.indices { mixing.values[i] *= 3e-6 }
    var activity = numbers.matrix(count, sources)
    for t in 1..<count {
      for s in 0..<sources { activity[t, s] += 0.9 * activity[t - 1, s] }
    }
    let background = activity.multiplied(by: mixing)
    var blink = [Double](repeating: 0, count: count)
    for start in stride(from: 300, to: count - 100, by: 670) {
      for t in 0..<60 { blink[start + t] += sin(Double.pi * Double(t) / 60) }
    }
    let width = names.count + (withEye ? 1 : 0)
    var values = [Float](repeating: 0, count: count * width)
    var clean = values
    for t in 0..<count {
      for (c, name) in names.enumerated() {
        let y = StandardMontage.position(of: name)?.y ?? 0
        clean[t * width + c] = Float(background[t, c])
        values[t * width + c] = Float(background[t, c] + 4e-4 * max(0, y) * max(0, y) * max(0, y) * blink[t])
      }
      if withEye {
        values[t * width + 19] = Float(5e-4 * blink[t] + 1e-5 * numbers.normal())
        clean[t * width + 19] = values[t * width + 19]
      }
    }
    return (values, clean, names + (withEye ? ["VEOG"] : []))
  }

  @Test func badInputIsRefusedByName() throws {
    let (values, labels) = try Reference.recording()
    func code(_ plan: EEGPreparation, _ values: [Float], bad: Set<String> = []) -> ErrorCode? {
      do {
        _ = try Prepared(values, labels: labels, rateHz: 256, plan, bad: bad)
        return nil
      } catch { return (error as? EvokeError)?.code }
    }
    #expect(code(EEGPreparation(), values.map { $0 * 1e6 }) == .implausibleAmplitude)
    #expect(code(EEGPreparation(), values.map { $0 * 1e-6 }) == .implausibleAmplitude)
    #expect(code(EEGPreparation(), values.map { _ in 0 }) == .tooFewChannels)
    #expect(code(EEGPreparation(highHz: 140), values) == .filterBand)
    #expect(code(EEGPreparation(notchHz: 130), values) == .filterBand)
    #expect(code(EEGPreparation(lowHz: 0.1), values) == .seriesTooShort)
    #expect(code(EEGPreparation(newRateHz: 100), values) == .resamplingRate)
    #expect(code(EEGPreparation(), values, bad: Set(labels.prefix(20))) == .noGoodChannels)
    var plan = EEGPreparation()
    plan.reference = .channels(["M1"])
    #expect(code(plan, values) == .channelNotThere)
    plan.reference = .channels(["Cz"])
    plan.interpolation = .never
    #expect(code(plan, values, bad: ["Cz"]) == .noGoodChannels)
  }

  @Test func aHigherRateIsInterpolated() throws {
    let (values, labels) = try Reference.recording()
    let prepared = try Prepared(values, labels: labels, rateHz: 256, EEGPreparation(newRateHz: 512))
    let own = try Prepared(values, labels: labels, rateHz: 256, EEGPreparation())
    let shared = prepared.samples.selecting(rows: Array(stride(from: 200, to: 4920, by: 2)))
    let inner = own.samples.selecting(rows: Array(100..<2460))
    #expect(prepared.samples.rows == 5120 && relativeDistance(shared, inner) < 1e-3)
  }

  @Test func referencesToChannelsAreTheirMean() throws {
    let (values, labels) = try Reference.recording()
    var plan = EEGPreparation()
    plan.badChannels = .rule(.none)
    plan.reference = .channels(["T3", "T4"])
    let prepared = try Prepared(values, labels: labels, rateHz: 256, plan)
    let (left, right) = (labels.firstIndex(of: "T3") ?? 0, labels.firstIndex(of: "T4") ?? 0)
    for t in [0, 700, 2559] { #expect(abs(prepared.samples[t, left] + prepared.samples[t, right]) < 1e-11) }
    #expect(prepared.report.rank.rank == 30)
  }
}
