import ContentIdentity
import Diagnostics
import Electrophysiology
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Which signal of which band a synchrony target compares.
package struct SignalChoice: Codable, Hashable, Sendable {
  package let signal: SynchronySignal
  package let band: FrequencyBand

  /// Whether recordings are compared as they are.
  var isPlain: Bool { signal == .source && band == .named(.broad) }

  /// The column `band`: the name, or `lo-hi`.
  package var bandName: String {
    switch band {
    case .named(let name): name.rawValue
    case .range(let low, let high): "\(JSONValue.number(low).canonical)-\(JSONValue.number(high).canonical)"
    }
  }

  /// In Hz; nil: everything.
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

  package init(_ spec: SynchronySpec) { (signal, band) = (spec.signal, spec.band) }

  func filter(rateHz: Double) throws(EvokeError) -> BandSignalFilter {
    try BandSignalFilter(signal, band: hertz, rateHz: rateHz)
  }

  func arrayName(of recording: String, unit: String) -> String {
    "\(recording)/\(signal.rawValue)-\(bandName)/\(unit.prefix(8))"
  }
}

/// Gives recordings the signal of a synchrony target: one unit for each recording and each phase of its bins.
struct SignalStage: RecordingStage {
  let choice: SignalChoice
  private(set) var units: [WorkUnit] = []
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
          error.code, "\(choice.signal.rawValue) of \(recording.arrayName)", reason: error.reason,
          remedy: error.remedy)
      }
      var result = recording
      let unit = unit(of: recording)
      if keys.insert(unit.key).inserted { units.append(unit) }
      result.source = .computed(unit.key)
      result.arrayName = choice.arrayName(of: recording.arrayName, unit: unit.key)
      result.signal = choice.signal.rawValue
      result.rateHz = rateHz
      // What is derived has a course of its own: an envelope drifts where its recording does not.
      result.longestPeriodS = nil
      result.blank = []
      return result
    }
  }

  private func unit(of recording: StudyRecording) -> WorkUnit {
    SignalStep().unit(
      SignalStep.Parameters(
        choice: choice, values: values(of: recording), recording: recording.arrayName, bad: recording.bad.sorted(),
        blank: recording.blank),
      inputs: [recording.input(role: "recording")],
      label: "\(choice.signal.rawValue) \(choice.bandName) of \(recording.subject)/\(recording.stimulus)")
  }

  /// Bins are whole seconds (tenths for envelopes) of the stimulus, wherever it lies in the recording.
  private func values(of recording: StudyRecording) -> SignalStep.Values {
    guard let bin = choice.signal.binSeconds else { return .samples }
    let shift = recording.showing.shiftS
    let phase = shift - (shift / bin).rounded(.down) * bin
    return .bins(phaseS: phase > bin - 1e-6 || phase < 1e-6 ? 0 : phase)
  }
}
