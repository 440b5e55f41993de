import ContentIdentity
import Encoding
import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary
import Warehouse

/// Features crossed with ratings of one cohort, over the subjects or stimuli that have all of them.
struct LagDesign {
  /// What is repeated: a subject, or where ratings are nobody's alone a stimulus.
  private struct Unit {
    /// Per feature and rating, features first.
    let members: [LagMember]
    /// Those that all members have a correlation of.
    let stimuli: [String]

    func values(_ score: LagScore, draw: Int? = nil) -> [Double] {
      members.map { $0.mean(score, over: stimuli, draw: draw) }
    }

    var flags: Set<EncodingFlag> {
      members.reduce(into: []) { flags, member in
        for (place, stimulus) in member.stimuli.enumerated() where stimuli.contains(stimulus) {
          flags.formUnion(member.flags[place])
        }
      }
    }
  }

  private struct Person: Hashable {
    let subject: String?
    let rater: String?

    init(_ keys: FitKeys) { (subject, rater) = (keys.subject, keys.rater) }

    var isSomebody: Bool { subject != nil || rater != nil }
  }

  /// Fewer units give no row with an F.
  private static let minimumUnits = 3

  private let first: FitKeys
  private let features: [LagCell.Feature]
  private let ratings: [LagCell.Rating]
  private let units: [Unit]
  private let arePeople: Bool
  private let drawCount: Int

  /// Of every cohort: each rating with two features or more, and all ratings together where there are two or more.
  static func all(of members: [LagMember]) -> [LagDesign] {
    let cohorts = Dictionary(grouping: members) { [$0.keys.dataset, $0.keys.cohort] }
    return cohorts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { _, own in
      let features = own.map(\.cell.feature).unique
      let ratings = own.map(\.cell.rating).unique
      var designs: [LagDesign] = []
      if features.count > 1 { designs += ratings.map { LagDesign(own, features, [$0]) } }
      if ratings.count > 1 { designs.append(LagDesign(own, features, ratings)) }
      return designs
    }
  }

  private init(_ all: [LagMember], _ features: [LagCell.Feature], _ ratings: [LagCell.Rating]) {
    (self.features, self.ratings) = (features, ratings)
    let members = all.filter { ratings.contains($0.cell.rating) }
    first = members[0].keys
    arePeople = members.contains { Person($0.keys).isSomebody }
    drawCount = members.map(\.drawCount).reduce(.max, min)
    let people = members.map { Person($0.keys) }.unique
    let rows = people.compactMap { person in
      Self.cells(members.filter { Person($0.keys) == person }, features, ratings)
    }
    units = (arePeople ? rows : rows.flatMap(Self.stimuli)).filter { !$0.stimuli.isEmpty }
  }

  /// All cells of one person in order; nil where one is missing.
  private static func cells(
    _ own: [LagMember], _ features: [LagCell.Feature], _ ratings: [LagCell.Rating]
  ) -> Unit? {
    let members = features.flatMap { feature in
      ratings.map { rating in own.first { $0.cell.feature == feature && $0.cell.rating == rating } }
    }
    guard let first = members.first?.map(\.stimuli), !members.contains(where: { $0 == nil }) else { return nil }
    let whole = members.compactMap(\.self)
    let stimuli = first.filter { stimulus in
      !whole.contains { member in
        LagScore.allCases.contains { score in
          (score == .z || member.drawCount > 0) && member.value(score, of: stimulus).isNaN
        }
      }
    }
    return Unit(members: whole, stimuli: stimuli)
  }

  private static func stimuli(_ whole: Unit) -> [Unit] {
    whole.stimuli.map { Unit(members: whole.members, stimuli: [$0]) }
  }
}

extension Array where Element: Hashable {
  /// Each once, in the order they were met.
  fileprivate var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

// MARK: Rows

extension LagDesign {
  private enum Effect: String, CaseIterable {
    case feature = "feature_set"
    case rating
    case interaction = "feature_set:rating"
  }

  private var effects: [Effect] {
    switch (features.count > 1, ratings.count > 1) {
    case (true, true): Effect.allCases
    case (true, false): [.feature]
    case (false, true): [.rating]
    case (false, false): []
    }
  }

  /// A row for every effect of Fisher z and, where there are draws, of z over the spread of its null.
  var rows: [AnovaEffectRow] {
    let scores: [LagScore] = drawCount > 0 ? [.z, .zStandardised] : [.z]
    return scores.flatMap { score -> [AnovaEffectRow] in
      guard units.count >= Self.minimumUnits else { return effects.map { row($0, score, nil, drawn: []) } }
      let observed = analysis(score)
      let drawn = (0..<drawCount).map { analysis(score, draw: $0) }
      return effects.map { effect in row(effect, score, observed[effect], drawn: drawn.compactMap { $0[effect]?.f }) }
    }
  }

  private func analysis(_ score: LagScore, draw: Int? = nil) -> [Effect: RepeatedMeasures] {
    let values = units.flatMap { $0.values(score, draw: draw) }
    guard features.count > 1, ratings.count > 1 else {
      let levels = features.count * ratings.count
      return [effects[0]: RepeatedMeasures(Matrix(rows: units.count, columns: levels, values: values))]
    }
    let found = RepeatedMeasures.twoWay(
      values, subjects: units.count, levels: (a: features.count, b: ratings.count))
    return [.feature: found.a, .rating: found.b, .interaction: found.interaction]
  }

  private func levels(_ effect: Effect) -> [String] {
    switch effect {
    case .feature: features.map(\.name)
    case .rating: ratings.map(\.name)
    case .interaction: features.flatMap { feature in ratings.map { "\(feature.name):\($0.name)" } }
    }
  }

  private func row(
    _ effect: Effect, _ score: LagScore, _ found: RepeatedMeasures?, drawn: [Double]
  ) -> AnovaEffectRow {
    let stimuli = Set(units.flatMap(\.stimuli)).count
    let flags = units.reduce(into: Set<EncodingFlag>()) { $0.formUnion($1.flags) }
    let null = found.flatMap { drawn.isEmpty ? nil : NullSummary(observed: $0.f, draws: drawn) }
    let isValid = found.map { Reportable.isValid($0.f, flags, stimulusCount: 1) } ?? false
    let levels = levels(effect)
    return AnovaEffectRow(
      dataset: first.dataset, cohort: first.cohort, quantity: score == .z ? "max_z" : score.rawValue,
      response: ratings.map(\.name).joined(separator: ", "), effect: effect.rawValue, levelCount: levels.count,
      levels: JSONValue.array(levels.map { .string($0) }).canonical,
      unit: (arePeople ? InferenceUnit.subject : .stimulus).rawValue,
      unitCount: units.count, stimuliCounted: stimuli, ssEffect: found?.effectSum, ssError: found?.errorSum,
      f: found?.f,
      df1: found?.df1, df2: found?.df2, epsilonGg: found?.epsilonGG, epsilonHf: found?.epsilonHF,
      pUncorrected: found?.p, pGg: found?.pGG, pHf: found?.pHF, nullKind: null == nil ? nil : "group_phase",
      nullDraws: null == nil ? nil : drawn.count, p: null?.p, pFloor: null == nil ? nil : 1 / Double(drawn.count + 1),
      partialEta2: found?.partialEta2, generalisesTo: null == nil ? nil : Generalisation.theseData.rawValue,
      reason: found == nil
        ? "fewer than \(Self.minimumUnits) \(arePeople ? "subjects" : "stimuli") have every level" : nil,
      flags: Reportable.spelled(flags), valid: isValid ? 1 : 0)
  }

  /// Of one rating: whether the feature with the largest maxima has the largest over the null of its own.
  var check: CheckRow? {
    guard ratings.count == 1, features.count > 1, drawCount > 0, !units.isEmpty else { return nil }
    func best(_ score: LagScore) -> String? {
      let values = units.map { $0.values(score) }
      let means = features.indices.map { place in Moments.mean(values.map { $0[place] }) }
      return means.indices.max { means[$0] < means[$1] }.map { features[$0].name }
    }
    guard let byZ = best(.z), let byNull = best(.zStandardised) else { return nil }
    let observed: JSONValue = [
      "rating": .string(ratings[0].name), "max_z": .string(byZ), "z_standardised": .string(byNull),
    ]
    return CheckRow(
      fitKey: nil, name: "the feature with the largest maxima has the largest over its null",
      expected: "the same feature has the largest mean max_z and z_standardised", observed: observed.canonical,
      pass: byZ == byNull ? 1 : 0)
  }
}
