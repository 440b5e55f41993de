import AudioFeatures
import AudioModels
import ContentIdentity
import Diagnostics
import FilterFiles
import Plans
import SignalProcessing
import Warehouse

/// Which filters a cochleogram is made with: part of a unit's parameters and inputs.
struct FilterChoice {
  /// The bank's name: imported, or the built-in one's.
  let name: String
  /// Its engine, its place in the file and the four parameters.
  let json: JSONValue
  /// The file; nil for the built-in bank.
  let input: Unit.Input?

  static let gammatone = FilterChoice(
    name: CochlearFilterBank.gammatoneName,
    json: ["engine": .string(CochlearFilterBank.Engine.gammatone.rawValue)].adding(
      frameMs: CochleogramParameters.standard.frameMilliseconds,
      timeConstantMs: CochleogramParameters.standard.timeConstantMilliseconds,
      factor: CochleogramParameters.standard.factor, octaveShift: CochleogramParameters.standard.octaveShift),
    input: nil)

  /// A row of report `filter_banks`.
  private init(_ row: SQLRow) {
    name = row.text("name")
    json = ["engine": .string(CochlearFilterBank.Engine.file.rawValue), "variable": .string(row.text("variable"))]
      .adding(
        frameMs: row.double("frame_ms"), timeConstantMs: row.double("time_constant_ms"), factor: row.double("factor"),
        octaveShift: row.int("octave_shift"))
    input = .source(role: "filters", name: row.text("path"), sha256: row.text("source_sha256"))
  }

  private init(name: String, json: JSONValue, input: Unit.Input?) {
    self.name = name
    self.json = json
    self.input = input
  }

  /// The bank of a set's name (`coch-env:NAME`); without one the only imported bank, or where none is the built-in one.
  ///
  /// - Throws: `E-WH-010` for a bank that is not there, `E-FLT-005` where several are.
  static func of(_ set: String, among banks: [SQLRow]) throws -> FilterChoice {
    let names = banks.map { $0.text("name") }
    guard let colon = set.firstIndex(of: ":") else {
      guard banks.count < 2 else {
        throw EvokeError(
          .filtersSource, "set \(set)", reason: "there are \(names.joined(separator: ", ")) and \(gammatone.name)",
          remedy: "name one: \(set):\(names[0])")
      }
      return banks.first.map(FilterChoice.init) ?? gammatone
    }
    let name = String(set[set.index(after: colon)...])
    if name == gammatone.name { return gammatone }
    guard let row = banks.first(where: { $0.text("name") == name }) else {
      throw EvokeError(
        .unknownName, "filters \(name)",
        reason: "there are \((names + [gammatone.name]).joined(separator: ", "))",
        remedy: "correct the name, or evoke import filters FILE --name \(name)")
    }
    return FilterChoice(row)
  }
}

extension [String: JSONValue] {
  fileprivate func adding(frameMs: Double, timeConstantMs: Double, factor: Double, octaveShift: Int) -> JSONValue {
    .object(
      merging([
        "frame_ms": .number(frameMs), "time_constant_ms": .number(timeConstantMs), "factor": .number(factor),
        "octave_shift": .int(octaveShift),
      ]) { _, new in new })
  }
}

extension FeatureSets {
  /// The cochleogram and its envelope; their columns are those of the built-in bank.
  static let cochleograms: [FeatureSet] = [
    cochleogram(.channels, "128 channels of the auditory spectrogram (NSL wav2aud)"),
    cochleogram(.envelope, "broadband envelope: mean over the channels of the cochleogram"),
  ]

  private static func cochleogram(_ output: Cochleogram.Output, _ summary: String) -> FeatureSet {
    let columns = Cochleogram(output, bank: .gammatone).columns
    return FeatureSet(
      name: output.rawValue, version: Cochleogram.version, summary: summary, medium: .sound(rateHz: 16_000),
      nativeRateHz: CochleogramParameters.standard.nativeRateHz, columns: columns.map(\.name),
      units: columns.map(\.unit), secondsPerSecond: 0.03, takesFilters: true
    ) { try $0.add(output) }
  }
}

extension SetTask {
  /// Computes a cochleogram with the unit's filters.
  func add(_ output: Cochleogram.Output) throws {
    let filters = task.parameters["filters"]
    func number(_ key: String) -> Double? { filters?[key]?.doubleValue }
    let standard = CochleogramParameters.standard
    let parameters = try CochleogramParameters(
      frameMilliseconds: number("frame_ms") ?? standard.frameMilliseconds,
      timeConstantMilliseconds: number("time_constant_ms") ?? standard.timeConstantMilliseconds,
      factor: number("factor") ?? standard.factor, octaveShift: Int(number("octave_shift") ?? 0))
    let set = Cochleogram(output, bank: try bank(filters?["variable"]?.stringValue ?? ""), parameters: parameters)
    let sound = try task.sound(rateHz: Int(parameters.sourceRateHz))
    try begin(
      try set.times(sampleCount: sound.sampleCount, rate: rate), columns: set.columns.map(\.name), units: "au",
      nativeRateHz: parameters.nativeRateHz)
    try set.extract(from: sound, rate: rate, progress: progress) {
      try writer.append($0.values, to: featureSet.name)
    }
  }

  private func bank(_ variable: String) throws -> CochlearFilterBank {
    guard let source = task.sources.first(where: { $0.role == "filters" }) else { return .gammatone }
    try SourceCheck.unchanged(source)
    let file = try CochlearFilterFile(reading: source.path, variable: variable.isEmpty ? nil : variable)
    return try CochlearFilterBank(coefficients: file.filters, object: file.object)
  }
}
