import Vocabulary
import Warehouse

/// What factors of a design explain of simulated sounds.
extension SimulateFindings {
  /// Of every factor of a study's designs: one whose levels are those of the voice is to be found in a feature; one that is
  /// crossed with them in none. Of others, and of variants that a study makes itself, nothing is asked.
  static func ofFactors(
    _ truth: SimulationTruth, _ designs: [Rows.GradeDesigns], _ rows: [Rows.GradeFactors]
  ) -> [Finding] {
    guard let levels = truth.voiceLevels else { return [] }
    let factors = Dictionary(grouping: designs) { [$0.unitKey, $0.factor] }.sorted {
      $0.key.lexicographicallyPrecedes($1.key)
    }
    return factors.compactMap { _, design in
      guard let isVoice = isVoice(design, levels) else { return nil }
      let (unit, factor) = (design[0].unitKey, design[0].factor)
      let (voice, nothing) = ("level of the voice", "nothing")
      let planted = isVoice ? voice : nothing
      func finding(_ found: String?, value: Double?, isValid: Bool, flags: String) -> Finding {
        Finding(
          finding: "factor", kind: "sound", target: factor, cohort: nil, planted: planted, found: found ?? "no p of it",
          value: value, isRight: found.map { $0 == planted }, isValid: isValid, flags: flags)
      }
      // Of all features the one with the least p.
      guard let row = rows.first(where: { $0.unitKey == unit && $0.factor == factor }) else {
        return finding(nil, value: nil, isValid: false, flags: "")
      }
      return finding(
        row.p.map { Significance.isReached(by: $0) ? voice : nothing }, value: row.partialEta2, isValid: row.valid == 1,
        flags: row.flags)
    }
  }

  /// nil where the factor is neither the voice's level nor crossed with it.
  private static func isVoice(_ design: [Rows.GradeDesigns], _ levels: [String: Double]) -> Bool? {
    struct Pair: Hashable {
      let level: String
      let voiceDB: Double
    }
    let stimuli = Set(design.map(\.stimulus))
    guard stimuli.count == design.count, stimuli.isSubset(of: levels.keys) else { return nil }
    let pairs = Set(design.compactMap { row in levels[row.stimulus].map { Pair(level: row.level, voiceDB: $0) } })
    let own = Set(pairs.map(\.level)).count
    let voices = Set(pairs.map(\.voiceDB)).count
    if pairs.count == own, pairs.count == voices { return true }
    return pairs.count == own * voices ? false : nil
  }
}
