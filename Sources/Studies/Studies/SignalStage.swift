import ContentIdentity
import Diagnostics
import Electrophysiology
import Plans
import Vocabulary
import Warehouse

/// Which signal of which band a synchrony target compares.
struct SignalChoice: Hashable {
  let asked: SynchronySignal
  let band: FrequencyBand

  /// Whether recordings are compared as they are.
  var isPlain: Bool { asked == .source && band == .named(.broad) }

  /// The column `band`: the name, or `lo-hi`.
  var bandName: String {
    switch band {
    case .named(let name): name.rawValue
    case .range(let low, let high): "\(JSONValue.number(low).canonical)-\(JSONValue.number(high).canonical)"
    }
  }

  /// In Hz; nil: everything (SCIENCE 10.1).
  var hertz: (low: Double, high: Double)? {
    switch band {
    case .named(.broad): nil
    case .named(.delta): (1, 4)
    case .named(.theta): (4, 8)
    case .named(.alpha): (8, 14)
    case .named(.beta): (14, 31)
    case .named(.gamma): (31, 50)
    case .range(let low, let high): (low, high)
    }
  }

  init(_ spec: SynchronySpec) { (asked, band) = (spec.signal, spec.band) }

  init(_ json: JSONValue) {
    asked = SynchronySignal(rawValue: json["signal"]?.stringValue ?? "") ?? .source
    if let pair = json["band"]?.arrayValue?.compactMap(\.doubleValue), pair.count == 2 {
      band = .range(lowHz: pair[0], highHz: pair[1])
    } else {
      band = .named(BandName(rawValue: json["band"]?.stringValue ?? "") ?? .broad)
    }
  }

  var json: JSONValue {
    let band: JSONValue =
      switch band {
      case .named(let name): .string(name.rawValue)
      case .range(let low, let high): [.number(low), .number(high)]
      }
    return ["signal": .string(asked.rawValue), "band": band]
  }

  func filter(rateHz: Double) throws(EvokeError) -> BandSignalFilter {
    try BandSignalFilter(asked, band: hertz, rateHz: rateHz)
  }

  func arrayName(of recording: String, unit: String) -> String {
    "\(recording)/\(asked.rawValue)-\(bandName)/\(unit.prefix(8))"
  }
}

/// Gives recordings the signal of a synchrony target: one unit for each recording and each phase of its bins.
struct SignalStage: RecordingStage {
  let choice: SignalChoice
  private(set) var units: [Unit] = []
  private var keys: Set<String> = []

  init(_ choice: SignalChoice) { self.choice = choice }

  mutating func apply(_ recordings: [StudyRecording]) throws -> [StudyRecording] {
    guard !choice.isPlain else { return recordings }
    return try recordings.map { recording in
      let rateHz: Double
      do throws(EvokeError) {
        rateHz = try choice.filter(rateHz: recording.rateHz).outputRateHz
      } catch {
        throw EvokeError(
          error.code, "\(choice.asked.rawValue) of \(recording.arrayName)", reason: error.reason, remedy: error.remedy)
      }
      var result = recording
      let unit = unit(of: recording)
      if keys.insert(unit.key).inserted { units.append(unit) }
      result.source = .computed(unit.key)
      result.arrayName = choice.arrayName(of: recording.arrayName, unit: unit.key)
      result.signal = choice.asked.rawValue
      result.rateHz = rateHz
      result.blank = []
      return result
    }
  }

  private func unit(of recording: StudyRecording) -> Unit {
    // Bins are whole seconds (tenths for envelopes) of the stimulus, wherever it lies in the recording.
    let shift = recording.showing.shiftS
    let bin = choice.asked.binSeconds ?? 1
    var phase = choice.asked.binSeconds == nil ? 0 : shift - (shift / bin).rounded(.down) * bin
    if phase > bin - 1e-6 || phase < 1e-6 { phase = 0 }
    var parameters = choice.json.objectValue ?? [:]
    parameters["array"] = .string(recording.arrayName)
    parameters["phase_s"] = .number(phase)
    parameters["bad"] = .array(recording.bad.sorted().map { .string($0) })
    parameters["blank"] = .array(recording.blank.map(\.json))
    return Unit(
      step: "signal", version: Steps.version(of: "signal"), parameters: .object(parameters),
      inputs: [recording.input(role: "recording")],
      label: "\(choice.asked.rawValue) \(choice.bandName) of \(recording.subject)/\(recording.stimulus)")
  }
}
