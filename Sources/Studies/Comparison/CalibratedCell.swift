import ContentIdentity
import Diagnostics
import Encoding
import LinearAlgebra
import Statistics
import Vocabulary
import Warehouse
import Work

/// A cell of one fit over the runs of one planted score.
struct CalibratedCell: FamilyCell {
  let fit: String
  let keys: FitKeys
  let score: FitScore
  let name: String
  let column: Int
  let plantedR: Double
  let nullKind: NullKind
  let nullDraws: Int
  let about: CalibrationParameters.Cell
  /// Per run; NaN where the world could not be fitted.
  fileprivate(set) var values: [Double] = []
  fileprivate(set) var isValid: [Bool] = []
  /// Per run (k + 1) / (draws + 1), and over the family of the cell; NaN without a score.
  fileprivate(set) var p: [Double] = []
  fileprivate(set) var pMax: [Double] = []

  /// The cells of one world of all members, unit of runs by unit of runs, so that no more draws are held.
  ///
  /// - Throws: `E-EXE-007` where an array of a unit is missing.
  static func all(
    _ parameters: CalibrationStep.Parameters, world: Int, in task: UnitTask
  ) throws -> [CalibratedCell] {
    var cells: [CalibratedCell] = []
    let batches = parameters.batchCount(of: world)
    for batch in 0..<batches {
      let drawn = try parameters.members.flatMap { member in
        try member.kind.drawn.flatMap { try DrawnCell.all(member, world: world, batch: batch, $0, in: task) }
      }
      if batch == 0 { cells = drawn.map(\.cell) }
      precondition(drawn.count == cells.count, "every unit of runs has the same cells")
      let families = Dictionary(grouping: cells.indices) { CellFamily(cells[$0], pooling: Set(parameters.family)) }
      for members in families.values {
        DrawnCell.add(members.map { drawn[$0] }, to: &cells, at: members, hasMaximum: parameters.hasMaximum)
      }
    }
    return cells
  }
}

/// The runs of one unit of one cell.
private struct DrawnCell {
  let cell: CalibratedCell
  let values: [Double]
  let isValid: [Bool]
  /// Run x draw.
  let draws: Matrix

  static func all(
    _ member: CalibrationStep.Parameters.Member, world: Int, batch: Int, _ score: FitScore, in task: UnitTask
  ) throws -> [DrawnCell] {
    let planted = member.worlds[world]
    let scores = try task.stored(.scores(score), of: planted.units[batch])
    let null = try task.stored(.null(score), of: planted.units[batch])
    return scores.cells.indices.map { cell in
      DrawnCell(
        cell: CalibratedCell(
          fit: member.unit, keys: member.keys, score: score, name: scores.cells[cell], column: cell,
          plantedR: planted.plantedR, nullKind: scores.about.nullKind, nullDraws: null.shape[1],
          about: scores.about.cells[cell]),
        values: scores.column(0, cell), isValid: scores.column(1, cell).map { $0 == 1 },
        draws: Matrix(
          rows: null.shape[0], columns: null.shape[1], values: (0..<null.shape[0]).flatMap { null.row($0, cell) }))
    }
  }

  /// What the runs of the cells of one family say.
  static func add(_ drawn: [DrawnCell], to cells: inout [CalibratedCell], at places: [Int], hasMaximum: Bool) {
    let draws = drawn.map(\.draws.columns).reduce(Int.max, min)
    for run in drawn[0].values.indices {
      let observed = drawn.map { $0.values[run] }
      let pMax =
        hasMaximum
        ? MultipleTesting.maxStatistic(
          observed: observed,
          draws: Matrix(
            rows: draws, columns: drawn.count,
            values: (0..<draws).flatMap { draw in drawn.map { $0.draws[run, draw] } })) : []
      for (k, place) in places.enumerated() {
        let own = (0..<drawn[k].draws.columns).map { drawn[k].draws[run, $0] }
        cells[place].values.append(observed[k])
        cells[place].isValid.append(drawn[k].isValid[run])
        cells[place].p.append(NullSummary(observed: observed[k], draws: own).p)
        if hasMaximum { cells[place].pMax.append(pMax[k]) }
      }
    }
  }
}

/// An array of calibration runs, `[trial, quantity or draw, cell]`.
private struct StoredCalibration {
  let about: CalibrationParameters
  let cells: [String]
  let shape: [Int]
  let values: [Float]

  /// One place of the second axis over all trials.
  func column(_ place: Int, _ cell: Int) -> [Double] {
    (0..<shape[0]).map { Double(values[($0 * shape[1] + place) * shape[2] + cell]) }
  }

  /// The second axis in one trial.
  func row(_ trial: Int, _ cell: Int) -> [Double] {
    (0..<shape[1]).map { Double(values[(trial * shape[1] + $0) * shape[2] + cell]) }
  }
}

extension UnitTask {
  /// - Throws: `E-EXE-007` where the array is missing.
  fileprivate func stored(_ array: CalibrationArray, of unit: String) throws -> StoredCalibration {
    let name = array.name(of: unit)
    guard let found = arrays.first(where: { $0.description.name == name }) else {
      throw EvokeError(
        .inputMissing, name, reason: "the calibration left no such array of kind \(array.kind)",
        remedy: "run evoke calibrate again")
    }
    let stored = try ArrayReader.read(found.reference)
    guard stored.axes.count == 3, let cells = stored.axes[2].labels else {
      preconditionFailure("\(name) has no axis of cells")
    }
    return StoredCalibration(
      about: try StrictCoder.decode(CalibrationParameters.self, from: found.description.parameters), cells: cells,
      shape: stored.shape, values: stored.values)
  }
}
