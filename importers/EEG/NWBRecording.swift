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
    let rate = try rate(series, samples)
    let scales = try scales(series, channels, unit.factor)
    let offset = try number("offset", of: path, otherwise: 0) * unit.factor
    guard offset.isFinite else { throw header(path, "the offset is \(offset)") }
    let (hdf5, rank) = (file, info.shape.count)
    var recording = DescribedRecording(
      place: "\(file.path):\(path)", rateHz: rate, sampleCount: samples, channelCount: channels,
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
    return recording
  }

  private func header(_ object: String, _ reason: String) -> EvokeError {
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

  private func rate(_ series: String, _ samples: Int) throws -> Double {
    if file.exists(series + "/starting_time") {
      guard let rate = try file.attribute("rate", of: series + "/starting_time")?.number, rate > 0, rate.isFinite else {
        throw header(series + "/starting_time", "it has no positive rate")
      }
      return rate
    }
    guard file.exists(series + "/timestamps") else {
      throw EvokeError(
        .rateMissing, "\(file.path):\(series)", reason: "neither starting_time nor timestamps stand there",
        remedy: "give --data \(series)/data --axes time,channel --rate-hz HZ")
    }
    let times = try file.doubles(series + "/timestamps")
    guard times.count == samples else {
      throw header(series + "/timestamps", "\(times.count) timestamps for \(samples) samples")
    }
    guard let rate = SeriesTable.rate(times) else {
      let steps = zip(times.dropFirst(), times).map { $0 - $1 }
      let median = steps.sorted()[max(0, steps.count / 2)]
      let gap = steps.firstIndex { $0 > 1.5 * median }
      throw EvokeError(
        .eegDiscontinuous, "\(file.path):\(series)/timestamps",
        reason: gap.map { "\(steps[$0]) s pass after \(times[$0]) s, usually \(median) s" }
          ?? "the times are not evenly spaced",
        remedy: "cut the file at its gaps, or resample it to an even rate")
    }
    return rate
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
