import Diagnostics
import Importing
import MATLABFile

/// MATLAB 5 files with one array [channel, time] per clip, as SEED has them: `djc_eeg1` ... `djc_eeg15`, microvolts at
/// 200 Hz. Clips are stimuli named by their number; `--data` is a template of variable names, `--rename stimulus=FILE`
/// names the clips and `--labels` the channels, which stand in another file.
///
/// Source: SEED and SEED-IV, *Preprocessed_EEG*.
struct SEEDRecording {
  /// SEED and SEED-IV.
  private static let rateHz = 200.0
  let file: MATLABFile

  /// Variables `--data` or the layout names; nil where the file holds none of that layout.
  func recordings(_ options: RecordingOptions) throws -> [DescribedRecording] {
    let found = try variables(options.array.data)
    let unit = try RecordingFormat.unit(options, otherwise: "uV")
    return try found.map { variable, fields in
      guard variable.kind.isNumeric, !variable.isComplex, !variable.isSparse, variable.dims.count == 2 else {
        throw EvokeError(
          .matlabType, "\(file.path):\(variable.name)",
          reason: "it is \(variable.kind.rawValue) of \(variable.dims), a matrix [channel, time] is needed",
          remedy: "narrow --data")
      }
      let (channels, samples) = (variable.dims[0], variable.dims[1])
      guard channels < samples || options.array.axes != nil else {
        throw EvokeError(
          .axisOrder, "\(file.path):\(variable.name)", reason: "\(channels) channels but only \(samples) samples",
          remedy: "transpose it: clips are [channel, time]")
      }
      let (matlab, name) = (file, variable.name)
      var recording = DescribedRecording(
        place: "\(file.path):\(name)", rateHz: options.array.rateHz ?? Self.rateHz, sampleCount: samples,
        channelCount: channels, labels: nil, units: unit.symbol
      ) { range in
        // Column-major [channel, time] is [time, channel] as it stands.
        let values = try matlab.numbers(name).real
        return values[range.lowerBound * channels..<range.upperBound * channels].map { Float($0 * unit.factor) }
      }
      recording.fields = fields
      if options.array.rateHz == nil {
        recording.notes = [
          Diagnostic(
            .note, .eegRateAssumed, recording.place, reason: "taken to be 200 Hz, as SEED is",
            remedy: "give --rate-hz if it is another")
        ]
      }
      return recording
    }
  }

  private func variables(_ data: String?) throws -> [(MATLABVariable, [String: String])] {
    let found: [(MATLABVariable, [String: String])]
    if let data {
      let template = try PathTemplate(data)
      found = file.variables.compactMap { variable in template.match(variable.name).map { (variable, $0) } }
    } else {
      found = file.variables.compactMap { variable in
        variable.name.wholeMatch(of: /.+_eeg([0-9]+)/).map { (variable, ["stimulus": String($0.1)]) }
      }
    }
    guard !found.isEmpty else {
      throw EvokeError(
        .templateNoMatch, file.path, reason: "its variables are: \(NearMiss.list(file.names))",
        remedy: "give --data as a template of their names, such as '*_eeg{stimulus}'")
    }
    return found
  }
}
