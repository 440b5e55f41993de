import ContentIdentity
import Diagnostics
import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary
import Warehouse

/// A design by the names of its factors and levels, and the effects that its rows are of.
struct FactorDesign {
  let design: FactorialDesign
  let effects: [FactorialDesign.Effect]
  /// Of each factor the number of every row's level.
  let levels: [[Int]]
  private let factors: [FactorShareStep.Factor]
  private let levelNames: [[String]]

  /// - Throws: `E-STU-008` for a design of which nothing can be told.
  init(_ parameters: FactorShareStep.Parameters, label: String) throws {
    let rows = parameters.rows
    factors = parameters.factors
    levelNames = factors.indices.map { place in
      var names: [String] = []
      for row in rows where !names.contains(row.levels[place]) { names.append(row.levels[place]) }
      return names
    }
    let numbers = levelNames.map { names in Dictionary(uniqueKeysWithValues: zip(names, names.indices)) }
    levels = factors.indices.map { place in rows.compactMap { numbers[place][$0.levels[place]] } }
    do {
      let stimuli = Set(rows.map(\.stimulus)).sorted()
      design = try FactorialDesign(
        levels, interactions: parameters.interactions, blocks: rows.compactMap { stimuli.firstIndex(of: $0.stimulus) })
    } catch {
      throw Self.refusal(error, factors.map(\.name), label: label, asksInteractions: parameters.interactions)
    }
    effects = Self.effects(factors, levelNames.map(\.count), interactions: parameters.interactions)
  }

  private static func refusal(
    _ problem: DesignProblem, _ names: [String], label: String, asksInteractions: Bool
  ) -> EvokeError {
    let further = "give more stimuli a level of each" + (asksInteractions ? ", or leave `interactions` out" : "")
    return switch problem {
    case .oneLevel(let place):
      EvokeError(
        .studyContradiction, label, reason: "the factor \(names[place]) has one level in all of its stimuli",
        remedy: "leave it out of the study's factors, or add stimuli of another level")
    case .confounded(let places):
      EvokeError(
        .studyContradiction, label,
        reason: "what \(places.map { names[$0] }.joined(separator: ":")) does cannot be told from what the others do",
        remedy: further)
    case .nothingLeft:
      EvokeError(
        .studyContradiction, label, reason: "it has as many effects as stimuli: no error is left over",
        remedy: further)
    }
  }

  /// All factors of a role, each factor with its levels where they are three or more, and every two factors.
  private static func effects(
    _ factors: [FactorShareStep.Factor], _ counts: [Int], interactions: Bool
  ) -> [FactorialDesign.Effect] {
    let all = factors.indices
    let roles = FactorRole.allCases.map { role in all.filter { factors[$0].role == role } }.filter { $0.count > 1 }
    return roles.map { .factors($0) }
      + all.flatMap { place -> [FactorialDesign.Effect] in
        [.factors([place])] + (counts[place] > 2 ? (0..<counts[place]).map { .level($0, of: place) } : [])
      }
      + (interactions ? all.flatMap { a in all.filter { $0 > a }.map { .interaction(a, $0) } } : [])
  }

  func role(_ effect: FactorialDesign.Effect) -> FactorRole? {
    if case .interaction = effect { return nil }
    return effect.factors.first.map { factors[$0].role }
  }

  /// nil: all factors of a role.
  func factor(_ effect: FactorialDesign.Effect) -> String? {
    if case .factors(let places) = effect, places.count > 1 { return nil }
    return effect.factors.map { factors[$0].name }.joined(separator: ":")
  }

  func level(_ effect: FactorialDesign.Effect) -> String? {
    if case .level(let level, let place) = effect { levelNames[place][level] } else { nil }
  }

  func name(_ effect: FactorialDesign.Effect) -> String {
    let whole = factor(effect) ?? role(effect).map { "all \($0.rawValue)" }
    return [whole, level(effect)].compactMap(\.self).joined(separator: "=")
  }

  /// What rows are told apart by, for distances; nil for an interaction.
  func labels(_ effect: FactorialDesign.Effect) -> [Int]? {
    switch effect {
    case .interaction: return nil
    case .level(let level, let place): return levels[place].map { $0 == level ? 1 : 0 }
    case .factors(let places):
      return levels[0].indices.map { row in
        places.reduce(0) { $0 * levelNames[$1].count + levels[$1][row] }
      }
    }
  }
}

/// What one effect explains of every feature.
struct EffectShares {
  let effect: FactorialDesign.Effect
  /// Of each feature.
  let shares: [(partialEta2: Double, eta2: Double)]
  /// Partial eta squared of the draws, `[feature][draw]`.
  let drawn: [[Double]]
  private let df: Int
  private let r: [Double]
  /// NaN where rows are not exchanged within cells.
  private let rP: [Double]
  /// nil without draws.
  private let exchange: RowExchange?

  init(
    _ effect: FactorialDesign.Effect, _ design: FactorDesign, _ features: [DesignRows],
    _ parameters: FactorShareStep.Parameters
  ) {
    self.effect = effect
    let projection = design.design.projection(effect)
    df = projection.df
    shares = features.map { $0.shares(projection) }
    // Levels of a factor are exchanged as the factor is.
    let key = effect.factors.map { parameters.factors[$0].name }.joined(separator: "\n")
    let exchange = design.design.exchange(effect, draws: parameters.draws) { draw in
      RandomStream(seed: parameters.seed, purpose: "design_order", key: key, draw: draw)
    }
    self.exchange = parameters.draws > 0 ? exchange : nil
    drawn = features.map { $0.drawnShares(projection, orders: exchange.orders) }
    let labels = design.labels(effect)
    let same = Array(0..<design.design.rowCount)
    let observed = labels.map { own in features.map { $0.dissimilarities(own, orders: [same])[0] } }
    r = observed ?? features.map { _ in .nan }
    let isTested = exchange.kind == .withinCells && parameters.draws > 0 && design.level(effect) == nil
    rP = zip(features, r).map { own, r in
      guard isTested, let labels else { return .nan }
      return NullSummary(observed: r, draws: own.dissimilarities(labels, orders: exchange.orders)).p
    }
  }

  /// A row of each feature.
  func rows(_ design: FactorDesign, _ features: [DesignRows], _ parameters: FactorShareStep.Parameters)
    -> [FactorShareRow]
  {
    let draws = parameters.draws
    let nulls =
      draws > 0
      ? zip(shares, drawn).map { NullSummary(observed: $0.partialEta2, draws: $1) }
      : [NullSummary?](repeating: nil, count: shares.count)
    let p = nulls.map { null -> Double in if let null { null.p } else { .nan } }
    let q = MultipleTesting.benjaminiHochberg(p)
    let pMax =
      draws > 0
      ? MultipleTesting.maxStatistic(
        observed: shares.map(\.partialEta2),
        draws: Matrix(rows: draws, columns: drawn.count, values: (0..<draws).flatMap { k in drawn.map { $0[k] } }))
      : p
    func told(_ value: Double) -> Double? { value.isNaN ? nil : value }
    return parameters.spaces.enumerated().map { place, space in
      let null = nulls[place]
      return FactorShareRow(
        dataset: parameters.dataset, cohort: parameters.cohort, featureSet: space.featureSet,
        model: space.model, layerKey: space.layerKey, depth: space.depth, relDepth: space.relDepth,
        element: space.element.rawValue, role: design.role(effect)?.rawValue, factor: design.factor(effect),
        level: design.level(effect), partialEta2: told(shares[place].partialEta2), eta2: told(shares[place].eta2),
        r: told(r[place]), rP: told(rP[place]), dfEffect: df, dfError: design.design.errorDF,
        rowCount: design.design.rowCount, columnCount: features[place].columnCount, nullKind: exchange?.kind.rawValue,
        nullDraws: null == nil ? nil : draws, nullMean: null.flatMap { told($0.mean) },
        nullP95: null.flatMap { told($0.p95) }, p: told(p[place]), pFloor: exchange?.pFloor,
        qBh: told(q[place]), pMax: told(pMax[place]), family: "features of \(design.name(effect))",
        stimuliCounted: Set(parameters.rows.map(\.stimulus)).count, flags: Reportable.spelled([]),
        valid: Reportable.isValid(shares[place].partialEta2, [], stimulusCount: parameters.rows.count) ? 1 : 0)
    }
  }
}

extension FactorDesign {
  /// Of every feature without layers whether how it sounds outweighs what is said, of every network whether what is said
  /// gains with depth; none where the design has one role.
  func checks(_ shares: [EffectShares], _ parameters: FactorShareStep.Parameters) -> [CheckRow] {
    func whole(_ role: FactorRole) -> EffectShares? {
      let places = factors.indices.filter { factors[$0].role == role }
      return shares.first { $0.effect == .factors(places) }
    }
    guard let semantic = whole(.semantic), let acoustic = whole(.acoustic) else { return [] }
    var names: [[String]] = []
    for space in parameters.spaces where !names.contains(Self.key(space)) { names.append(Self.key(space)) }
    return names.compactMap { name in
      let own = parameters.spaces.indices.filter { Self.key(parameters.spaces[$0]) == name }
      let content = own.map { semantic.shares[$0].eta2 }
      let sound = own.map { acoustic.shares[$0].eta2 }
      let shares = zip(content, sound).map { $0 / ($0 + $1) }
      return Self.check(name, shares, depths: own.compactMap { parameters.spaces[$0].relDepth })
    }
  }

  private static func key(_ space: FitSet) -> [String] { [space.featureSet, space.element.rawValue] }

  /// - Parameter shares: of what is said in what both roles explain, layer by layer.
  private static func check(_ feature: [String], _ shares: [Double], depths: [Double]) -> CheckRow? {
    guard shares.allSatisfy(\.isFinite) else { return nil }
    let named: [String: JSONValue] = ["feature_set": .string(feature[0]), "element": .string(feature[1])]
    func row(_ name: String, expected: String, _ observed: [String: JSONValue], pass: Bool) -> CheckRow {
      CheckRow(
        fitKey: nil, name: name, expected: expected,
        observed: JSONValue.object(named.merging(observed) { first, _ in first }).canonical, pass: pass ? 1 : 0)
    }
    if shares.count == 1, depths.isEmpty {
      return row(
        "how it sounds outweighs what is said", expected: "acoustic factors explain more than .8 of what both roles do",
        ["acoustic_share": .number(1 - shares[0])], pass: 1 - shares[0] > 0.8)
    }
    guard shares.count > 2, depths.count == shares.count else { return nil }
    let r = Correlation.pearson(depths, shares)
    guard r.isFinite else { return nil }
    return row(
      "what is said gains with depth",
      expected: "the semantic part of what both roles explain correlates with relative depth above 0",
      ["r": .number(r), "layers": .int(shares.count)], pass: r > 0)
  }
}
