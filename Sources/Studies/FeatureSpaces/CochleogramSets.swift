import AudioFeatures
import AudioModels
import Diagnostics
import FilterFiles
import SignalProcessing
import Warehouse
import Work

/// The filters of a cochleogram and what is done with them.
struct CochleogramFilters: Codable, Sendable, Equatable {
  enum Source: Codable, Sendable, Equatable {
    /// The built-in bank.
    case gammatone
    /// The task's file of the role `filters`; `variable` is their place in it, nil in a file that holds nothing else.
    case file(variable: String?)
  }

  /// The bank's name: imported, or the built-in one's.
  let bank: String
  let source: Source
  let frameMs: Double
  let timeConstantMs: Double
  let factor: Double
  let octaveShift: Int
}

/// Which filters a cochleogram is made with: part of a unit's parameters and inputs.
struct FilterChoice {
  let filters: CochleogramFilters
  /// The file; nil for the built-in bank.
  let input: WorkUnit.Input?

  static let gammatone = FilterChoice(
    filters: CochleogramFilters(
      bank: CochlearFilterBank.gammatoneName, source: .gammatone,
      frameMs: CochleogramParameters.standard.frameMilliseconds,
      timeConstantMs: CochleogramParameters.standard.timeConstantMilliseconds,
      factor: CochleogramParameters.standard.factor, octaveShift: CochleogramParameters.standard.octaveShift),
    input: nil)

  /// An imported bank.
  private init(_ row: Rows.FilterBanks) {
    filters = CochleogramFilters(
      bank: row.name, source: .file(variable: row.variable.isEmpty ? nil : row.variable),
      frameMs: row.frameMs, timeConstantMs: row.timeConstantMs, factor: row.factor, octaveShift: row.octaveShift)
    input = .source(role: "filters", name: row.path, sha256: row.sourceSHA256)
  }

  private init(filters: CochleogramFilters, input: WorkUnit.Input?) {
    self.filters = filters
    self.input = input
  }

  /// The bank of a set's name (`coch-env:NAME`); without one the only imported bank, or where none is the built-in one.
  ///
  /// - Throws: `E-WH-010` for a bank that is not there, `E-FLT-005` where several are.
  static func of(_ set: String, among banks: [Rows.FilterBanks]) throws -> FilterChoice {
    let names = banks.map(\.name)
    guard let colon = set.firstIndex(of: ":") else {
      guard banks.count < 2 else {
        throw EvokeError(
          .filtersSource, "set \(set)",
          reason: "there are \(names.joined(separator: ", ")) and \(gammatone.filters.bank)",
          remedy: "name one: \(set):\(names[0])")
      }
      return banks.first.map(FilterChoice.init) ?? gammatone
    }
    let name = String(set[set.index(after: colon)...])
    if name == gammatone.filters.bank { return gammatone }
    guard let row = banks.first(where: { $0.name == name }) else {
      throw EvokeError(
        .unknownName, "filters \(name)",
        reason: "there are \((names + [gammatone.filters.bank]).joined(separator: ", "))",
        remedy: "correct the name, or evoke import filters FILE --name \(name)")
    }
    return FilterChoice(row)
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
    guard let filters = parameters.filters else {
      preconditionFailure("\(featureSet.name) was planned without filters")
    }
    let settings = try CochleogramParameters(
      frameMilliseconds: filters.frameMs, timeConstantMilliseconds: filters.timeConstantMs, factor: filters.factor,
      octaveShift: filters.octaveShift)
    let set = Cochleogram(output, bank: try bank(filters.source), parameters: settings)
    let sound = try sound(rateHz: Int(settings.sourceRateHz))
    try begin(
      try set.times(sampleCount: sound.sampleCount, rate: rate), columns: set.columns.map(\.name), units: "au",
      nativeRateHz: settings.nativeRateHz)
    try set.extract(from: sound, rate: rate, progress: progress) {
      try write($0.values)
    }
  }

  private func bank(_ source: CochleogramFilters.Source) throws -> CochlearFilterBank {
    switch source {
    case .gammatone: return .gammatone
    case .file(let variable):
      let file = try CochlearFilterFile(reading: task.source("filters").path, variable: variable)
      return try CochlearFilterBank(coefficients: file.filters, object: file.object)
    }
  }
}
