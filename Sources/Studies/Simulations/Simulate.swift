import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import HDF5File
import Simulation
import Statistics
import StudyFiles
import Warehouse

/// Writes a simulation of viewers of imported stimuli as ordinary files, with the truth beside them.
///
/// In the folder: `annotations/NAME.csv` (stimulus, time_s, one column per rater), `responses/STIMULUS.h5` (`bold` [subject,
/// time, region]) and `synchrony/STIMULUS.h5` (`source` [subject, time, region]), each with the labels `subject` and `region`
/// and the attribute `rate_hz`; `truth.json`. Sample 0 is stimulus second 0.
package struct Simulate {
  /// What was written.
  package struct Outcome: Sendable {
    /// Relative paths.
    package let files: [String]
    package let targetCount: Int
  }

  private let file: SimulationFile
  private let drivers: SimulateDrivers
  private var truth: [SimulationTruth.Target] = []

  /// Reads the drivers. Throws `E-SIM-004` where features are missing, with the command that makes them.
  package init(_ file: SimulationFile, in warehouse: Warehouse) throws {
    self.file = file
    drivers = try SimulateDrivers(file, in: warehouse)
    let rates = [("annotations", file.annotations, 1.0), ("responses", file.responses, 1.0)]
    let synchrony = file.synchrony.map { [("synchrony", file.synchrony, $0.synchronyRateHz)] } ?? []
    for case (let name, let section?, let rateHz) in rates + synchrony { try refuseExcess(name, section, rateHz) }
  }

  /// Numbers of all people and targets of one stimulus, of which a file is made.
  private static let mostNumbers = 1e9

  private func refuseExcess(_ name: String, _ section: SimulationFile.Section, _ rateHz: Double) throws {
    for stimulus in file.stimuli {
      let seconds = Double(drivers.seconds(of: stimulus))
      let count = seconds * rateHz * Double(section.people) * Double(section.targets.count)
      guard count > Self.mostNumbers else { continue }
      throw EvokeError(
        .simulationSpec, "\(name) of \(stimulus)",
        reason:
          "\(section.people) people, \(section.targets.count) targets, \(seconds) s at \(rateHz) Hz are \(count) numbers",
        remedy: "ask for fewer people or targets, or a lower rate; at most \(Self.mostNumbers) are made for a stimulus")
    }
  }

  /// Writes the folder: all of it or nothing. Throws `E-SIM-005` where it is there already.
  package mutating func write(to folder: String) throws -> Outcome {
    guard !Files.exists(folder) else {
      throw EvokeError(
        .simulationExists, folder, reason: "the folder is there already",
        remedy: "remove it, or name another folder with -o")
    }
    let draft = folder + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
    try Files.makeDirectory(draft)
    do {
      var files = try writeAnnotations(draft) + writeResponses(draft) + writeSynchrony(draft)
      files.append("truth.json")
      try Files.write(StrictCoder.encode(truthFile).canonical + "\n", to: draft + "/truth.json")
      try Files.rename(draft, to: folder)
      return Outcome(files: files, targetCount: truth.count)
    } catch {
      try? FileManager.default.removeItem(atPath: draft)
      throw error
    }
  }

  private var truthFile: SimulationTruth {
    SimulationTruth(
      schema: SimulationTruth.current, simulation: file.name, dataset: file.dataset, seed: file.seed,
      stimuli: file.stimuli.map { SimulationTruth.Stimulus(name: $0, seconds: drivers.seconds(of: $0)) },
      drivers: drivers.arrays.mapValues { arrays in
        arrays.map { SimulationTruth.DriverArray(array: $0.name, sha256: $0.sha256) }
      }, targets: truth)
  }

  private func spec(_ section: SimulationFile.Section, _ stimulus: String) -> SimulationSpec {
    SimulationSpec(
      subjects: section.people, seconds: drivers.seconds(of: stimulus),
      targets: section.targets.map { SimulatedTarget($0.name, driver: drivers.driver($0, stimulus)) },
      signalShare: section.signalShare, lag: section.lagS)
  }

  /// The streams of one kind of target: kinds share no number, weights are common to all stimuli.
  private func numbers(_ kind: SimulationTruth.Kind, _ stimulus: String) -> SimulationNumbers<RandomStream> {
    let streams = simulationStreams(seed: UInt64(file.seed), stimulus: "\(kind.rawValue)/\(stimulus)")
    return { purpose, person, item in streams(purpose, person, item + kind.streamOffset) }
  }

  private func writeHDF5(_ path: String, body: (HDF5Writer) throws -> Void) throws {
    let writer = try HDF5Writer(creating: path)
    try body(writer)
    try writer.close()
  }

  private static func people(_ count: Int) -> [String] {
    (1...count).map { "sub-" + (count > 99 ? String(format: "%03d", $0) : String(format: "%02d", $0)) }
  }
}

extension Simulate {
  private mutating func writeAnnotations(_ folder: String) throws -> [String] {
    guard let section = file.annotations else { return [] }
    try Files.makeDirectory(folder + "/annotations")
    let raters = (1...section.people).map { "rater_" + String(format: "%02d", $0) }
    var files: [String] = []
    for (index, target) in section.targets.enumerated() {
      var lines = (["stimulus", "time_s"] + raters).joined(separator: ",") + "\n"
      var planted: [(String, PlantedTruth)] = []
      for stimulus in file.stimuli {
        let made = try simulateAnnotation(
          spec(section, stimulus), target: index, raters: section.people,
          delaySpread: section.numbers["delay_spread_s"] ?? 0.8, numbers: numbers(.annotation, stimulus))
        for (second, time) in made.times.enumerated() {
          let values = made.raters.map { String(format: "%.6f", $0[second]) }
          lines += "\(stimulus),\(JSONValue.number(time).canonical)," + values.joined(separator: ",") + "\n"
        }
        planted.append((stimulus, made.truth))
      }
      files.append("annotations/\(target.name).csv")
      try Files.write(lines, to: "\(folder)/annotations/\(target.name).csv")
      record(planted, target, kind: .annotation, name: target.name, region: nil)
    }
    return files
  }

  private mutating func writeResponses(_ folder: String) throws -> [String] {
    guard let section = file.responses else { return [] }
    try Files.makeDirectory(folder + "/responses")
    let repetition = section.numbers["tr_s"] ?? 1
    var planted: [[(String, PlantedTruth)]] = section.targets.map { _ in [] }
    for stimulus in file.stimuli {
      let made = try simulateResponses(
        spec(section, stimulus), repetitionTime: repetition, numbers: numbers(.response, stimulus))
      try writeHDF5("\(folder)/responses/\(stimulus).h5") { writer in
        try writer.dataset(
          "bold", made.subjects.flatMap { $0 }, shape: [section.people, made.sampleCount, made.regionCount])
        try describe(writer, "bold", rate: 1 / repetition, section)
      }
      for (i, truth) in made.truth.enumerated() { planted[i].append((stimulus, truth)) }
    }
    for (i, target) in section.targets.enumerated() {
      record(planted[i], target, kind: .response, name: "bold", region: target.name)
    }
    return file.stimuli.map { "responses/\($0).h5" }
  }

  private mutating func writeSynchrony(_ folder: String) throws -> [String] {
    guard let section = file.synchrony else { return [] }
    try Files.makeDirectory(folder + "/synchrony")
    let rate = section.synchronyRateHz
    var planted: [[(String, PlantedTruth)]] = section.targets.map { _ in [] }
    for stimulus in file.stimuli {
      var spec = spec(section, stimulus)
      spec.largestSynchrony = section.numbers["largest"] ?? spec.largestSynchrony
      spec.synchronyGain = section.numbers["gain"] ?? spec.synchronyGain
      let made = try SimulatedTimeCourses(spec, rateHz: rate, numbers: numbers(.synchrony, stimulus))
      try writeHDF5("\(folder)/synchrony/\(stimulus).h5") { writer in
        try writer.dataset("source", .float32, shape: [section.people, made.sampleCount, section.targets.count])
        for subject in 0..<section.people { try writer.append(rows: made.timeCourses(subject: subject), to: "source") }
        try describe(writer, "source", rate: rate, section)
      }
      for (i, truth) in made.truth.enumerated() { planted[i].append((stimulus, truth)) }
    }
    for (i, target) in section.targets.enumerated() {
      record(planted[i], target, kind: .synchrony, name: "source", region: target.name)
    }
    return file.stimuli.map { "synchrony/\($0).h5" }
  }

  private func describe(
    _ writer: HDF5Writer, _ path: String, rate: Double, _ section: SimulationFile.Section
  ) throws {
    try writer.attribute("rate_hz", rate, on: path)
    try writer.attribute("units", "au", on: path)
    try writer.attribute("axes", "subject,time,region", on: path)
    try writer.dataset("subject", texts: Self.people(section.people))
    try writer.dataset("region", texts: section.targets.map(\.name))
  }

  private mutating func record(
    _ planted: [(String, PlantedTruth)], _ target: SimulationFile.Target, kind: SimulationTruth.Kind, name: String,
    region: String?
  ) {
    guard let first = planted.first?.1 else { return }
    func rounded(_ x: [Double]) -> [Double] { x.map { ($0 * 1e6).rounded() / 1e6 } }
    func ofEach<Value>(_ value: (PlantedTruth) -> Value) -> [String: Value] {
      Dictionary(planted.map { ($0.0, value($0.1)) }, uniquingKeysWith: { a, _ in a })
    }
    let (model, layer): (String?, String?) =
      switch target.driver {
      case .layer(let model, let key): (model, key)
      case .set(let set): (set, nil)
      case .nothing: (nil, nil)
      }
    truth.append(
      SimulationTruth.Target(
        kind: kind, target: name, region: region, featureSet: model, layerKey: layer, lagS: first.lag,
        signalShare: first.signalShare, achievedShare: ofEach(\.achievedShare), weights: rounded(first.weights),
        signal: ofEach { rounded($0.signal) }, rho: ofEach { rounded($0.rho) }))
  }
}
