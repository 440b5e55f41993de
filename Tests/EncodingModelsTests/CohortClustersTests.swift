import EncodingModels
import Statistics
import Testing
import Vocabulary

/// Which cohorts hang together, and whether two have people in common.
@Suite struct CohortClustersTests {
  /// Cohorts of a few stimuli and people, drawn.
  private static func drawn(_ seed: Int) -> (stimuli: [Set<Int>], people: [Set<Int>]) {
    var stream = RandomStream(seed: UInt64(seed), purpose: "clusters", key: "", draw: 0)
    func sets(_ size: Int) -> [Set<Int>] {
      (0..<5).map { _ in Set((0..<2).map { _ in Int(stream.next() % UInt64(size)) }) }
    }
    return (sets(24), sets(30))
  }

  @Test("cohorts have one number exactly where a chain of shared stimuli or people joins them")
  func chains() {
    var found: Set<String> = []
    for seed in 0..<120 {
      let (stimuli, people) = Self.drawn(seed)
      let clusters = CohortClusters(stimuli: stimuli, people: people)
      func closure(_ isOne: (Int, Int) -> Bool) -> [[Bool]] {
        var joined = (0..<5).map { i in (0..<5).map { i == $0 || isOne(i, $0) } }
        for k in 0..<5 { for i in 0..<5 { for j in 0..<5 where joined[i][k] && joined[k][j] { joined[i][j] = true } } }
        return joined
      }
      let share = closure { !stimuli[$0].isDisjoint(with: stimuli[$1]) || !people[$0].isDisjoint(with: people[$1]) }
      for i in 0..<5 {
        for j in 0..<5 { #expect((clusters.numbers[i] == clusters.numbers[j]) == share[i][j], "\(seed)") }
      }
      let heard = closure { !stimuli[$0].isDisjoint(with: stimuli[$1]) }
      #expect(clusters.shareStimuli == heard.allSatisfy { $0.allSatisfy { $0 } })
      let alone = Set(clusters.numbers).count == 5
      #expect((clusters.by == nil) == alone)
      // Without people they are the clusters of stimuli, without stimuli those of people.
      let none = people.map { _ in Set<Int>() }
      let ofStimuli = CohortClusters(stimuli: stimuli, people: none)
      #expect(ofStimuli.by == nil || ofStimuli.by == .stimuli)
      #expect(CohortClusters(stimuli: none, people: stimuli).numbers == ofStimuli.numbers)
      found.insert(clusters.by?.rawValue ?? "none")
    }
    #expect(found.isSuperset(of: ["shared_stimuli_and_people", "shared_people", "shared_stimuli"]), "\(found)")
  }

  @Test("a name is a person within a dataset, and across datasets nobody knows")
  func persons() {
    #expect(PeopleInCommon(["a", "b"], of: "d", ["b"], of: "d") == .shared)
    #expect(PeopleInCommon(["a", "b"], of: "d", ["b"], of: "e") == .namesakes)
    #expect(PeopleInCommon(["a"], of: "d", ["b"], of: "d") == .none)
    #expect(PeopleInCommon([String](), of: "d", [String](), of: "d") == .none)
  }

  @Test(
    "six cohorts of three groups of people: taken for independent they reject thrice as often as they may, as clusters not"
  )
  func level() {
    let (people, noise, count) = (0.2, 0.1, 8)
    var rejected = (alone: 0, clustered: 0)
    for run in 0..<600 {
      var stream = RandomStream(seed: UInt64(run), purpose: "shared people", key: "", draw: 0)
      let effects = (0..<3).flatMap { _ -> [Double] in
        let ofPerson = (0..<count).map { _ in people * stream.normal() }
        return (0..<2).map { _ in Moments.mean(ofPerson.map { $0 + noise * stream.normal() }) }
      }
      let variance = (people * people + noise * noise) / Double(count)
      let meta = MetaAnalysis(effects: effects, variances: effects.map { _ in variance })
      let clusters = CohortClusters(
        stimuli: effects.indices.map { [$0] as Set }, people: effects.indices.map { [$0 / 2] as Set })
      #expect(clusters.by == .people && Set(clusters.numbers).count == 3)
      if meta.p < 0.05 { rejected.alone += 1 }
      if let mean = ClusteredMean(meta, clusters: clusters.numbers), mean.p < 0.05 { rejected.clustered += 1 }
    }
    // Of 20,000 runs .178 and .050; the standard errors of 600 are .016 and .009.
    #expect(rejected.alone > 75 && rejected.clustered < 47, "\(rejected)")
  }

  @Test("what varies is what the folds leave out, however few of them count")
  func units() {
    func scores(_ stimuli: [[String]], counting: Set<Int>, _ shift: Double) -> FoldwiseScores {
      FoldwiseScores(
        folds: stimuli.indices.map { fold in
          let r = counting.contains(fold) ? 0.1 * Double(fold % 4) + shift : .nan
          return .init(key: "\(fold)", stimuli: stimuli[fold], r: r, innerR: r)
        })
    }
    let schemes: [(stimuli: [[String]], unit: InferenceUnit)] = [
      ((0..<8).map { ["s\($0)"] }, .stimulus), ((0..<8).map { _ in ["film"] }, .fold),
      // Two parts of each of four films: those that count may be of four films.
      ((0..<8).map { ["s\($0 / 2)"] }, .fold), ((0..<8).map { _ in ["a", "b"] }, .fold),
    ]
    for scheme in schemes {
      for counting: Set<Int> in [[], [3], [0, 2, 5], [0, 2, 4, 6], Set(0..<8)] {
        let (a, b) = (
          scores(scheme.stimuli, counting: counting, 0.3), scores(scheme.stimuli, counting: counting, 0.1)
        )
        let contrast = ModelContrast(.init([a]), .init([b]))
        #expect(contrast.inferenceUnit == scheme.unit && contrast.t.count == counting.count, "\(scheme) \(counting)")
        #expect(GroupContrast([contrast, contrast]).inferenceUnit == scheme.unit)
        let values = FoldwiseValues(meanOf: [a, b])
        #expect(
          values.inferenceUnit == scheme.unit && FoldwiseValues(over: [values, values]).inferenceUnit == scheme.unit)
        #expect(values.named { "m-\($0)" }.inferenceUnit == scheme.unit)
        let kind: IntervalKind = scheme.unit == .stimulus ? .stimulusCorrectedT : .foldCorrectedT
        #expect(contrast.interval.kind == (counting.count < 4 ? .none : kind))
        let reach: Generalisation = scheme.unit == .stimulus ? .stimuliLikeThese : .timeOfTheseStimuli
        #expect(values.generalisesTo == reach)
      }
    }
  }
}
