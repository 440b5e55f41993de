import Encoding
import EncodingModels
import Statistics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Peaks of layer sweeps and contrasts between layers and sets, per target cell.
struct SweepRows {
  private let contrasts: [ContrastSpec]
  private let seed: UInt64
  private let cells: [ComparisonCell]

  init(_ parameters: ComparisonStep.Parameters, _ members: [ComparisonMember]) {
    contrasts = parameters.contrasts
    seed = UInt64(parameters.seed)
    cells = members.flatMap(\.mainCells)
  }

  func tables() -> [ResultRows] {
    var peaks: [SweepLayerRow] = []
    var found: [Difference] = []
    let groups = Dictionary(grouping: cells, by: \.target)
    for (_, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let models = Dictionary(grouping: group.filter { $0.keys.layerKey != nil }, by: \.keys.featureSet)
      // Sets are contrasted where nothing has layers, too.
      let sweeps = models.isEmpty ? [[]] : models.sorted { $0.key < $1.key }.map(\.value)
      for layers in sweeps {
        let ordered = layers.sorted { Self.rank($0) < Self.rank($1) }
        if ordered.count > 1 { peaks += self.peaks(ordered) }
        found += contrasts.compactMap { difference($0, layers: ordered, others: group) }
      }
    }
    return [ResultRows(peaks), ResultRows(Self.corrected(found))]
  }

  /// Layers by depth, those that say nothing of it first, then by key.
  private static func rank(_ cell: ComparisonCell) -> (Int, String) {
    (cell.keys.depth ?? -1, FitKeys.spelled(cell.keys.layerKey))
  }

  /// Which layer peaks, and in what share of the common bootstrap draws each does: draws of stimuli from five on, else of
  /// blocks of time (SCIENCE 11A.3, 11A.7).
  private func peaks(_ layers: [ComparisonCell]) -> [SweepLayerRow] {
    let values = layers.map(\.value)
    let best = values.indices.filter { !values[$0].isNaN }.max { values[$0] < values[$1] }
    let draws = stimulusDraws(layers) ?? layers.map { $0.bootstrap() }
    let count = draws.map(\.count).min() ?? 0
    var tops = [Int](repeating: 0, count: layers.count)
    for draw in 0..<count {
      if let top = draws.indices.filter({ !draws[$0][draw].isNaN }).max(by: { draws[$0][draw] < draws[$1][draw] }) {
        tops[top] += 1
      }
    }
    return layers.indices.map {
      SweepLayerRow(
        fitKey: layers[$0].fitKey, isPeak: $0 == best ? 1 : 0,
        peakShare: count > 0 ? Double(tops[$0]) / Double(count) : nil)
    }
  }

  /// Mean Fisher z of resampled stimuli, the same ones for every cell; nil with fewer than five stimuli in common.
  private func stimulusDraws(_ cells: [ComparisonCell]) -> [[Double]]? {
    guard let names = Self.common(cells), let target = cells.first?.target else { return nil }
    let z = cells.map { cell in Self.scores(cell, of: names).map(Correlation.fisherZ) }
    var draws = [[Double]](repeating: [], count: cells.count)
    for draw in 0..<1000 {
      var stream = RandomStream(
        seed: seed, purpose: "stimulus_bootstrap", key: target.joined(separator: "/"), draw: draw)
      let chosen = names.indices.map { _ in stream.integer(below: names.count) }
      for cell in z.indices { draws[cell].append(Moments.mean(chosen.map { z[cell][$0] })) }
    }
    return draws
  }

  /// r of stimuli that the cell scores.
  private static func scores(_ cell: ComparisonCell, of names: [String]) -> [Double] {
    let stimuli = cell.stimuli
    return names.map { name in
      guard let r = stimuli[name] else { preconditionFailure("\(name) is not common") }
      return r
    }
  }

  /// The stimuli that all cells score, where there are five.
  private static func common(_ cells: [ComparisonCell]) -> [String]? {
    guard let first = cells.first else { return nil }
    let names = cells.dropFirst().reduce(Set(first.stimuli.keys)) { $0.intersection($1.stimuli.keys) }
    return names.count >= 5 ? names.sorted() : nil
  }
}

// MARK: Contrasts

/// A contrast of one target cell before its q is known.
private struct Difference {
  /// What the interval and p vary over.
  enum Basis {
    case stimuli(count: Int)
    /// Blocks of time for the interval, common draws for p; no null without draws.
    case time(blocks: Int, null: NullSummary?, draws: Int)
  }

  let fitKey: String
  let name: String
  let value: Double
  let low: Double
  let high: Double
  let intervalKind: String
  let basis: Basis
  let p: Double

  func row(q: Double) -> ContrastRow {
    switch basis {
    case .stimuli(let count):
      row("stimulus", count, test: "stimulus_t", nullKind: nil, nullDraws: nil, null: nil, pFloor: nil, q: q)
    case .time(let blocks, let null, let draws):
      row(
        "time", blocks, test: "common_phase", nullKind: null == nil ? nil : "phase", nullDraws: draws, null: null,
        pFloor: null == nil ? nil : 1 / Double(draws + 1), q: q)
    }
  }

  private func row(
    _ unit: String, _ count: Int, test: String, nullKind: String?, nullDraws: Int?, null: NullSummary?, pFloor: Double?,
    q: Double
  ) -> ContrastRow {
    ContrastRow(
      fitKey: fitKey, name: name, difference: value, low: low, high: high, intervalKind: intervalKind,
      tail: "two-sided", unit: unit, unitCount: count, test: test, nullKind: nullKind, nullDraws: nullDraws,
      nullMean: null?.mean, nullP95: null?.p95, p: p, pFloor: pFloor, qBh: q, pMax: nil, family: "contrast \(name)")
  }
}

/// The cells of one side of a contrast.
private struct Side {
  let cells: [ComparisonCell]
  let take: ContrastTake

  func value(_ values: [Double]) -> Double {
    switch take {
    case .max: values.max() ?? .nan
    case .mean: Moments.mean(values)
    }
  }
}

extension SweepRows {
  /// a minus b: difference of r, two-sided. From five stimuli on its interval and p are over the stimuli's differences
  /// (SCIENCE 11A.3); below, the interval is from common bootstrap draws of time and p from common null draws.
  private func difference(_ contrast: ContrastSpec, layers: [ComparisonCell], others: [ComparisonCell]) -> Difference? {
    guard let a = Self.side(contrast.a, layers, others), let b = Self.side(contrast.b, layers, others),
      let first = a.cells.first
    else { return nil }
    let value = a.value(a.cells.map(\.value)) - b.value(b.cells.map(\.value))
    if let names = Self.common(a.cells + b.cells) {
      let (left, right) = (a.cells.map { Self.scores($0, of: names) }, b.cells.map { Self.scores($0, of: names) })
      let each = names.indices.map { i in a.value(left.map { $0[i] }) - b.value(right.map { $0[i] }) }
      return overStimuli(each, value, contrast.name, first.fitKey)
    }
    let boot = Self.differences(a, b) { $0.bootstrap() }
    let draws = Self.differences(a, b) { $0.draws() }
    let null = draws.isEmpty ? nil : NullSummary(observed: value, draws: draws, twoSided: true)
    let isSolid = boot.count >= 100
    return Difference(
      fitKey: first.fitKey, name: contrast.name, value: value, low: isSolid ? Moments.quantile(boot, 0.025) : .nan,
      high: isSolid ? Moments.quantile(boot, 0.975) : .nan, intervalKind: isSolid ? "time_blocks" : "none",
      basis: .time(blocks: first.member.unitCount, null: null, draws: draws.count), p: null?.p ?? .nan)
  }

  private func overStimuli(_ each: [Double], _ value: Double, _ name: String, _ fitKey: String) -> Difference {
    let interval = ScoreInterval.overUnits(each, subjects: false, fisher: false, seed: seed, key: name)
    return Difference(
      fitKey: fitKey, name: name, value: value, low: interval?.low ?? .nan, high: interval?.high ?? .nan,
      intervalKind: interval?.kind.rawValue ?? "none", basis: .stimuli(count: each.count),
      p: GroupTest.t(each, twoSided: true).p)
  }

  private static func side(_ side: ContrastSide, _ layers: [ComparisonCell], _ others: [ComparisonCell]) -> Side? {
    var found = layers.filter { side.takes($0.keys) }
    var take = ContrastTake.mean
    switch side {
    case .relDepth(_, _, let asked): take = asked
    case .layer(let key): if found.isEmpty, key == "last" { found = Array(layers.suffix(1)) }
    case .set: found = others.filter { side.takes($0.keys) }
    }
    return found.isEmpty ? nil : Side(cells: found, take: take)
  }

  private static func differences(_ a: Side, _ b: Side, _ draws: (ComparisonCell) -> [Double]) -> [Double] {
    let (left, right) = (a.cells.map(draws), b.cells.map(draws))
    let count = (left + right).map(\.count).min() ?? 0
    return (0..<count).map { draw in a.value(left.map { $0[draw] }) - b.value(right.map { $0[draw] }) }
      .filter { !$0.isNaN }
  }

  /// The rows, with BH over the cells of each contrast.
  private static func corrected(_ found: [Difference]) -> [ContrastRow] {
    var rows = found.map { $0.row(q: .nan) }
    for (_, places) in Dictionary(grouping: found.indices, by: { found[$0].name }) {
      let q = MultipleTesting.benjaminiHochberg(places.map { found[$0].p })
      for (place, q) in zip(places, q) { rows[place] = found[place].row(q: q) }
    }
    return rows
  }
}

extension ContrastSide {
  /// Whether the fit of these keys stands on this side.
  fileprivate func takes(_ keys: FitKeys) -> Bool {
    switch self {
    case .relDepth(let low, let high, _): keys.relDepth.map { $0 >= low - 1e-9 && $0 <= high + 1e-9 } ?? false
    case .layer(let key): keys.layerKey == key
    case .set(let set): keys.featureSet == set && keys.layerKey == nil
    }
  }
}

extension ContrastSpec {
  /// Whether fits of these keys have both sides: layers of one model, or sets without layers beside them.
  func isFound(in keys: [FitKeys]) -> Bool {
    let sweeps = Dictionary(grouping: keys.filter { $0.layerKey != nil }, by: \.featureSet).values
    let sets = keys.filter { $0.layerKey == nil }
    return (sweeps.isEmpty ? [[]] : Array(sweeps)).contains { layers in
      [a, b].allSatisfy { side in
        (layers + sets).contains(where: side.takes) || (side == .layer("last") && !layers.isEmpty)
      }
    }
  }
}
