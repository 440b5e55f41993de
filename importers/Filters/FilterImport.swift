import ArgumentParser
import AudioFeatures
import Diagnostics
import FilterFiles
import Importing

/// The options of `import filters`, as typed.
package struct FilterOptions: VerbOptions {
  @Option(help: "Name of the bank; else the file's stem.") package var name: String?
  /// Without it COCHBA, else the only complex matrix.
  @Option(help: "Variable or dataset in the file; else COCHBA.") package var variable: String?
  @Option(help: "Length of a frame, ms.") package var frameMs = 8.0
  @Option(help: "Time constant of the integration, ms; 0: means of frames.") package var timeConstantMs = 8.0
  @Option(help: "Hair cells: -2 linear, -1 half-wave, 0 sign, positive a sigmoid.") package var factor = -2.0
  @Option(name: .customLong("shift"), help: "Shift of all filters, whole octaves.") package var octaveShift = 0

  package init() {}
}

/// Reads the filters of a cochleogram, checks them (orders, numbers, every pole inside the unit circle) and returns the
/// row to be stored. The coefficients stay in the file; the row names it by its hash, with the parameters they are used
/// with. One file may be imported under several names with other parameters.
package func importFilters(file: String, options: FilterOptions, common: CommonOptions) -> ImportBatch {
  var batch = ImportBatch(verb: "import filters", options: options, common: common)
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
    batch.records = [
      FilterBankRecord(
        name: name, source: source, variable: found.variable, channelCount: found.bank.channelCount,
        orders: found.bank.orders, largestPoleRadius: found.bank.largestPoleRadius, frameMs: options.frameMs,
        timeConstantMs: options.timeConstantMs, factor: options.factor, octaveShift: options.octaveShift)
    ]
  }
  batch.diagnostics = findings.all
  return batch
}
