import ContentIdentity
import Diagnostics
import Foundation
import Glibc
import LabelledArrays
import Warehouse
import Work

/// Steps whose behaviour their parameters say: what a run can meet, made to order.
public enum ToySteps {
  public static let all: [any WorkStep] = [Series(), Sum()]
}

/// What a toy series does besides writing its numbers.
public struct ToyBehaviour: Codable, Sendable {
  public enum Rows: String, Codable, Sendable {
    case plain
    /// For a table the step does not name.
    case undeclared
    /// The same fit two times.
    case twice
    /// Integers that no JSON number holds.
    case longIntegers
    /// NaN where NULL may stand, and where it may not.
    case missing, missingKey
    case infinite
  }

  let count: Int
  let value: Double
  /// The array's name.
  let name: String?
  /// A file whose number is added to `value`.
  let drift: String?
  let sleepS: Double?
  /// Throws a data error with this reason.
  let fail: String?
  /// Throws something that is no data error.
  let fault: Bool
  /// Meets a full disk.
  let full: Bool
  /// Ends the process by SIGKILL unless this file is there; it is made before dying, so that a second try succeeds, except
  /// for `always`.
  let kill: String?
  let rows: Rows

  public init(
    count: Int = 3, value: Double = 0, name: String? = nil, drift: String? = nil, sleepS: Double? = nil,
    fail: String? = nil, fault: Bool = false, full: Bool = false, kill: String? = nil, rows: Rows = .plain
  ) {
    (self.count, self.value, self.name, self.drift, self.sleepS) = (count, value, name, drift, sleepS)
    (self.fail, self.fault, self.full, self.kill, self.rows) = (fail, fault, full, kill, rows)
  }
}

/// Writes one array of `count` numbers from `value` on, one row for each in `check`, a fit and its fold.
struct Series: WorkStep {
  struct Parameters: Codable, Sendable {
    let label: String
    let behaviour: ToyBehaviour
  }

  struct Fault: Error {}

  let name = "toy_series"
  let version = 1
  let summary = "Writes consecutive numbers."
  let tables: [any ResultRow.Type] = [CheckRow.self, FitRow.self, FoldScoreRow.self, LagScoreRow.self]

  func compute(
    _ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void
  ) throws -> [ResultRows] {
    let behaviour = parameters.behaviour
    try misbehave(behaviour, task)
    var value = behaviour.value
    if let file = behaviour.drift, let text = try? String(contentsOfFile: file, encoding: .utf8) {
      value += Double(text) ?? 0
    }
    for source in task.sources { value += Double(try String(contentsOfFile: source.path, encoding: .utf8).count) }
    var description = ArrayDescription(
      name: behaviour.name ?? "toy/\(task.label)", kind: "feature", parameters: ["toy": true])
    description.stimulus = "clip"
    let numbers = (0..<behaviour.count).map { value + Double($0) }
    try writer.add(
      description, group: "toy",
      LabelledArray(axes: [.time(numbers.indices.map(Double.init))], values: numbers.map(Float.init)))
    progress(0.5)
    return rows(numbers, task, behaviour)
  }

  private func misbehave(_ behaviour: ToyBehaviour, _ task: UnitTask) throws {
    if let seconds = behaviour.sleepS { usleep(UInt32(seconds * 1e6)) }
    if let reason = behaviour.fail {
      throw EvokeError(.arrayMissing, task.label, reason: reason, remedy: "vary the target")
    }
    if behaviour.fault { throw Fault() }
    if behaviour.full {
      throw EvokeError(.diskFull, "spool", reason: "write: No space left on device", remedy: "free space")
    }
    if let flag = behaviour.kill, !FileManager.default.fileExists(atPath: flag) {
      if flag != "always" { _ = FileManager.default.createFile(atPath: flag, contents: nil) }
      FileHandle.standardError.write(Data("about to end\n".utf8))
      kill(getpid(), SIGKILL)
    }
  }

  private func rows(_ numbers: [Double], _ task: UnitTask, _ behaviour: ToyBehaviour) -> [ResultRows] {
    let checks = numbers.map { CheckRow(name: task.label, expected: "number", observed: String($0), pass: 1) }
    let fit = FitRow(
      fitKey: "\(task.key)/toy", dataset: "toy", cohort: "toy", featureSet: "toy", element: "original",
      covariateMode: "none", targetKind: "annotation", target: task.label, targetParameters: "{}", delaysS: "[]",
      delayShape: "single", stimulusCount: 1, droppedCount: 0, sampleCount: 3, partialCount: 0, thinCount: 0,
      predictionArray: behaviour.name ?? "toy/\(task.label)")
    // Children come first on purpose: the collector orders tables by what they refer to.
    var rows = [
      ResultRows([fold(of: fit.fitKey, behaviour.rows)]),
      ResultRows(behaviour.rows == .twice ? [fit, fit] : [fit]), ResultRows(checks),
    ]
    if behaviour.rows == .missingKey {
      rows.append(
        ResultRows([
          LagScoreRow(
            fitKey: fit.fitKey, lagS: .nan, foldsCounted: 0, foldsTotal: 0, stimuliCounted: 0, flags: "", valid: 0)
        ]))
    }
    if behaviour.rows == .undeclared {
      rows.append(
        ResultRows([FamilyRow(familyKey: task.key, name: "toy", quantity: "r", memberCount: 1, correction: "[]")]))
    }
    return rows
  }

  private func fold(of fit: String, _ rows: ToyBehaviour.Rows) -> FoldScoreRow {
    switch rows {
    case .longIntegers:
      FoldScoreRow(
        fitKey: fit, fold: .max, testStimuli: "[]", trainCount: -(1 << 53) - 1, testCount: .min, lambdaAtEdge: 1 << 53,
        r: -0.1,
        isCounted: 1)
    case .missing:
      FoldScoreRow(fitKey: fit, fold: 0, testStimuli: "[]", trainCount: 2, testCount: 1, r: .nan, isCounted: 1)
    case .infinite:
      FoldScoreRow(fitKey: fit, fold: 0, testStimuli: "[]", trainCount: 2, testCount: 1, r: -.infinity, isCounted: 1)
    default:
      FoldScoreRow(fitKey: fit, fold: 0, testStimuli: "[]", trainCount: 2, testCount: 1, r: 0.1 + 0.2, isCounted: 1)
    }
  }
}

/// Sums all arrays it gets.
struct Sum: WorkStep {
  struct Parameters: Codable, Sendable {}

  let name = "toy_sum"
  let version = 1
  let summary = "Sums arrays."
  let tables: [any ResultRow.Type] = [CheckRow.self]

  func compute(
    _ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void
  ) throws -> [ResultRows] {
    let arrays = try task.arrays.map { try ArrayReader.read($0.reference).values.map(Double.init) }
    let sum = arrays.reduce(0) { $0 + $1.reduce(0, +) }
    let order = task.arrays.map { $0.description.name }.joined(separator: " ")
    return [ResultRows([CheckRow(name: task.label, expected: order, observed: String(sum), pass: 1)])]
  }
}
