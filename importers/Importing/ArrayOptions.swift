import ArgumentParser
import Diagnostics
import HDF5File
import LabelledArrays

/// The options of the generic array mapping, as typed.
package struct ArrayOptions: VerbOptions {
  @Option(help: "Path inside the file; {subject} {session} {run} {stimulus} {channel} and * are templates.")
  package var data: String?
  @Option(help: "Axis names in file order: time,channel ...") package var axes: String?
  @Option(help: "Samples per second.") package var rateHz: Double?
  @Option(name: .customLong("tr-s"), help: "Repetition time in seconds, instead of --rate-hz.")
  package var trS: Double?
  /// `NAME` or `PATH@NAME`; names such as TR and tr_s hold the rate's inverse.
  @Option(help: "Attribute or one-number dataset that holds the rate.") package var rateAttr: String?
  /// `PATH`, `PATH@ATTRIBUTE`, a text file or a list, optionally as `AXIS=...`.
  @Option(help: "Labels of an axis: PATH, FILE or list, as AXIS=...; repeatable.") package var labels: [String] = []
  @Option(help: "AXIS=FILE: a table of codes and names; repeatable.") package var rename: [String] = []

  package init() {}

  /// The named axes, checked against the rank of a dataset.
  ///
  /// - Throws: `axesMissing`, `axisName`, `axisCount`.
  func axisNames(_ file: ArrayFile, _ dataset: String, shape: [Int], allowed: [String]) throws -> [String] {
    guard let axes else {
      if shape.count == 1 { return ["time"] }
      if let names = try scaleNames(file, dataset, allowed) { return names }
      if let names = Self.seriesNames(shape, allowed) { return names }
      throw EvokeError(
        .axesMissing, file.object(dataset), reason: "its shape is \(shape)",
        remedy: "give --axes with \(shape.count) of \(allowed.joined(separator: ", ")), in this order")
    }
    let names = OptionText.list(axes)
    if names == ["time"], let series = Self.seriesNames(shape, allowed) { return series }
    for name in names where !allowed.contains(name) {
      throw EvokeError(
        .axisName, "--axes \(axes)", reason: "\(name.debugDescription) is no axis here",
        remedy: NearMiss.suggestion(name, in: allowed))
    }
    guard Set(names).count == names.count else {
      throw EvokeError(.axisName, "--axes \(axes)", reason: "an axis is named twice", remedy: "name each axis once")
    }
    guard names.count == shape.count else {
      throw EvokeError(
        .axisCount, file.object(dataset),
        reason: "its shape \(shape) has \(shape.count) axes, --axes names \(names.count)",
        remedy: "name all \(shape.count) axes in file order")
    }
    guard names.contains("time") else {
      throw EvokeError(.axisName, "--axes \(axes)", reason: "no axis is time", remedy: "name the time axis")
    }
    return names
  }

  /// Axes of a row or a column, which is how MATLAB keeps a series; nil for other shapes.
  private static func seriesNames(_ shape: [Int], _ allowed: [String]) -> [String]? {
    guard allowed.contains("feature"), shape.count == 2, let single = shape.firstIndex(of: 1), shape[1 - single] > 1
    else { return nil }
    return single == 0 ? ["feature", "time"] : ["time", "feature"]
  }

  /// Axis names from attached dimension scales: the word before the unit in `time_s`.
  private func scaleNames(_ file: ArrayFile, _ dataset: String, _ allowed: [String]) throws -> [String]? {
    guard case .hdf5(let hdf5) = file else { return nil }
    let names = try hdf5.scales(of: dataset).map { path -> String? in
      let last = path?.split(separator: "/").last.map(String.init)
      return allowed.first { $0 == last || last == $0 + "_s" || last == $0 + "_hz" }
    }
    let known = names.compactMap { $0 }
    return known.count == names.count && Set(known).count == known.count && known.contains("time") ? known : nil
  }

  private static let intervalNames = [
    "tr", "tr_s", "repetition_time", "repetitiontime", "repetition_time_s", "dt", "dt_s",
  ]

  /// What `--rate-hz` or `--tr-s` says.
  package func declaredRate() throws -> Double? {
    if [rateHz != nil, trS != nil, rateAttr != nil].filter({ $0 }).count > 1 {
      throw EvokeError(
        .optionMalformed, "--rate-hz, --tr-s, --rate-attr", reason: "more than one is given", remedy: "give one")
    }
    guard let trS else { return rateHz }
    guard trS > 0, trS <= 60 else {
      throw EvokeError(
        .optionMalformed, "--tr-s \(trS)", reason: "a repetition time lies between 0 and 60 s",
        remedy: "give it in seconds")
    }
    return 1 / trS
  }

  /// The rate in Hz and, where the dataset carries a time scale, its first second.
  ///
  /// - Throws: `rateMissing`, `attributeMissing`.
  package func rate(of dataset: ArrayDataset) throws -> (hz: Double, firstS: Double) {
    let remedy = "give --rate-hz, --tr-s or --rate-attr"
    let file = dataset.file
    var rate = try declaredRate()
    if let rateAttr { rate = try rateFromFile(rateAttr, file, dataset.path) }
    if let rate {
      guard TimeBounds.ratesHz.contains(rate) else {
        throw EvokeError(.rateMissing, dataset.object, reason: "the rate is \(rate) Hz", remedy: remedy)
      }
      return (rate, 0)
    }
    if case .hdf5(let hdf5) = file, let scale = try hdf5.scales(of: dataset.path)[dataset.timeAxis] {
      let times = try hdf5.doubles(scale)
      guard let rate = SeriesTable.rate(times) else {
        throw EvokeError(
          .rateMissing, file.object(scale), reason: "its times are not evenly spaced",
          remedy: "resample to an even rate, or import the series as a table")
      }
      return (rate, times[0])
    }
    let hints = file.attributeNames(near: dataset.path).filter { name in
      ["rate", "sfreq", "srate", "fs", "tr", "hz"].contains { name.lowercased().contains($0) }
    }
    throw EvokeError(
      .rateMissing, dataset.object,
      reason: hints.isEmpty
        ? "no option and no time scale gives it" : "the file has the attributes \(hints.joined(separator: ", "))",
      remedy: hints.isEmpty ? remedy : "give --rate-attr \(hints[0]), or --rate-hz")
  }

  private func rateFromFile(_ name: String, _ file: ArrayFile, _ dataset: String) throws -> Double {
    var value: Double?
    var last = name
    if case .hdf5(let hdf5) = file {
      if let at = name.lastIndex(of: "@") {
        last = String(name[name.index(after: at)...])
        value = try hdf5.attribute(last, of: "/" + ArrayFile.relative(String(name[..<at])))?.number
      } else if let found = try file.attribute(name, near: dataset) {
        value = found.number
      } else if hdf5.exists(name), try hdf5.info(name).count == 1 {
        value = try hdf5.doubles(name).first
        last = name.split(separator: "/").last.map(String.init) ?? name
      }
    } else if case .matlab(let matlab) = file, let root = name.split(separator: ".").first,
      matlab.names.contains(String(root))
    {
      let numbers = try matlab.numbers(name)
      value = numbers.real.count == 1 ? numbers.real.first : nil
      last = name.split(separator: ".").last.map(String.init) ?? name
    }
    guard let value, value > 0, value.isFinite else {
      throw EvokeError(
        .attributeMissing, "\(file.object(dataset))@\(name)",
        reason: "no positive number of that name on the dataset or above it",
        remedy: NearMiss.suggestion(name, in: file.attributeNames(near: dataset)))
    }
    guard Self.intervalNames.contains(last.lowercased()) else { return value }
    guard value <= 60 else {
      throw EvokeError(
        .rateMissing, "\(file.object(dataset))@\(name)", reason: "an interval of \(value) s is not plausible",
        remedy: "give --tr-s in seconds")
    }
    return 1 / value
  }
}
