import ContentIdentity
import EncodingModels
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
/// cells. A first axis of labels, such as folds, has those that any batch has, and values that a batch lacks are NaN; other
/// axes are the same in all batches.
package final class CellWriter {
  /// An array of a batch.
  private struct Part {
    let description: ArrayDescription
    let parameters: CellParameters
    let array: LabelledArray
    let cells: [String]

    init(_ description: ArrayDescription, _ array: LabelledArray, telling parameters: CellParameters) {
      guard let cells = array.axes.last?.labels else {
        preconditionFailure("\(description.name) has no axis of cells")
      }
      (self.description, self.array, self.parameters, self.cells) = (description, array, parameters, cells)
    }

    /// Of its first axis; nil: it has none.
    var labels: [String]? { array.axes[0].labels }

    var folds: FoldParameters {
      guard let labels else { preconditionFailure("the folds of \(description.name) have keys") }
      let folds: FoldParameters
      switch parameters {
      case .folds(let own): folds = own
      case .activeFolds(let own): folds = own.folds
      case .none, .scores: preconditionFailure("\(description.name) tells of folds in every batch")
      }
      precondition(folds.stimuli.count == labels.count, "\(description.name) tells of every fold")
      return folds
    }

    var scores: ScoreParameters {
      guard case .scores(let own) = parameters else {
        preconditionFailure("\(description.name) tells of scores in every batch")
      }
      return own
    }
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
    parts[group, default: []].append(Part(description, array, telling: parameters))
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
    guard let own = parts.removeValue(forKey: group), let first = own.first else {
      preconditionFailure("\(group) waits to be written")
    }
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

  /// The first axis of all parts: every label in the order in which they are met; one without labels is the same in all.
  private static func head(_ parts: [Part]) -> Axis {
    let first = parts[0].array.axes[0]
    guard first.labels != nil else {
      precondition(parts.allSatisfy { $0.array.axes[0] == first }, "all batches have the same axis \(first.name)")
      return first
    }
    var seen: Set<String> = []
    return .labels(first.name, parts.compactMap(\.labels).joined().filter { seen.insert($0).inserted })
  }

  private static func values(_ parts: [Part], _ head: Axis) -> LabelledArray {
    let axes = parts[0].array.axes
    let between = axes.dropFirst().dropLast().reduce(1) { $0 * $1.count }
    let cells = parts.flatMap(\.cells)
    var values = [Float](repeating: .nan, count: head.count * between * cells.count)
    var offset = 0
    for part in parts {
      let width = part.cells.count
      for (row, place) in places(of: part, in: head).enumerated() {
        for middle in 0..<between {
          let (from, to) = (row * between + middle, place * between + middle)
          for k in 0..<width { values[to * cells.count + offset + k] = part.array.values[from * width + k] }
        }
      }
      offset += width
    }
    return LabelledArray(
      axes: [head] + axes.dropFirst().dropLast() + [.labels(axes[axes.count - 1].name, cells)], values: values,
      units: parts[0].array.units)
  }

  /// Where the rows of a part stand in the first axis of all parts.
  private static func places(of part: Part, in head: Axis) -> [Int] {
    guard let labels = part.labels, let all = head.labels else { return Array(0..<head.count) }
    let places = Dictionary(uniqueKeysWithValues: zip(all, all.indices))
    return labels.map { label in
      guard let place = places[label] else { preconditionFailure("the axis of all parts has their labels") }
      return place
    }
  }

  private static func joined(_ parts: [Part], _ head: Axis) -> CellParameters {
    switch parts[0].parameters {
    case .none: return .none
    case .scores(let first):
      let scores = parts.map(\.scores)
      return .scores(
        ScoreParameters(
          flags: first.flags.indices.map { score in scores.flatMap { $0.flags[score] } },
          stimuliCounted: scores.flatMap(\.stimuliCounted), ceilings: scores.flatMap(\.ceilings)))
    case .folds: return .folds(folds(parts, head))
    // How elements share the sound is of whole stimuli, the same in all batches.
    case .activeFolds(let first):
      return .activeFolds(ActiveFoldParameters(folds: folds(parts, head), shares: first.shares))
    }
  }

  /// What is said of all folds. Folds of one key test the same; where batches that lack different rows divide test and
  /// training rows differently, one number stands for all: the largest, which makes intervals the widest.
  private static func folds(_ parts: [Part], _ head: Axis) -> FoldParameters {
    guard let keys = head.labels else { preconditionFailure("folds have keys") }
    var stimuli = [[String]](repeating: [], count: keys.count)
    for part in parts {
      for (place, own) in zip(places(of: part, in: head), part.folds.stimuli) { stimuli[place] = own }
    }
    return FoldParameters(stimuli: stimuli, overlap: parts.compactMap(\.folds.overlap).max())
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

  /// The request for draws that every batch has: one array holds those of all cells, and batches that lack different rows have
  /// unlike numbers of circular shifts.
  func request(_ null: NullRequest, _ settings: EncodingSettings) throws -> NullRequest {
    guard ranges.count > 1 else { return null }
    var common = null
    common.draws = try assembled.data.drawCount(of: null, settings, each: ranges)
    return common
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
