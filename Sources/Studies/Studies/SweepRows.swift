import ContentIdentity
import EncodingModels
import LinearAlgebra
import Plans
import Statistics
import Warehouse

/// Peaks of layer sweeps and contrasts between layers and sets, per target cell.
struct SweepRows {
  private let task: UnitTask
  private let cells: [ComparisonCell]

  init(_ task: UnitTask, _ members: [ComparisonMember]) {
    self.task = task
    cells = members.flatMap { member in
      member.cells.indices.map {
        ComparisonCell(member: member, column: $0, mode: member.mainMode, quantity: "r")
      }
    }
  }

  func tables() -> [ResultRows] {
    var peaks: [[SQLValue]] = []
    var contrasts: [[SQLValue]] = []
    let groups = Dictionary(grouping: cells, by: \.target)
    for (_, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let models = Dictionary(grouping: group.filter { $0.member.layerKey != nil }) { $0.member.text("feature_set") }
      // Sets are contrasted where nothing has layers, too.
      let sweeps = models.isEmpty ? [[]] : models.sorted { $0.key < $1.key }.map(\.value)
      for layers in sweeps {
        let ordered = layers.sorted {
          ($0.member.depth, $0.member.layerKey ?? "") < ($1.member.depth, $1.member.layerKey ?? "")
        }
        if ordered.count > 1 { peaks += self.peaks(ordered) }
        for contrast in task.parameters["contrasts"]?.arrayValue ?? [] {
          if let row = self.contrast(contrast, layers: ordered, others: group) { contrasts.append(row) }
        }
      }
    }
    return [
      ResultRows(table: "sweep_layer", columns: ["fit_key", "is_peak", "peak_share"], rows: peaks),
      ResultRows(table: "contrast", columns: Self.contrastColumns, rows: corrected(contrasts)),
    ]
  }

  /// Which layer peaks, and in what share of the common bootstrap draws each does: draws of stimuli from five on, else of
  /// blocks of time (SCIENCE 11A.3, 11A.7).
  private func peaks(_ layers: [ComparisonCell]) -> [[SQLValue]] {
    let values = layers.map(\.value)
    let best = values.indices.filter { !values[$0].isNaN }.max { values[$0] < values[$1] }
    let draws = stimulusDraws(layers) ?? layers.map { bootstrap($0) }
    let count = draws.map(\.count).min() ?? 0
    var tops = [Int](repeating: 0, count: layers.count)
    for draw in 0..<count {
      if let top = draws.indices.filter({ !draws[$0][draw].isNaN }).max(by: { draws[$0][draw] < draws[$1][draw] }) {
        tops[top] += 1
      }
    }
    return layers.indices.map {
      [.text(layers[$0].fitKey), .flag($0 == best), count > 0 ? .real(Double(tops[$0]) / Double(count)) : .null]
    }
  }

  /// Mean Fisher z of resampled stimuli, the same ones for every cell; nil with fewer than five stimuli in common.
  private func stimulusDraws(_ cells: [ComparisonCell]) -> [[Double]]? {
    guard let names = Self.common(cells), let target = cells.first?.target else { return nil }
    let z = cells.map { cell in names.map { Correlation.fisherZ(cell.stimuli[$0] ?? .nan) } }
    var draws = [[Double]](repeating: [], count: cells.count)
    for draw in 0..<1000 {
      var stream = task.generator("stimulus_bootstrap", key: target.joined(separator: "/"), draw: draw)
      let chosen = names.indices.map { _ in stream.integer(below: names.count) }
      for cell in z.indices { draws[cell].append(Moments.mean(chosen.map { z[cell][$0] })) }
    }
    return draws
  }

  /// The stimuli that all cells score, where there are five.
  private static func common(_ cells: [ComparisonCell]) -> [String]? {
    guard let first = cells.first else { return nil }
    let names = cells.dropFirst().reduce(Set(first.stimuli.keys)) { $0.intersection($1.stimuli.keys) }
    return names.count >= 5 ? names.sorted() : nil
  }

  private func bootstrap(_ cell: ComparisonCell) -> [Double] {
    guard let matrix = cell.member.bootstrap[cell.mode] else { return [] }
    return (0..<matrix.rows).map { matrix[$0, cell.column] }
  }

  private static let contrastColumns = [
    "fit_key", "name", "difference", "low", "high", "interval_kind", "tail", "unit", "unit_count", "test", "null_kind",
    "null_draws", "null_mean", "null_p95", "p", "p_floor", "q_bh", "p_max", "family",
  ]

  /// a minus b: difference of r, two-sided. From five stimuli on its interval and p are over the stimuli's differences
  /// (SCIENCE 11A.3); below, the interval is from common bootstrap draws of time and p from common null draws.
  private func contrast(_ json: JSONValue, layers: [ComparisonCell], others: [ComparisonCell]) -> [SQLValue]? {
    guard let a = side(json["a"] ?? .null, layers, others), let b = side(json["b"] ?? .null, layers, others),
      let first = a.cells.first
    else { return nil }
    let difference = a.value(a.cells.map(\.value)) - b.value(b.cells.map(\.value))
    let name = json["name"]?.stringValue ?? ""
    if let names = Self.common(a.cells + b.cells) {
      let each = names.map { stimulus in
        a.value(a.cells.map { $0.stimuli[stimulus] ?? .nan }) - b.value(b.cells.map { $0.stimuli[stimulus] ?? .nan })
      }
      return overStimuli(each, difference, name, first.fitKey)
    }
    let boot = Self.differences(a, b) { bootstrap($0) }
    let null = Self.differences(a, b) { $0.draws() }
    let summary = NullSummary(observed: difference, draws: null, twoSided: true)
    let isSolid = boot.count >= 100
    return [
      .text(first.fitKey), .text(name), .number(difference),
      .number(isSolid ? Moments.quantile(boot, 0.025) : .nan), .number(isSolid ? Moments.quantile(boot, 0.975) : .nan),
      .text(isSolid ? "time_blocks" : "none"), .text("two-sided"), .text("time"), .int(first.member.unitCount),
      .text("common_phase"), .optional(null.isEmpty ? nil : "phase"), .int(null.count),
      .number(null.isEmpty ? .nan : summary.mean), .number(null.isEmpty ? .nan : summary.p95),
      .number(null.isEmpty ? .nan : summary.p), .number(null.isEmpty ? .nan : 1 / Double(null.count + 1)), .null, .null,
      .text("contrast \(name)"),
    ]
  }

  private func overStimuli(_ each: [Double], _ difference: Double, _ name: String, _ fitKey: String) -> [SQLValue] {
    let interval = ScoreInterval.overUnits(each, subjects: false, fisher: false, seed: task.seed, key: name)
    let test = GroupTest.t(each, twoSided: true)
    return [
      .text(fitKey), .text(name), .number(difference), .number(interval?.low ?? .nan), .number(interval?.high ?? .nan),
      .text(interval?.kind.rawValue ?? "none"), .text("two-sided"), .text("stimulus"), .int(each.count),
      .text("stimulus_t"), .null, .null, .null, .null, .number(test.p), .null, .null, .null,
      .text("contrast \(name)"),
    ]
  }

  private struct Side {
    let cells: [ComparisonCell]
    let takesMax: Bool

    func value(_ values: [Double]) -> Double {
      takesMax ? values.max() ?? .nan : values.reduce(0, +) / Double(max(1, values.count))
    }
  }

  private func side(_ json: JSONValue, _ layers: [ComparisonCell], _ others: [ComparisonCell]) -> Side? {
    let found: [ComparisonCell]
    if let range = json["rel_depth"]?.arrayValue?.compactMap(\.doubleValue), range.count == 2 {
      found = layers.filter { $0.member.relDepth >= range[0] - 1e-9 && $0.member.relDepth <= range[1] + 1e-9 }
    } else if let key = json["layer"]?.stringValue {
      let named = layers.filter { $0.member.layerKey == key }
      found = named.isEmpty && key == "last" ? Array(layers.suffix(1)) : named
    } else if let set = json["set"]?.stringValue {
      found = others.filter { $0.member.text("feature_set") == set && $0.member.layerKey == nil }
    } else {
      found = []
    }
    return found.isEmpty ? nil : Side(cells: found, takesMax: json["take"]?.stringValue == "max")
  }

  private static func differences(_ a: Side, _ b: Side, _ draws: (ComparisonCell) -> [Double]) -> [Double] {
    let (left, right) = (a.cells.map(draws), b.cells.map(draws))
    let count = (left + right).map(\.count).min() ?? 0
    return (0..<count).map { draw in a.value(left.map { $0[draw] }) - b.value(right.map { $0[draw] }) }
      .filter { !$0.isNaN }
  }

  /// BH over the cells of each contrast.
  private func corrected(_ rows: [[SQLValue]]) -> [[SQLValue]] {
    guard let name = Self.contrastColumns.firstIndex(of: "name"), let p = Self.contrastColumns.firstIndex(of: "p"),
      let q = Self.contrastColumns.firstIndex(of: "q_bh")
    else { return rows }
    var result = rows
    for (_, members) in Dictionary(grouping: rows.indices, by: { rows[$0][name].string ?? "" }) {
      let adjusted = MultipleTesting.benjaminiHochberg(members.map { rows[$0][p].double ?? .nan })
      for (i, row) in members.enumerated() { result[row][q] = .number(adjusted[i]) }
    }
    return result
  }
}
