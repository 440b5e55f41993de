import ContentIdentity
import LabelledArrays
import Warehouse
import Work

/// What an array of cells tells of them; of cells that are fitted batch by batch it is put together like their values.
package enum CellParameters {
  case none
  case scores(ScoreParameters)
  case folds(FoldParameters)
  case activeFolds(ActiveFoldParameters)

  fileprivate func encode(into description: inout ArrayDescription) throws {
    switch self {
    case .none: break
    case .scores(let own): description.parameters = try StrictCoder.encode(own)
    case .folds(let own): description.parameters = try StrictCoder.encode(own)
    case .activeFolds(let own): description.parameters = try StrictCoder.encode(own)
    }
  }
}

/// The arrays of a unit whose last axis are cells. Those of a batch wait until all batches are there, and one array holds all
/// cells: its first axis has what any batch has, values that a batch lacks are NaN.
package final class CellWriter {
  private struct Part {
    let description: ArrayDescription
    let parameters: CellParameters
    let array: LabelledArray
  }

  private let writer: ArrayFileWriter
  private let batches: Int
  private var order: [String] = []
  private var parts: [String: [Part]] = [:]

  package init(_ writer: ArrayFileWriter, batches: Int) { (self.writer, self.batches) = (writer, batches) }

  package func add(
    _ description: ArrayDescription, group: String, _ array: LabelledArray, telling parameters: CellParameters = .none
  ) throws {
    if parts[group] == nil { order.append(group) }
    parts[group, default: []].append(Part(description: description, parameters: parameters, array: array))
    guard batches == 1 else { return }
    try write(group)
    order.removeAll()
  }

  /// Writes what waits.
  package func finish() throws {
    for group in order { try write(group) }
    order = []
  }

  private func write(_ group: String) throws {
    guard let own = parts.removeValue(forKey: group), let first = own.first else { return }
    precondition(own.count == batches, "\(first.description.name) is of all batches")
    var description = first.description
    guard own.count > 1 else {
      try first.parameters.encode(into: &description)
      return try writer.add(description, group: group, first.array)
    }
    let head = Self.head(own)
    try Self.joined(own, head).encode(into: &description)
    try writer.add(description, group: group, Self.values(own, head))
  }

  /// The first axis of all parts: every label in the order in which they are met, or the longest.
  private static func head(_ parts: [Part]) -> Axis {
    let heads = parts.map { $0.array.axes[0] }
    guard heads.allSatisfy({ $0.labels != nil }) else {
      return heads.dropFirst().reduce(heads[0]) { $1.count > $0.count ? $1 : $0 }
    }
    var seen: Set<String> = []
    return .labels(heads[0].name, heads.compactMap(\.labels).joined().filter { seen.insert($0).inserted })
  }

  private static func values(_ parts: [Part], _ head: Axis) -> LabelledArray {
    let axes = parts[0].array.axes
    let between = axes.dropFirst().dropLast().reduce(1) { $0 * $1.count }
    let cells = parts.compactMap { $0.array.axes.last?.labels }.flatMap(\.self)
    var values = [Float](repeating: .nan, count: head.count * between * cells.count)
    let places = head.labels.map { Dictionary(zip($0, $0.indices)) { first, _ in first } }
    var offset = 0
    for part in parts {
      let own = part.array.axes[0]
      let width = part.array.values.count / (own.count * between)
      for row in 0..<own.count {
        let place = own.labels.flatMap { labels in places?[labels[row]] }
        for middle in 0..<between {
          let (from, to) = (row * between + middle, (place ?? row) * between + middle)
          for k in 0..<width { values[to * cells.count + offset + k] = part.array.values[from * width + k] }
        }
      }
      offset += width
    }
    return LabelledArray(
      axes: [head] + axes.dropFirst().dropLast() + [.labels(axes[axes.count - 1].name, cells)], values: values,
      units: parts[0].array.units)
  }

  private static func joined(_ parts: [Part], _ head: Axis) -> CellParameters {
    let scores = parts.compactMap { if case .scores(let own) = $0.parameters { own } else { nil } }
    if let first = scores.first {
      return .scores(
        ScoreParameters(
          flags: first.flags.indices.map { score in scores.flatMap { $0.flags[score] } },
          stimuliCounted: scores.flatMap(\.stimuliCounted), ceilings: scores.flatMap(\.ceilings)))
    }
    var stimuli: [String: [String]] = [:]
    var result = CellParameters.none
    for part in parts {
      let folds: FoldParameters
      switch part.parameters {
      case .folds(let own): folds = own
      case .activeFolds(let own): folds = own.folds
      case .none, .scores: return .none
      }
      for (label, own) in zip(part.array.axes[0].labels ?? [], folds.stimuli) { stimuli[label] = own }
      let all = FoldParameters(stimuli: (head.labels ?? []).map { stimuli[$0] ?? [] }, overlap: folds.overlap)
      if case .activeFolds(let own) = part.parameters {
        result = .activeFolds(ActiveFoldParameters(folds: all, shares: own.shares))
      } else {
        result = .folds(all)
      }
    }
    return result
  }
}

/// Some cells of a unit that are fitted together.
struct CellBatch {
  let assembled: AssembledData
  /// The place of their first among all cells of the unit.
  let firstColumn: Int
  let arrays: CellWriter
  let progress: Progress
}

/// Cells of a unit in batches, so that memory does not grow with their number: a fit keeps what it predicts, and what it
/// is fitted to in every fold.
///
/// Targets of a fit do not depend on each other unless they share a lambda, which leaves them in one batch; of targets that
/// lack different rows those of a batch say which rows of a feature are read, and where a stimulus begins and ends.
struct CellBatches {
  /// Values of targets that all models of a unit may hold at once in one fold, 100 MB.
  static let mostValues = 12_000_000

  private let assembled: AssembledData
  private let ranges: [Range<Int>]

  /// - Parameter models: fits that a batch holds at once.
  init(_ assembled: AssembledData, _ parameters: FitParameters, models: Int) {
    self.assembled = assembled
    let rows = assembled.data.pieces.reduce(0) { $0 + $1.rowCount }
    let count = assembled.data.targetCount
    let largest = max(1, Self.mostValues / (models * max(1, rows)))
    let batches = parameters.encoding.lambdaScope == .shared ? 1 : max(1, (count + largest - 1) / largest)
    ranges = (0..<batches).map { (count * $0 / batches)..<(count * ($0 + 1) / batches) }
  }

  /// What a unit makes of each batch, one after the other.
  func rows(
    _ writer: ArrayFileWriter, _ progress: @escaping Progress, of batch: (CellBatch) throws -> [ResultRows]
  ) throws -> [ResultRows] {
    let arrays = CellWriter(writer, batches: ranges.count)
    var rows: [ResultRows] = []
    for (place, range) in ranges.enumerated() {
      let count = Double(ranges.count)
      rows += try batch(
        CellBatch(
          assembled: ranges.count == 1 ? assembled : assembled.selecting(cells: range), firstColumn: range.lowerBound,
          arrays: arrays, progress: { progress((Double(place) + $0) / count) }))
    }
    try arrays.finish()
    return rows
  }
}

extension AssembledData {
  /// The data of some cells of the target.
  fileprivate func selecting(cells: Range<Int>) -> AssembledData {
    var copy = self
    copy.data = data.selecting(targets: Array(cells))
    copy.target.labels = Array(target.labels[cells])
    copy.target.repeats = target.repeats.selecting(cells: cells)
    copy.target.missing = target.missing.selecting(cells: cells)
    return copy
  }
}
