import AudioFeatures
import ContentIdentity
import Diagnostics
import FilterFiles
import Importing

/// The options of `import filters`, as typed.
public struct FilterOptions: Sendable, Equatable {
  /// Name of the bank; nil: the file's stem.
  public var name: String?
  /// Variable or dataset inside the file; nil: COCHBA, else the only complex matrix.
  public var variable: String?
  /// Frame, ms; time constant of integration, ms (0: frame means); factor of the hair cells; shift in octaves.
  public var frameMs = 8.0
  public var timeConstantMs = 8.0
  public var factor = -2.0
  public var octaveShift = 0

  public init() {}

  var canonical: JSONValue {
    [
      "name": name.map { .string($0) } ?? .null, "variable": variable.map { .string($0) } ?? .null,
      "frame_ms": .number(frameMs), "time_constant_ms": .number(timeConstantMs), "factor": .number(factor),
      "octave_shift": .int(octaveShift),
    ]
  }
}

/// Reads the filters of a cochleogram, checks them (orders, numbers, every pole inside the unit circle) and returns the
/// row to be stored. The coefficients stay in the file; the row names it by its hash, with the parameters they are used
/// with. One file may be imported under several names with other parameters.
public func importFilters(file: String, options: FilterOptions, common: CommonOptions) -> ImportBatch {
  var batch = ImportBatch(verb: "import filters", options: options.canonical, common: common)
  var findings = Findings()
  let name = options.name ?? SourceFile.stem(file)
  if name == CochlearFilterBank.gammatoneName || name.contains(":") {
    findings.error(
      .optionMalformed, "--name \(name)",
      reason: name.contains(":") ? "a colon separates set and filters" : "it is the built-in bank's name",
      remedy: "give another --name")
  }
  let source = findings.collect(file) { try SourceFile(reading: file) }
  let found = findings.collect(file) {
    let coefficients = try CochlearFilterFile(reading: file, variable: options.variable)
    let bank = try CochlearFilterBank(coefficients: coefficients.filters, object: coefficients.object)
    return (bank: bank, variable: coefficients.variable)
  }
  let parameters = findings.collect(file) {
    try CochleogramParameters(
      frameMilliseconds: options.frameMs, timeConstantMilliseconds: options.timeConstantMs, factor: options.factor,
      octaveShift: options.octaveShift)
  }
  if let source { batch.sources = [source] }
  if let source, let found, parameters != nil {
    if found.bank.channelCount != 128 {
      findings.add(
        .note, .filtersCount, file, reason: "it makes \(found.bank.channelCount) channels, not 128",
        remedy: "nothing, if that is meant; its channels are called ch_1, ch_2, ...")
    }
    batch.filterBanks = [
      FilterBankRecord(
        name: name, source: source, variable: found.variable, channelCount: found.bank.channelCount,
        orders: found.bank.orders, largestPoleRadius: found.bank.largestPoleRadius, frameMs: options.frameMs,
        timeConstantMs: options.timeConstantMs, factor: options.factor, octaveShift: options.octaveShift)
    ]
  }
  batch.diagnostics = findings.all
  return batch
}
