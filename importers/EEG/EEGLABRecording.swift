import Containers
import Diagnostics
import Foundation
import HDF5File
import Importing
import RecordingFiles
import RecordingImport

/// A `.set` file of EEGLAB, with the samples inside or beside it as float32: in a `.fdt` file time after time (channels
/// fastest), in the older `.dat` channel after channel. Samples are microvolts unless told.
///
/// Source: EEGLAB, *pop_saveset* and *eeg_checkset*; MathWorks, MAT-File 7.3.
struct EEGLABRecording {
  let eeg: any EEGLABStruct
  /// Takes the samples that are both declared and there, where the two differ.
  let allowShort: Bool

  /// One recording; one per epoch where the file is epoched.
  ///
  /// - Throws: `eegHeader`, `eegTruncated`, `eegDataFile`, HDF5's errors.
  func recordings(_ options: RecordingOptions) throws -> [DescribedRecording] {
    let unit = try options.unit(otherwise: "uV")
    let assumed = options.microvoltsAssumed(eeg.path, as: "EEGLAB")
    let channels = try whole("nbchan")
    let samples = try whole("pnts")
    let epochs = eeg.has("trials") ? try whole("trials") : 1
    let rate = try number("srate")
    guard channels > 0, samples > 0, epochs > 0, rate > 0, rate.isFinite else {
      throw header("\(channels) channels, \(samples) samples, \(epochs) epochs at \(rate) Hz")
    }
    let names = try labels()
    let (events, eventNotes) = try events(rate)
    let layout = Layout(channels: channels, samples: samples, epochs: epochs)
    let (read, others, notes, readable) = try reader(layout, factor: unit.factor)
    let warnings = [assumed].compactMap(\.self) + notes + eventNotes + (epochs == 1 ? boundaries(events) : [])
    return try (0..<epochs).map { epoch in
      var recording = DescribedRecording(
        place: epochs == 1 ? eeg.path : "\(eeg.path) epoch \(epoch + 1)", rateHz: rate, sampleCount: readable,
        channelCount: channels, labels: names, units: unit.symbol
      ) { try read(epoch, $0) }
      if epochs > 1 { recording.fields["run"] = "epoch-\(epoch + 1)" }
      let startS = Double(epoch * samples) / rate
      recording.events = events.compactMap { event in
        let onset = event.onsetS - startS
        // In one long recording events outside are kept for the warning.
        guard epochs == 1 || (onset >= 0 && onset < Double(samples) / rate) else { return nil }
        return RecordingRecord.Event(onsetS: onset, durationS: event.durationS, name: event.name)
      }
      recording.unitIsAssumed = assumed != nil
      recording.files = others
      recording.notes = epoch == 0 ? warnings : []
      try state(rate, &recording)
      return recording
    }
  }

  /// Enters the times of the first and last sample, of each epoch where there are several.
  private func state(_ rate: Double, _ recording: inout DescribedRecording) throws {
    let bounds = try ["xmin", "xmax"].map { eeg.has($0) ? try eeg.cell($0).number : nil }
    guard let first = bounds[0], let last = bounds[1], first.isFinite, last.isFinite, last >= first else { return }
    recording.clock.state(
      "first sample", first, "s", by: .header, of: recording.place, overruledBy: first == 0 ? nil : .assumed)
    recording.lengths.append(
      ClockStatement(
        source: .header, object: recording.place, statement: "length", value: last - first + 1 / rate, unit: "s"))
  }

  /// Where EEGLAB cut something out it leaves an event, and later samples are earlier than they were.
  private func boundaries(_ events: [RecordingRecord.Event]) -> [Diagnostic] {
    let cuts = events.filter { $0.name == "boundary" }
    guard let first = cuts.first else { return [] }
    return [
      Diagnostic(
        .warning, .eegDiscontinuous, eeg.path,
        reason: "\(cuts.count) boundary events: data were cut out, first at \(SeriesTable.short(first.onsetS)) s",
        remedy: "import the recording before cutting, or check that presentations do not span a boundary")
    ]
  }

  private func header(_ reason: String) -> EvokeError {
    EvokeError(.eegHeader, eeg.path, reason: reason, remedy: "save the dataset again with pop_saveset")
  }

  private func number(_ field: String) throws -> Double {
    guard let value = try eeg.cell(field).number else { throw header("EEG.\(field) is not one number") }
    return value
  }

  private func whole(_ field: String) throws -> Int {
    let value = try number(field)
    guard let whole = Int(exactly: value), abs(whole) < 1 << 40 else {
      throw header("EEG.\(field) is \(value)")
    }
    return whole
  }

  /// nil where the dataset has no channel locations.
  private func labels() throws -> [String]? {
    guard eeg.has("chanlocs/labels") else { return nil }
    return try eeg.cells("chanlocs/labels").map { OptionText.trim(Self.text($0)) }
  }

  private static func text(_ cell: HDF5Cell) -> String {
    if let text = cell.text { return text }
    guard let number = cell.number else { return "" }
    return Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  /// Latencies count samples from 1; an event without one, and events without types, are left out with a word.
  private func events(_ rate: Double) throws -> ([RecordingRecord.Event], [Diagnostic]) {
    guard eeg.has("event/latency") else { return ([], []) }
    let latencies = try eeg.cells("event/latency")
    guard eeg.has("event/type") else {
      let note = Diagnostic(
        .warning, .eventNotPlaced, eeg.path, reason: "its \(latencies.count) events have no type, so no name",
        remedy: "give --events TABLE, or save the dataset with EEG.event.type")
      return ([], [note])
    }
    let types = try eeg.cells("event/type")
    let durations = eeg.has("event/duration") ? try eeg.cells("event/duration") : []
    guard types.count == latencies.count else {
      throw header("\(latencies.count) latencies of \(types.count) events")
    }
    let events = latencies.indices.compactMap { index -> RecordingRecord.Event? in
      guard let latency = latencies[index].number, latency.isFinite else { return nil }
      let length = index < durations.count ? durations[index].number : nil
      return RecordingRecord.Event(
        onsetS: (latency - 1) / rate, durationS: length.flatMap { $0.isFinite ? $0 / rate : nil },
        name: Self.text(types[index]))
    }
    guard events.count < latencies.count else { return (events, []) }
    let note = Diagnostic(
      .warning, .eventNotPlaced, eeg.path,
      reason: "\(latencies.count - events.count) of its \(latencies.count) events have no latency",
      remedy: "they are left out; give EEG.event.latency if it is known")
    return (events, [note])
  }

  private typealias Reader = @Sendable (_ epoch: Int, _ samples: Range<Int>) throws -> [Float]

  /// Numbers of channels, samples of an epoch, and epochs.
  private struct Layout {
    let channels: Int
    let samples: Int
    let epochs: Int
  }

  /// How samples are read, the files they are in, what is to be said of them, and how many of an epoch are there.
  private typealias Samples = (read: Reader, files: [String], notes: [Diagnostic], readable: Int)

  private func reader(_ layout: Layout, factor: Double) throws -> Samples {
    let (channels, samples, epochs) = (layout.channels, layout.samples, layout.epochs)
    switch try eeg.samples() {
    case .file(let name): return try external(name, layout, factor: factor)
    case .other(let what): throw header("EEG.data holds \(what)")
    case .inside(let shape, let read):
      let expected = epochs == 1 ? [samples, channels] : [epochs, samples, channels]
      guard shape == expected else {
        throw header("EEG.data has the shape \(shape), nbchan, pnts and trials say \(expected)")
      }
      return (
        { epoch, range in
          let lead = epochs == 1 ? [] : [epoch]
          let values = try read(lead + [range.lowerBound, 0], lead.map { _ in 1 } + [range.count, channels])
          return values.map { Float(Double($0) * factor) }
        }, [], [], samples
      )
    }
  }

  private func external(_ name: String, _ layout: Layout, factor: Double) throws -> Samples {
    let (channels, samples, epochs) = (layout.channels, layout.samples, layout.epochs)
    var (path, notes) = try dataFile(name)
    let all = (4 * epochs).multiplied(by: channels).multiplied(by: samples)
    guard all < .max else { throw header("\(channels) x \(samples) x \(epochs) samples") }
    let data = try SampleFile(reading: path)
    let isChannelwise = path.lowercased().hasSuffix(".dat")
    let extent = DeclaredExtent("EEGLAB", presentBytes: data.bytes, declaredBytes: all)
    let accepted = try extent.refuse(
      path, unit: 1,
      "\(data.bytes) bytes, but \(channels) channels x \(samples) samples x \(epochs) epochs make \(all)",
      short: .eegTruncated, long: .eegHeader, unlessAccepted: allowShort,
      isAcceptable: extent.missingBytes == 0 || epochs == 1 && !isChannelwise)
    if let accepted { notes.append(EDFRecording.accepted(path, accepted)) }
    let readable = min(samples, data.bytes / (4 * channels * epochs))
    guard !isChannelwise else {
      return ({ try Self.channelwise(data, layout, factor, epoch: $0, $1) }, [path], notes, readable)
    }
    return (
      { epoch, range in
        try data.floats(
          .float32, from: 4 * channels * (epoch * samples + range.lowerBound), count: channels * range.count,
          scales: [factor])
      }, [path], notes, readable
    )
  }

  /// Samples of a `.dat`, in which each channel has all epochs in one piece.
  private static func channelwise(
    _ data: SampleFile, _ layout: Layout, _ factor: Double, epoch: Int, _ range: Range<Int>
  ) throws -> [Float] {
    let perChannel = layout.samples * layout.epochs
    var out = [Float](repeating: 0, count: range.count * layout.channels)
    for channel in 0..<layout.channels {
      let from = channel * perChannel + epoch * layout.samples + range.lowerBound
      let values = try data.floats(.float32, from: 4 * from, count: range.count, scales: [factor])
      for (time, value) in values.enumerated() { out[time * layout.channels + channel] = value }
    }
    return out
  }

  /// The file the struct names, in the folder of the `.set`; else the one of the `.set`'s own name, as EEGLAB does after
  /// a renaming, with a warning.
  private func dataFile(_ name: String) throws -> (String, [Diagnostic]) {
    let folder = URL(fileURLWithPath: eeg.path).deletingLastPathComponent()
    let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? name
    let named = folder.appendingPathComponent(last).path
    if FileManager.default.fileExists(atPath: named) { return (named, []) }
    let candidates = ["fdt", "dat"].map { folder.appendingPathComponent("\(SourceFile.stem(eeg.path)).\($0)").path }
    guard let own = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw EvokeError(
        .eegDataFile, eeg.path, reason: "it names \(last), which is not in its folder",
        remedy: "put \(last) beside it")
    }
    let note = Diagnostic(
      .warning, .eegDataFile, eeg.path,
      reason: "it names \(last), which is not in its folder; \(URL(fileURLWithPath: own).lastPathComponent) is taken",
      remedy: "check that both were renamed together")
    return (own, [note])
  }
}
