import ContentIdentity
import Diagnostics
import LabelledArrays
import LinearAlgebra
import Simulation
import Statistics
import StudyFiles
import Warehouse

/// Feature scores of every driver over every stimulus, as the simulation module takes them.
///
/// The rows of all stimuli together are z-scored and reduced to principal components of unit variance, so that one driver
/// has one basis; rows are whole seconds from stimulus second 0.
struct SimulateDrivers {
  private let seconds: [String: Int]
  /// Driver label -> stimulus -> scores.
  private let scores: [String: [String: Matrix]]
  /// Driver label -> arrays read.
  let arrays: [String: [ArrayReference]]

  init(_ file: SimulationFile, in warehouse: Warehouse) throws {
    if let sounds = file.sounds {
      seconds = Dictionary(file.stimuli.map { ($0, sounds.seconds) }, uniquingKeysWith: { a, _ in a })
      (scores, arrays) = ([:], [:])
      return
    }
    let durations = try Self.durations(file, in: warehouse)
    var seconds = durations
    var series: [String: [String: Matrix]] = [:]
    var arrays: [String: [ArrayReference]] = [:]
    let sources = Set(file.sections.flatMap { $0.targets.flatMap { [$0.source, $0.other].compactMap(\.self) } })
    for source in sources where source.driver != .nothing {
      for stimulus in file.stimuli {
        let reference = try Self.reference(source, stimulus, file, in: warehouse)
        let matrix = try Self.wholeSeconds(try ArrayReader.read(reference), of: reference)
        series[source.label, default: [:]][stimulus] = matrix
        arrays[source.label, default: []].append(reference)
        seconds[stimulus] = min(seconds[stimulus] ?? matrix.rows, matrix.rows)
      }
    }
    self.seconds = seconds
    self.arrays = arrays
    scores = try series.reduce(into: [:]) { all, one in
      all[one.key] = try Self.scores(one.value, file, seconds, driver: one.key)
    }
  }

  /// Whole seconds of a stimulus that every driver covers.
  func seconds(of stimulus: String) -> Int { Self.seconds(of: stimulus, seconds) }

  private static func seconds(of stimulus: String, _ seconds: [String: Int]) -> Int {
    guard let own = seconds[stimulus] else { preconditionFailure("\(stimulus) is no stimulus of the simulation") }
    return own
  }

  /// A driver over one stimulus; nil for nothing.
  func driver(_ source: SimulationFile.Source, _ stimulus: String) -> SimulationDriver? {
    scores[source.label]?[stimulus].map { SimulationDriver(name: source.label, scores: $0) }
  }

  private static func durations(_ file: SimulationFile, in warehouse: Warehouse) throws -> [String: Int] {
    let rows = try warehouse.read { try $0.knownStimuli(dataset: file.dataset) }
    var result: [String: Int] = [:]
    for name in file.stimuli {
      guard let row = rows.first(where: { $0.name == name }) else {
        let known = rows.map(\.name)
        throw EvokeError(
          .unknownName, "stimulus \(name) of dataset \(file.dataset)",
          reason: known.isEmpty ? "the dataset has no stimuli" : "there are \(known.joined(separator: ", "))",
          remedy: "correct the simulation's dataset and stimuli, or import the film with evoke import video")
      }
      guard let durationS = row.durationS else {
        throw EvokeError(
          .driverUnfit, "stimulus \(name) of dataset \(file.dataset)", reason: "nothing says how long it is",
          remedy: "import the film with evoke import video")
      }
      result[name] = Int(durationS.rounded(.down))
    }
    return result
  }

  private static func reference(
    _ source: SimulationFile.Source, _ stimulus: String, _ file: SimulationFile, in warehouse: Warehouse
  ) throws -> ArrayReference {
    let (name, layer, what) =
      switch source.driver {
      case .layer(let model, let key): (model, key, "--model \(ShellText.quoted(model))")
      case .set(let set): (set, "", "--set \(ShellText.quoted(set))")
      case .nothing: preconditionFailure("a driver of its own")
      }
    let rows = try warehouse.read {
      try $0.driverArray(
        dataset: file.dataset, stimulus: stimulus, element: source.element.rawValue, name: name, layer: layer)
    }
    let element = source.element == .original ? "" : " --element \(source.element.rawValue)"
    guard let row = rows.first else {
      throw EvokeError(
        .driverMissing, "\(source.label) of \(file.dataset)/\(stimulus)",
        reason: "the warehouse holds no such features at 1 Hz",
        remedy: "evoke extract \(what) --dataset \(ShellText.quoted(file.dataset)) --stimulus "
          + ShellText.quoted(stimulus) + element)
    }
    return try warehouse.reference(row)
  }

  /// Rows from second 0 up to the first that is missing; times stamp the start of each second.
  private static func wholeSeconds(_ array: LabelledArray, of reference: ArrayReference) throws -> Matrix {
    let columns = array.shape.dropFirst().reduce(1, *)
    let all = Matrix(rows: array.shape[0], columns: columns, values: array.values.map(Double.init))
    let finite = (0..<all.rows).prefix { row in (0..<columns).allSatisfy { all[row, $0].isFinite } }.count
    guard finite >= 2, finite >= all.rows - 1 else {
      throw EvokeError(
        .driverUnfit, reference.name, reason: "second \(finite) of \(all.rows) holds a value that is not a number",
        remedy: "choose another driver")
    }
    return Matrix(rows: finite, columns: columns, values: Array(all.values[0..<(finite * columns)]))
  }

  private static func scores(
    _ series: [String: Matrix], _ file: SimulationFile, _ seconds: [String: Int], driver: String
  ) throws -> [String: Matrix] {
    var values: [Double] = []
    var columns = 0
    for name in file.stimuli {
      guard let own = series[name] else { preconditionFailure("a driver has a series for every stimulus") }
      guard values.isEmpty || own.columns == columns else {
        throw EvokeError(
          .driverUnfit, driver, reason: "it has \(columns) columns in one stimulus and \(own.columns) in another",
          remedy: "extract it anew for all stimuli")
      }
      columns = own.columns
      values += own.values.prefix(Self.seconds(of: name, seconds) * columns)
    }
    let joined = Matrix(rows: columns == 0 ? 0 : values.count / columns, columns: columns, values: values)
    guard let components = PrincipalComponents(joined, count: file.components) else {
      throw EvokeError(.driverConstant, driver, reason: "it does not vary", remedy: "choose another driver")
    }
    let all = components.scores(joined, unitVariance: true)
    var result: [String: Matrix] = [:]
    var row = 0
    for name in file.stimuli {
      let count = Self.seconds(of: name, seconds)
      result[name] = Matrix(
        rows: count, columns: all.columns,
        values: Array(all.values[(row * all.columns)..<((row + count) * all.columns)]))
      row += count
    }
    return result
  }
}
