import Diagnostics
import HDF5File
import Importing
import RecordingImport

/// What MNE-Python's HDF5 files hold of a recording: a dictionary with `data` [channel, time] (or [epoch, channel, time])
/// and `info`, as `h5io.write_hdf5` lays dictionaries out: `key_NAME` for entries, `idx_N` for elements of lists, texts as
/// UTF-8 bytes, the type's name in the attribute TITLE. Values are volts.
///
/// Source: h5io 0.2, *write_hdf5*; MNE-Python, *Info* (FIFF's kinds and units of channels).
struct MNERecording {
  let file: HDF5File
  /// `mnepython/` or `h5io/`.
  let root: String

  init?(_ file: HDF5File) throws {
    let found = try ["mnepython", "h5io"].first { title in
      try file.exists("\(title)/key_data") && file.exists("\(title)/key_info/key_sfreq")
        && file.attribute("TITLE", of: "/\(title)")?.text == "dict"
    }
    guard let found else { return nil }
    (self.file, root) = (file, found + "/")
  }

  /// One recording; one per epoch where the data have three axes.
  ///
  /// - Throws: `eegHeader`, `eegUnit`, HDF5's errors.
  func recordings(_ options: RecordingOptions) throws -> [DescribedRecording] {
    let info = try file.info(root + "key_data")
    guard info.type.isNumeric, (2...3).contains(info.shape.count) else {
      throw header("data holds \(info.type) of shape \(info.shape), numbers [channel, time] are needed")
    }
    guard let rate = try file.cell(root + "key_info/key_sfreq").number else { throw header("info.sfreq is no number") }
    let names = try texts("key_info/key_ch_names")
    let (channels, samples) = (info.shape[info.shape.count - 2], info.shape[info.shape.count - 1])
    guard names.count == channels else { throw header("\(names.count) names for \(channels) channels") }
    let (chosen, notes) = try voltages(names)
    let unit = try options.unit(otherwise: "V")
    let bads = file.exists(root + "key_info/key_bads") ? try texts("key_info/key_bads") : []
    let events = try events()
    let epochs = info.shape.count == 3 ? info.shape[0] : 1
    let (hdf5, path, rank) = (file, root + "key_data", info.shape.count)
    return (0..<epochs).map { epoch in
      var recording = DescribedRecording(
        place: rank == 2 ? file.path : "\(file.path) epoch \(epoch + 1)", rateHz: rate, sampleCount: samples,
        channelCount: chosen.count, labels: chosen.map { names[$0] }, units: unit.symbol
      ) { range in
        let all = try hdf5.floats(
          path, offset: (rank == 3 ? [epoch] : []) + [0, range.lowerBound],
          count: (rank == 3 ? [1] : []) + [channels, range.count])
        var values = [Float](repeating: 0, count: range.count * chosen.count)
        for (column, channel) in chosen.enumerated() {
          for time in 0..<range.count {
            values[time * chosen.count + column] = Float(Double(all[channel * range.count + time]) * unit.factor)
          }
        }
        return values
      }
      if rank == 3 { recording.fields["run"] = "epoch-\(epoch + 1)" }
      recording.badLabels = Set(bads.filter { name in chosen.contains { names[$0] == name } })
      if rank == 2 { recording.events = events }
      if epoch == 0 { recording.notes = notes }
      return recording
    }
  }

  private func header(_ reason: String) -> EvokeError {
    EvokeError(
      .eegHeader, file.path, reason: reason, remedy: "write dict(data=raw.get_data(), info=raw.info) with h5io again")
  }

  /// Channels whose unit is the volt and that are no triggers, by FIFF's numbers; all where the file gives no kinds.
  private func voltages(_ names: [String]) throws -> ([Int], [Diagnostic]) {
    guard file.exists(root + "key_info/key_chs/idx_0/key_kind") else { return (Array(names.indices), []) }
    let (stimulus, volt) = (3.0, 107.0)
    let chosen = try names.indices.filter { channel in
      let place = root + "key_info/key_chs/idx_\(channel)/"
      return try file.cell(place + "key_kind").number != stimulus && file.cell(place + "key_unit").number == volt
    }
    guard !chosen.isEmpty else {
      throw EvokeError(
        .eegUnit, file.path, reason: "none of its \(names.count) channels is a voltage",
        remedy: "pick the EEG channels before writing")
    }
    let others = names.indices.filter { !chosen.contains($0) }.map { names[$0] }
    let note = Diagnostic(
      .note, .eegChannelsLeftOut, file.path, reason: "no voltages: \(NearMiss.list(others))",
      remedy: "nothing; export them as features if they are needed")
    return (chosen, others.isEmpty ? [] : [note])
  }

  /// The entry `annotations`: dict(onset=..., duration=..., description=...), onsets counted from the first sample.
  private func events() throws -> [RecordingRecord.Event] {
    let place = "key_annotations/"
    guard file.exists(root + place + "key_onset") else { return [] }
    let onsets = try file.doubles(root + place + "key_onset")
    let durations = file.exists(root + place + "key_duration") ? try file.doubles(root + place + "key_duration") : []
    let names = try texts(place + "key_description")
    guard names.count == onsets.count, durations.isEmpty || durations.count == onsets.count else {
      throw header("\(onsets.count) onsets, \(durations.count) durations and \(names.count) descriptions")
    }
    return onsets.indices.map {
      RecordingRecord.Event(onsetS: onsets[$0], durationS: durations.isEmpty ? nil : durations[$0], name: names[$0])
    }
  }

  /// A list of texts.
  private func texts(_ entry: String) throws -> [String] {
    var found: [String] = []
    while file.exists("\(root)\(entry)/idx_\(found.count)") {
      let bytes = try file.integers("\(root)\(entry)/idx_\(found.count)").compactMap { UInt8(exactly: $0) }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw header("\(entry) element \(found.count) is no text")
      }
      found.append(text)
    }
    return found
  }
}
