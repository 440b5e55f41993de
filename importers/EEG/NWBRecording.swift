import Diagnostics
import HDF5File
import Importing
import RecordingImport

/// The electrical series of a file of Neurodata Without Borders (NWB 2).
///
/// volts = data * channel_conversion * conversion + offset; time from `starting_time` and its rate, or even
/// `timestamps`. Names are `label`, else `channel_name`, else `id` of the electrodes the series points at.
///
/// Source: NWB schema 2, *ElectricalSeries*, *TimeSeries*, *ElectrodeTable*.
struct NWBRecording {
  let file: HDF5File
  private static let table = "general/extracellular_ephys/electrodes"

  init?(_ file: HDF5File) throws {
    guard try file.attribute("nwb_version") != nil else { return nil }
    self.file = file
  }

  /// The series `--data` names, else the only one.
  ///
  /// - Throws: `dataAmbiguous`, `datasetMissing`, `eegHeader`, `eegUnit`, `rateMissing`, HDF5's errors.
  func recordings(_ options: RecordingOptions) throws -> [DescribedRecording] {
    let all = try file.tree().compactMap { item -> String? in
      guard case .group(let path) = item, path.hasPrefix("/acquisition/") || path.hasPrefix("/processing/"),
        try file.attribute("neurodata_type", of: path)?.text == "ElectricalSeries"
      else { return nil }
      return String(path.dropFirst())
    }
    if let wanted = options.array.data {
      let path = wanted.split(separator: "/").joined(separator: "/")
      let series = path.hasSuffix("/data") ? String(path.dropLast(5)) : path
      guard all.contains(series) else {
        throw EvokeError(
          .datasetMissing, "\(file.path):\(wanted)", reason: "the file's electrical series: \(NearMiss.list(all))",
          remedy: NearMiss.suggestion(series, in: all))
      }
      return [try recording(series, options)]
    }
    guard all.count == 1 else {
      throw EvokeError(
        .dataAmbiguous, file.path, reason: "it holds \(all.count) electrical series: \(NearMiss.list(all))",
        remedy: all.isEmpty ? "give --data PATH and --axes for another array" : "give --data PATH")
    }
    return [try recording(all[0], options)]
  }

  private func recording(_ series: String, _ options: RecordingOptions) throws -> DescribedRecording {
    let path = series + "/data"
    let info = try file.info(path)
    guard info.type.isNumeric, (1...2).contains(info.shape.count) else {
      throw header(path, "it holds \(info.type) of shape \(info.shape), numbers [time, channel] are needed")
    }
    let (samples, channels) = (info.shape[0], info.shape.count == 2 ? info.shape[1] : 1)
    guard channels <= samples else {
      throw EvokeError(
        .axisOrder, "\(file.path):\(path)", reason: "\(channels) channels but only \(samples) samples",
        remedy: "NWB keeps [time, channel]: give --data \(path) --axes channel,time --rate-hz HZ --units UNIT")
    }
    let unit = try unit(path, options)
    let clock = try Clock(self, series, samples, options.trust)
    let scales = try scales(series, channels, unit.factor)
    let offset = try number("offset", of: path, otherwise: 0) * unit.factor
    guard offset.isFinite else { throw header(path, "the offset is \(offset)") }
    let (hdf5, rank) = (file, info.shape.count)
    var recording = DescribedRecording(
      place: "\(file.path):\(path)", rateHz: clock.rateHz, sampleCount: samples, channelCount: channels,
      labels: try labels(series, channels), units: unit.symbol
    ) { range in
      var values = try hdf5.floats(
        path, offset: [range.lowerBound, 0].prefix(rank).map { $0 },
        count: [range.count, channels].prefix(rank).map { $0 })
      var channel = 0
      for index in values.indices {
        values[index] = Float(Double(values[index]) * scales[channel] + offset)
        channel = channel + 1 == channels ? 0 : channel + 1
      }
      return values
    }
    recording.signal = series.split(separator: "/").last.map(String.init) ?? "eeg"
    recording.clock = clock.ledger
    recording.notes = clock.notes
    return recording
  }

  fileprivate func header(_ object: String, _ reason: String) -> EvokeError {
    EvokeError(.eegHeader, "\(file.path):\(object)", reason: reason, remedy: "check the file with `nwbinspector`")
  }

  /// An attribute with what NWB means where a file leaves it out.
  private func number(_ name: String, of path: String, otherwise standard: Double) throws -> Double {
    guard let attribute = try file.attribute(name, of: path) else { return standard }
    guard let number = attribute.number else { throw header(path, "its \(name) is not one number") }
    return number
  }

  private func unit(_ path: String, _ options: RecordingOptions) throws -> StoredUnit {
    if options.units != nil { return try options.unit(otherwise: "V") }
    let text = try file.attribute("unit", of: path)?.text
    guard let text, let unit = StoredUnit(text), unit.isElectric else {
      throw EvokeError(
        .eegUnit, "\(file.path):\(path)", reason: "its unit is \(text.map { $0.debugDescription } ?? "not given")",
        remedy: "give --units, the unit after data * conversion + offset")
    }
    return unit
  }

  private func scales(_ series: String, _ channels: Int, _ factor: Double) throws -> [Double] {
    let path = series + "/data"
    let conversion = try number("conversion", of: path, otherwise: 1)
    var own = [Double](repeating: 1, count: channels)
    if file.exists(series + "/channel_conversion") {
      own = try file.doubles(series + "/channel_conversion")
      guard own.count == channels else {
        throw header(series + "/channel_conversion", "\(own.count) factors for \(channels) channels")
      }
    }
    let scales = own.map { $0 * conversion * factor }
    guard scales.allSatisfy({ $0.isFinite && $0 != 0 }) else {
      throw header(path, "a conversion factor is 0 or no number")
    }
    return scales
  }

  /// The rows of the electrode table that the series points at; nil without a table.
  private func labels(_ series: String, _ channels: Int) throws -> [String]? {
    guard file.exists(Self.table) else { return nil }
    var names: [String]?
    for column in ["label", "channel_name", "electrode_name"]
    where names == nil && file.exists("\(Self.table)/\(column)") {
      if case .string = try file.info("\(Self.table)/\(column)").type {
        names = try file.strings("\(Self.table)/\(column)").map { OptionText.trim($0) }
      }
    }
    if names == nil, file.exists("\(Self.table)/id") {
      names = try file.integers("\(Self.table)/id").map { "electrode-\($0)" }
    }
    guard let names, file.exists(series + "/electrodes") else { return nil }
    let rows = try file.integers(series + "/electrodes")
    guard rows.count == channels else {
      throw EvokeError(
        .eegChannelNames, "\(file.path):\(series)/electrodes",
        reason: "\(rows.count) electrodes for \(channels) channels",
        remedy: "give --labels, or restore the file")
    }
    return try rows.map { row in
      guard let index = Int(exactly: row), names.indices.contains(index) else {
        throw EvokeError(
          .eegChannelNames, "\(file.path):\(series)/electrodes",
          reason: "row \(row) of an electrode table of \(names.count)", remedy: "restore the file")
      }
      return names[index]
    }
  }
}

/// What a series says about time: `starting_time` and its rate, or `timestamps`, or both.
private struct Clock {
  var rateHz: Double
  var ledger = ClockLedger()
  var notes: [Diagnostic] = []

  /// - Throws: `rateMissing`, `eegHeader`, `eegDiscontinuous`, `clocksDisagree`, HDF5's errors.
  init(_ recording: NWBRecording, _ series: String, _ samples: Int, _ trust: ClockSource?) throws {
    let file = recording.file
    let place = "\(file.path):\(series)"
    let starting = try Self.starting(recording, series)
    let times = file.exists(series + "/timestamps") ? try file.doubles(series + "/timestamps") : nil
    if let times, times.count != samples {
      throw recording.header(series + "/timestamps", "\(times.count) timestamps for \(samples) samples")
    }
    guard starting != nil || times != nil else {
      throw EvokeError(
        .rateMissing, place, reason: "neither starting_time nor timestamps stand there",
        remedy: "give --data \(series)/data --axes time,channel --rate-hz HZ")
    }
    let stamped = times.flatMap(SeriesTable.rate)
    guard let rate = starting?.rateHz ?? stamped else { throw Self.uneven(times ?? [], place) }
    rateHz = rate
    try weigh(starting, times, stamped, trust: trust, place)
    let startS = starting?.startS ?? times?.first
    guard let startS, startS != 0 else { return }
    notes.append(.clockOffset(place, startS, starting == nil ? "first timestamp" : "starting_time"))
  }

  private static func starting(
    _ recording: NWBRecording, _ series: String
  ) throws -> (startS: Double?, rateHz: Double)? {
    let path = series + "/starting_time"
    guard recording.file.exists(path) else { return nil }
    guard let rate = try recording.file.attribute("rate", of: path)?.number, rate > 0, rate.isFinite else {
      throw recording.header(path, "it has no positive rate")
    }
    let value = try recording.file.doubles(path)
    return (value.first.flatMap { $0.isFinite ? $0 : nil }, rate)
  }

  private static func uneven(_ times: [Double], _ place: String) -> EvokeError {
    let steps = zip(times.dropFirst(), times).map { $0 - $1 }
    let median = steps.isEmpty ? 0 : steps.sorted()[steps.count / 2]
    let gap = steps.firstIndex { $0 > 1.5 * median }
    func text(_ seconds: Double) -> String { SeriesTable.short((seconds * 1e6).rounded() / 1e6) }
    return EvokeError(
      .eegDiscontinuous, "\(place)/timestamps",
      reason: gap.map { "\(text(steps[$0])) s pass after \(text(times[$0])) s, usually \(text(median)) s" }
        ?? "the times are not evenly spaced",
      remedy: "cut the file at its gaps, or resample it to an even rate")
  }

  /// Enters all of it; where both are there they must say the same, unless the header is trusted.
  private mutating func weigh(
    _ starting: (startS: Double?, rateHz: Double)?, _ times: [Double]?, _ stamped: Double?,
    trust: ClockSource?, _ place: String
  ) throws {
    let isBoth = starting != nil && times != nil
    let agree = stamped.map { abs($0 - rateHz) <= 1e-3 * rateHz } ?? (times == nil)
    let other: ClockSource? = isBoth && !agree ? .header : nil
    if let startS = starting?.startS {
      ledger.state(
        "starting time", startS, "s", by: .header, of: place, overruledBy: startS == 0 ? nil : .assumed)
    }
    if let first = times?.first {
      let differs = starting?.startS.map { abs($0 - first) > 1 / rateHz } ?? false
      ledger.state(
        "first stamp", first, "s", by: .stamps, of: place, overruledBy: first == 0 ? nil : .assumed,
        finding: differs ? .clocksDisagree : nil)
      if differs, let startS = starting?.startS {
        notes.append(
          Diagnostic(
            .warning, .clocksDisagree, place,
            reason: "its starting_time is \(SeriesTable.short(startS)) s, its first timestamp "
              + "\(SeriesTable.short(first)) s",
            remedy: "nothing, if onsets count from the first sample; else correct the one that is wrong"))
      }
    }
    if let stamped {
      ledger.state(
        "rate of stamps", stamped, "Hz", by: .stamps, of: place, overruledBy: other,
        finding: other == nil ? nil : .clocksDisagree)
    }
    guard isBoth, !agree else { return }
    let reason =
      "its starting_time says \(rateHz) Hz, its timestamps \(stamped.map { "\($0) Hz" } ?? "are not evenly spaced")"
    guard trust == .header else {
      throw EvokeError(
        .clocksDisagree, place, reason: reason,
        remedy: "correct the one that is wrong, or give --trust header if the timestamps are")
    }
    notes.append(
      Diagnostic(.warning, .clocksDisagree, place, reason: reason, remedy: "the rate of starting_time counts"))
  }
}
