import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import HDF5File
import Simulation
import Statistics
import StudyFiles
import Vocabulary
import Warehouse

/// Writes a simulation of viewers of imported stimuli as ordinary files, with the truth beside them.
///
/// In the folder: `annotations/NAME.csv` (stimulus, time_s, one column per rater), `responses/STIMULUS.h5` (`bold` [subject,
/// time, region]) and `synchrony/STIMULUS.h5` (`source` [subject, time, region]), each with the labels `subject` and `region`
/// and the attribute `rate_hz`; `participants.csv` (participant_id, group) where subjects are divided; or, of made-up sounds,
/// `sounds/STIMULUS.wav`, `stems/STIMULUS/voice.wav` and `soundtrack.wav`, `simnet.simnet`; `truth.json`. Sample 0 is
/// stimulus second 0.
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

  /// What one target was made into: by cohort and stimulus.
  private typealias Planted = [(cohort: SimulatedCohort?, stimulus: String, truth: PlantedTruth)]

  /// Reads the drivers. Throws `E-SIM-004` where features are missing, with the command that makes them.
  package init(_ file: SimulationFile, in warehouse: Warehouse) throws {
    self.file = file
    drivers = try SimulateDrivers(file, in: warehouse)
    for stimulus in file.stimuli { try refuseExcess(of: stimulus) }
  }

  /// Numbers of all people and targets of one stimulus, of which a file is made.
  private static let mostNumbers = 1_000_000_000

  private func refuseExcess(of stimulus: String) throws {
    let seconds = drivers.seconds(of: stimulus)
    if let own = file.annotations { try refuseExcess("annotations of \(stimulus)", own.section, samples: seconds) }
    if let own = file.responses {
      try refuseExcess(
        "responses of \(stimulus)", own.section,
        samples: simulatedSampleCount(seconds: seconds, repetitionTime: own.repetitionS))
    }
    if let own = file.synchrony {
      try refuseExcess(
        "synchrony of \(stimulus)", own.section, samples: simulatedSampleCount(seconds: seconds, rateHz: own.rateHz))
    }
  }

  private func refuseExcess(_ object: String, _ section: SimulationFile.Section, samples: Int) throws {
    let (people, targets) = (section.people, section.targets.count)
    guard people * targets > Self.mostNumbers / max(1, samples) else { return }
    throw EvokeError(
      .simulationSpec, object,
      reason: "\(people) people, \(targets) targets and \(samples) samples are more than \(Self.mostNumbers) numbers",
      remedy: "ask for fewer people or targets, or a lower rate; at most \(Self.mostNumbers) are made for a stimulus")
  }

  /// Writes the folder: all of it or nothing. Throws `E-SIM-005` where it is there already.
  package mutating func write(to folder: String) throws -> Outcome {
    guard !Files.exists(folder) else {
      throw EvokeError(
        .simulationExists, folder, reason: "the folder is there already",
        remedy: "remove it, or name another folder with -o")
    }
    let files = try Files.makeWhole(folder) { draft in
      var files: [String] = []
      if let sounds = file.sounds { files += try SimulateSounds(file, sounds).write(to: draft) }
      files += try writeAnnotations(draft) + writeResponses(draft) + writeSynchrony(draft) + writeParticipants(draft)
      files.append("truth.json")
      try Files.write(truthFile.json().canonical + "\n", to: draft + "/truth.json")
      return files
    }
    return Outcome(files: files, targetCount: Set(truth.map { [$0.kind.rawValue, $0.target, $0.region] }).count)
  }

  private var truthFile: SimulationTruth {
    SimulationTruth(
      schema: SimulationTruth.current, simulation: file.name, dataset: file.dataset, seed: file.seed,
      stimuli: file.stimuli.map { SimulationTruth.Stimulus(name: $0, seconds: drivers.seconds(of: $0)) },
      drivers: drivers.arrays.mapValues { arrays in
        arrays.map { SimulationTruth.DriverArray(array: $0.name, sha256: $0.sha256) }
      }, targets: truth,
      sounds: file.sounds.map {
        SimulationTruth.Sounds(
          rateHz: $0.rateHz,
          voiceDb: $0.voiceDB.count == 1 ? .number($0.voiceDB[0]) : .array($0.voiceDB.map { .number($0) }),
          simnet: $0.simnet)
      })
  }

  /// People of one cohort at one stimulus.
  private struct Part {
    let cohort: SimulatedCohort?
    let people: Range<Int>
  }

  /// Everybody, of the stimulus' cohort where stimuli are divided; both halves where subjects are.
  private func parts(_ section: SimulationFile.Section, _ stimulus: String) -> [Part] {
    let everybody = 0..<section.people
    switch file.cohorts {
    case nil: return [Part(cohort: nil, people: everybody)]
    case .stimulus:
      let isFirst = file.stimuli.prefix((file.stimuli.count + 1) / 2).contains(stimulus)
      return [Part(cohort: isFirst ? .a : .b, people: everybody)]
    case .subject:
      let half = (section.people + 1) / 2
      return [Part(cohort: .a, people: 0..<half), Part(cohort: .b, people: half..<section.people)]
    }
  }

  private func spec(_ section: SimulationFile.Section, _ stimulus: String, _ part: Part) -> SimulationSpec {
    var spec = SimulationSpec(
      subjects: part.people.count, seconds: drivers.seconds(of: stimulus),
      targets: section.targets.map {
        SimulatedTarget($0.name, driver: drivers.driver($0.source(in: part.cohort), stimulus))
      },
      signalShare: section.signalShare, lag: section.lagS)
    spec.drift = section.drift.map { SimulatedDrift(share: $0.share, seconds: $0.seconds, isShared: $0.isShared) }
    return spec
  }

  /// The streams of one kind of target: kinds share no number, weights are common to all stimuli, people of two cohorts
  /// are others.
  private func numbers(
    _ kind: SimulationTruth.Kind, _ stimulus: String, _ part: Part
  ) -> SimulationNumbers<RandomStream> {
    let streams = simulationStreams(seed: UInt64(file.seed), stimulus: "\(kind.rawValue)/\(stimulus)")
    return { purpose, person, item in
      streams(purpose, purpose.isPersonal ? person + part.people.lowerBound : person, item + kind.streamOffset)
    }
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
    guard let annotations = file.annotations else { return [] }
    let section = annotations.section
    try Files.makeDirectory(folder + "/annotations")
    let raters = (1...section.people).map { "rater_" + String(format: "%02d", $0) }
    var files: [String] = []
    for (index, target) in section.targets.enumerated() {
      var lines = (["stimulus", "time_s"] + raters).joined(separator: ",") + "\n"
      var planted: Planted = []
      for stimulus in file.stimuli {
        // Raters are never divided: one part holds all of them.
        let part = parts(section, stimulus)[0]
        let made = try simulateAnnotation(
          spec(section, stimulus, part), target: index, raters: section.people,
          delaySpread: annotations.delaySpreadS, numbers: numbers(.annotation, stimulus, part))
        for (second, time) in made.times.enumerated() {
          let values = made.raters.map { String(format: "%.6f", $0[second]) }
          lines += "\(stimulus),\(JSONValue.number(time).canonical)," + values.joined(separator: ",") + "\n"
        }
        planted.append((part.cohort, stimulus, made.truth))
      }
      files.append("annotations/\(target.name).csv")
      try Files.write(lines, to: "\(folder)/annotations/\(target.name).csv")
      record(planted, target, section, kind: .annotation, name: target.name)
    }
    return files
  }

  private mutating func writeResponses(_ folder: String) throws -> [String] {
    guard let responses = file.responses else { return [] }
    let (section, repetition) = (responses.section, responses.repetitionS)
    try Files.makeDirectory(folder + "/responses")
    var planted: [Planted] = section.targets.map { _ in [] }
    for stimulus in file.stimuli {
      let made = try parts(section, stimulus).map { part in
        let made = try simulateResponses(
          spec(section, stimulus, part), repetitionTime: repetition, numbers: numbers(.response, stimulus, part))
        for (i, truth) in made.truth.enumerated() { planted[i].append((part.cohort, stimulus, truth)) }
        return made
      }
      try writeHDF5("\(folder)/responses/\(stimulus).h5") { writer in
        try writer.dataset(
          "bold", made.flatMap { $0.subjects.flatMap { $0 } },
          shape: [section.people, made[0].sampleCount, made[0].regionCount])
        try describe(writer, "bold", rate: 1 / repetition, section)
      }
    }
    for (i, target) in section.targets.enumerated() {
      record(planted[i], target, section, kind: .response, name: "bold")
    }
    return file.stimuli.map { "responses/\($0).h5" }
  }

  private mutating func writeSynchrony(_ folder: String) throws -> [String] {
    guard let synchrony = file.synchrony else { return [] }
    let (section, rate) = (synchrony.section, synchrony.rateHz)
    try Files.makeDirectory(folder + "/synchrony")
    var planted: [Planted] = section.targets.map { _ in [] }
    for stimulus in file.stimuli {
      let made = try parts(section, stimulus).map { part in
        var spec = spec(section, stimulus, part)
        (spec.largestSynchrony, spec.synchronyGain) = (synchrony.largest, synchrony.gain)
        let made = try SimulatedTimeCourses(spec, rateHz: rate, numbers: numbers(.synchrony, stimulus, part))
        for (i, truth) in made.truth.enumerated() { planted[i].append((part.cohort, stimulus, truth)) }
        return made
      }
      try writeHDF5("\(folder)/synchrony/\(stimulus).h5") { writer in
        try writer.dataset("source", .float32, shape: [section.people, made[0].sampleCount, section.targets.count])
        for part in made {
          for subject in 0..<part.spec.subjects {
            try writer.append(rows: part.timeCourses(subject: subject), to: "source")
          }
        }
        try describe(writer, "source", rate: rate, section)
      }
    }
    for (i, target) in section.targets.enumerated() {
      record(planted[i], target, section, kind: .synchrony, name: "source")
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

  /// Which half of the subjects each one is in, for `import participants` and `group_by: group`.
  private func writeParticipants(_ folder: String) throws -> [String] {
    guard file.cohorts == .subject else { return [] }
    let count = [file.responses?.section, file.synchrony?.section].compactMap { $0?.people }.reduce(0, max)
    var lines = "participant_id,group\n"
    for (index, name) in Self.people(count).enumerated() {
      lines += "\(name),\((index < (count + 1) / 2 ? SimulatedCohort.a : .b).rawValue)\n"
    }
    try Files.write(lines, to: folder + "/participants.csv")
    return ["participants.csv"]
  }

  /// One truth per cohort.
  private mutating func record(
    _ planted: Planted, _ target: SimulationFile.Target, _ section: SimulationFile.Section,
    kind: SimulationTruth.Kind, name: String
  ) {
    func rounded(_ x: [Double]) -> [Double] { x.map { ($0 * 1e6).rounded() / 1e6 } }
    let region = kind == .annotation ? nil : target.name
    for cohort in [nil] + SimulatedCohort.allCases {
      let own = planted.filter { $0.cohort == cohort }
      guard let first = own.first?.truth else { continue }
      func ofEach<Value>(_ value: (PlantedTruth) -> Value) -> [String: Value] {
        Dictionary(own.map { ($0.stimulus, value($0.truth)) }, uniquingKeysWith: { a, _ in a })
      }
      let source = target.source(in: cohort)
      let (model, layer): (String?, String?) =
        switch source.driver {
        case .layer(let model, let key): (model, key)
        case .set(let set): (set, nil)
        case .nothing: (nil, nil)
        }
      let drift = section.drift.map {
        SimulationTruth.Drift(share: $0.share, seconds: $0.seconds, isShared: $0.isShared)
      }
      truth.append(
        SimulationTruth.Target(
          kind: kind, target: name, region: region, featureSet: model, layerKey: layer, lagS: first.lag,
          signalShare: first.signalShare, achievedShare: ofEach(\.achievedShare), element: source.element,
          cohort: cohort, drift: drift, weights: rounded(first.weights),
          signal: ofEach { rounded($0.signal) }, rho: ofEach { rounded($0.rho) }))
    }
  }
}
