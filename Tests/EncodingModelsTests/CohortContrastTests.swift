import EncodingModels
import Statistics
import Testing

/// One cohort less another, by hand and by what must not matter.
@Suite struct CohortContrastTests {
  private static let z = [0.42, 0.31, 0.55, 0.12, 0.38, 0.47, 0.29, 0.61, 0.33]
  private static let other = [0.11, 0.25, 0.19, 0.05, 0.32, 0.21, 0.08, 0.40, 0.17]

  private func stimuli(_ values: [Double], _ prefix: String = "s", reversed: Bool = false) -> FoldwiseValues {
    var places = Array(values.indices)
    if reversed { places.reverse() }
    return FoldwiseValues(
      folds: places.map { "\(prefix)key\($0)" }, stimuli: places.map { ["\(prefix)\($0)"] }, foldsTotal: values.count,
      values: places.map { values[$0] })
  }

  private func shared(_ a: FoldwiseValues, _ b: FoldwiseValues) -> CohortContrast {
    CohortContrast(shared: a, b, identity: ({ String($0.dropFirst()) }, { String($0.dropFirst()) }))
  }

  @Test("on shared stimuli it is the corrected t of their differences, whatever they are called and in whatever order")
  func paired() {
    let found = shared(stimuli(Self.z), stimuli(Self.other, "t", reversed: true))
    let t = CorrectedT(zip(Self.z, Self.other).map { $0 - $1 })
    #expect(abs(found.difference - t.mean) < 1e-15 && abs(found.p - t.p(twoSided: true)) < 1e-12)
    #expect(found.isPaired && found.unit == .stimulus && found.counts == (9, 9) && found.reason == nil)
    #expect(found.test == .pairedCorrectedT && found.generalisesTo == .stimuliLikeThese)
    #expect((found.low > 0) == (found.p < 0.05) && abs(found.a - found.b - found.difference) < 1e-15)
  }

  @Test("folds are the same where they test the same seconds of the same medium: a name does not make a film")
  func media() {
    func blocks(_ values: [Double]) -> FoldwiseValues {
      FoldwiseValues(
        folds: values.indices.map { "key\($0)" }, stimuli: values.map { _ in ["film", "song"] },
        foldsTotal: values.count, values: values)
    }
    let (a, b) = (blocks(Self.z), blocks(Self.other))
    let alike = CohortContrast(shared: a, b, identity: ({ "m-\($0)" }, { "m-\($0)" }))
    #expect(alike.counts == (9, 9) && alike.unit == .fold)
    let namesakes = CohortContrast(shared: a, b, identity: ({ "m-\($0)" }, { $0 == "film" ? "other" : "m-\($0)" }))
    #expect(namesakes.p.isNaN && namesakes.counts == (0, 0))
    let media = FoldwiseValues(over: [
      stimuli(Self.z).named { String($0.dropFirst()) }, stimuli(Self.other, "t").named { String($0.dropFirst()) },
    ])
    #expect(media.foldsCounted == 9 && media.generalisesTo == .stimuliLikeThese)
    #expect(FoldwiseValues(over: [stimuli(Self.z), stimuli(Self.other, "t")]).foldsCounted == 0)
  }

  @Test("cohorts exchanged change the sign and nothing else, paired or not")
  func exchanged() {
    let (a, b) = (stimuli(Self.z), stimuli(Self.other, "t"))
    let pairs = [
      (shared(a, b), shared(b, a)), (CohortContrast(disjoint: a, b), CohortContrast(disjoint: b, a)),
      (CohortContrast(subjects: Self.z, Self.other), CohortContrast(subjects: Self.other, Self.z)),
    ]
    for (one, two) in pairs {
      #expect(abs(one.difference + two.difference) < 1e-15 && abs(one.p - two.p) < 1e-12, "\(one)")
      #expect(abs(one.low + two.high) < 1e-12 && one.a == two.b && !one.p.isNaN, "\(one)")
    }
  }

  @Test("different stimuli are compared from eight of each on, folds of time never")
  func disjoint() throws {
    let (a, b) = (stimuli(Self.z), stimuli(Self.other, "t"))
    let found = CohortContrast(disjoint: a, b)
    let (ta, tb) = (CorrectedT(Self.z), CorrectedT(Self.other))
    let error = (ta.error * ta.error + tb.error * tb.error).squareRoot()
    let half = Distributions.studentQuantile(0.975, degreesOfFreedom: found.degreesOfFreedom) * error
    #expect(
      abs(found.high - found.low - 2 * half) < 1e-12 && found.degreesOfFreedom > 8 && found.degreesOfFreedom <= 16)
    let few = CohortContrast(disjoint: stimuli(Array(Self.z.prefix(7))), b)
    #expect(few.p.isNaN && few.low.isNaN && !few.difference.isNaN)
    #expect(few.reason?.contains("7 and 9 stimuli") == true)
    let time = FoldwiseValues(
      folds: Self.z.indices.map { "\($0)" }, stimuli: Self.z.map { _ in ["film", "other"] }, foldsTotal: 9,
      values: Self.z)
    let cut = CohortContrast(disjoint: time, time)
    #expect(cut.p.isNaN && cut.difference == 0 && cut.reason?.contains("leave_one") == true)
  }

  @Test("folds that do not count in both have no say; below four there is a difference without p")
  func missing() {
    var (a, b) = (Self.z, Self.other)
    (a[0], b[3]) = (.nan, .nan)
    let found = shared(stimuli(a), stimuli(b, "t"))
    let kept = [1, 2, 4, 5, 6, 7, 8]
    let alone = shared(stimuli(kept.map { Self.z[$0] }), stimuli(kept.map { Self.other[$0] }, "t"))
    #expect(found == alone && found.counts == (7, 7))
    a.replaceSubrange(1..<7, with: [Double](repeating: .nan, count: 6))
    let few = shared(stimuli(a), stimuli(b, "t"))
    #expect(few.p.isNaN && !few.difference.isNaN && few.reason?.hasPrefix("2 folds") == true)
  }

  @Test("a slope over depth is that of the line; r over its ceiling is r over its ceiling")
  func quantities() {
    let layers = (0..<3).map { layer in
      FoldwiseScores(
        folds: (0..<5).map { fold in
          let z = 0.1 * Double(fold) + 0.3 * Double(layer)
          return .init(key: "\(fold)", stimuli: ["s"], r: Correlation.inverseFisherZ(z), innerR: 0.1)
        })
    }
    let slope = FoldwiseValues(slopeOf: layers, over: [0, 0.5, 1])
    #expect(slope.values.allSatisfy { abs($0 - 0.6) < 1e-12 } && slope.values.count == 5)
    let over = FoldwiseValues(layers[1], over: 0.5)
    #expect(over.values == layers[1].folds.map { $0.r / 0.5 })
  }

  @Test("equal cohorts are seldom told apart, opposite ones are, on shared stimuli and on different ones")
  func seeds() {
    func rejected(_ shift: Double, isShared: Bool) -> Int {
      (0..<200).count { seed in
        var stream = RandomStream(
          seed: UInt64(seed), purpose: "cohorts", key: isShared ? "shared" : "disjoint", draw: 0)
        func noise() -> Double {
          (0..<12).reduce(-6) { sum, _ in sum + Double(stream.next() >> 11) * 0x1p-53 }
        }
        // What stimuli have of their own is common to cohorts that share them; the second is noisier.
        let common = (0..<10).map { _ in 0.3 * noise() }
        let a = common.map { 0.4 + $0 + 0.1 * noise() + shift }
        let b = common.map { 0.4 + (isShared ? $0 : 0.3 * noise()) + 0.2 * noise() - shift }
        let contrast =
          isShared
          ? shared(stimuli(a), stimuli(b, "t")) : CohortContrast(disjoint: stimuli(a), stimuli(b, "t"))
        return contrast.p < 0.05
      }
    }
    #expect(rejected(0, isShared: true) <= 15 && rejected(0, isShared: false) <= 15)
    #expect(rejected(0.25, isShared: true) >= 190 && rejected(0.35, isShared: false) >= 150)
  }
}
