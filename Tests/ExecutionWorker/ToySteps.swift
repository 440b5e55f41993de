import ContentIdentity
import Diagnostics
import Foundation
import Glibc
import LabelledArrays
import Warehouse
import Work

/// Steps whose behaviour their parameters say: what a run can meet, made to order.
public enum ToySteps {
  public static let all: [any Step] = [Series(), Sum()]
}

/// Writes one array of `count` numbers from `value` on, and one row for each in `check`.
///
/// `sleep_s` waits; `fail` throws a data error; `fault` throws something else; `full` meets a full disk; `kill` ends the process by SIGKILL unless
/// the file it names is there (it is made before dying, so that a second try succeeds; `always` never does);
/// `undeclared` returns rows for a table the step does not name; `drift` reads its value from a file.
struct Series: Step {
  let name = "toy_series"
  let version = 1
  let summary = "Writes consecutive numbers."
  let tables = ["check", "fit", "fold_score", "feature_space", "feature"]

  struct Fault: Error {}

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let count = task.parameters["count"]?.intValue ?? 3
    if let seconds = task.parameters["sleep_s"]?.doubleValue { usleep(UInt32(seconds * 1e6)) }
    if let reason = task.parameters["fail"]?.stringValue {
      throw EvokeError(.arrayMissing, task.label, reason: reason, remedy: "none")
    }
    if task.parameters["fault"] != nil { throw Fault() }
    if task.parameters["full"] != nil {
      throw EvokeError(.diskFull, "spool", reason: "write: No space left on device", remedy: "free space")
    }
    if let flag = task.parameters["kill"]?.stringValue, !FileManager.default.fileExists(atPath: flag) {
      if flag != "always" { _ = FileManager.default.createFile(atPath: flag, contents: nil) }
      FileHandle.standardError.write(Data("about to end\n".utf8))
      kill(getpid(), SIGKILL)
    }
    var value = task.parameters["value"]?.doubleValue ?? 0
    if let file = task.parameters["drift"]?.stringValue, let text = try? String(contentsOfFile: file, encoding: .utf8) {
      value += Double(text) ?? 0
    }
    for source in task.sources { value += Double(try String(contentsOfFile: source.path, encoding: .utf8).count) }
    var description = ArrayDescription(
      name: task.parameters["name"]?.stringValue ?? "toy/\(task.label)", kind: "feature", parameters: ["toy": true])
    description.stimulus = "clip"
    let numbers = (0..<count).map { value + Double($0) }
    try writer.add(
      description, group: "toy",
      LabelledArray(axes: [.time((0..<count).map(Double.init))], values: numbers.map(Float.init)))
    progress(0.5)
    return rows(numbers, task)
  }

  private func rows(_ numbers: [Double], _ task: UnitTask) -> [ResultRows] {
    if task.parameters["undeclared"] != nil {
      return [ResultRows(table: "claim", columns: ["name", "statement", "sql"], rows: [["a", "b", "c"]])]
    }
    let fit = "\(task.key)/toy"
    let checks = ResultRows(
      table: "check", columns: ["name", "expected", "observed", "pass"],
      rows: numbers.map { [.text(task.label), "number", .text(String($0)), .int(1)] })
    // Children come first on purpose: the collector orders tables by what they refer to.
    return [
      ResultRows(
        table: "fold_score", columns: ["fit_key", "fold", "test_stimuli", "train_count", "test_count", "r"],
        rows: [[.text(fit), .int(0), "[]", .int(2), .int(1), .real(0.1 + 0.2)]]),
      ResultRows(
        table: "feature", columns: ["feature_space_id", "position", "name"],
        rows: [[.text(#"{"layer_key":"","name":"toy"}"#), .int(0), "number"]]),
      ResultRows(table: "feature_space", columns: ["name", "layer_key", "dimension"], rows: [["toy", "", .int(1)]]),
      ResultRows(
        table: "fit",
        columns: [
          "fit_key", "dataset", "cohort", "feature_set", "element", "covariate_mode", "target_kind", "target",
          "target_parameters", "delays_s", "stimulus_count", "dropped_count", "sample_count", "prediction_array",
        ],
        rows: [
          [
            .text(fit), "toy", "toy", "toy", "original", "none", "annotation", .text(task.label), "{}", "[]", .int(1),
            .int(0), .int(3), .text(task.parameters["name"]?.stringValue ?? "toy/\(task.label)"),
          ]
        ]),
      checks,
    ]
  }
}

/// Sums all arrays it gets.
struct Sum: Step {
  let name = "toy_sum"
  let version = 1
  let summary = "Sums arrays."
  let tables = ["check"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let arrays = try task.arrays.map { try ArrayReader.read($0.reference).values.map(Double.init) }
    let sum = arrays.reduce(0) { $0 + $1.reduce(0, +) }
    let order = task.arrays.map { $0.description.name }.joined(separator: " ")
    return [
      ResultRows(
        table: "check", columns: ["name", "expected", "observed", "pass"],
        rows: [[.text(task.label), .text(order), .text(String(sum)), .int(1)]])
    ]
  }
}
