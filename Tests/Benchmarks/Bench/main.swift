import AudioModels
import Electrophysiology
import FileSystem
import Foundation
import HDF5File
import IntersubjectCorrelation
import LinearAlgebra
import MediaSources
import SignalProcessing
import TensorFiles
import Vocabulary

// Work that other programs do as well, timed on the same files; see Tests/Benchmarks/SPEED.md.

let usage = """
  usage: bench encoder MODELDIR SOUND SECONDS [float32|bfloat16 [CONTEXT]]
                                                all hidden states, 10 s chunks, no context (seconds on both sides)
         bench ridge FILE.h5 [TARGETS]          X768 and Y68 (YTARGETS): nested ridge, 5 x 5 blocks, 20 lambdas, float64
         bench sweep SWEEP.h5 RIDGE.h5 [MODELS [DRAWS]]
                                                X [layer, element, row, 768] of one and Y68 of the other: 12 components,
                                                delays 0 to 5, nested ridge and phase draws (39 models, 1,000 draws)
         bench layer ROWS [DRAWS [TARGETS]]     768 columns: what a study fits, tests and draws (20 draws, one target)
         bench isc FILE.h5                      eeg [subject, region, sample]: dynamic synchrony, 10 s windows, 1 s step
         bench eeg FILE.h5                      raw [channel, sample] at 1000 Hz: 0.5-45 Hz and 200 Hz, memory to memory
         bench lld SOUND | egemaps SOUND        lld12, egemaps25 per second
         bench separation MODELDIR SOUND        two stems
         bench visual FILM                      vis12 per second, decoding counted
         bench decode FILE...                   sound and picture, here and in the process of their own
         bench foreign FILE.h5                  every number, with and without the first reading in that process
         bench source FILE.h5 [sLORETA|eLORETA|dSPM|MNE]
                                                leadfield, noise_cov, labels, eeg: inverse to 68 label courses
         bench scores DIR [SUBJECTS]            a warehouse of made-up scores, entered as units enter theirs;
                                                35 subjects: 4,998,000 folds
         bench questions DIR FILE.sql...        asks it (Tests/Benchmarks/questions)
         bench catalog FOLDER ROWS              loads rows of fits and scores, with and without the hashes of rows
         bench gates [PART_OF_ID...] [--runs N] [--seed S] [--shard K/N] [--into FILE] | bench gates --list
                                                what is wanted of rates and coverage, on planted data: appends the
                                                runs that gates.tsv (or FILE) does not hold yet
         bench gate-table FILE RESULTS.md       writes their tables
         bench kernel                           which kernels OpenBLAS takes
  environment: RUNS (3), THREADS (2)
  """
let environment = ProcessInfo.processInfo.environment
let runs = environment["RUNS"].flatMap { Int($0) } ?? 3
let threads = environment["THREADS"].flatMap { Int($0) } ?? 2

/// Mono samples of a file at 16 kHz, decoded before anything is timed.
func samples(_ path: String) throws -> [Float] {
  let source = try WaveformSource(path: path)
  return try source.samples(0..<source.sampleCount)
}

/// Operations per second of one large float32 product, the best of ten.
func productRate() -> Double {
  let n = 2048
  let a = [Float](repeating: 0.5, count: n * n)
  var c = a
  let view = SingleView(stride: n)
  let best = (0..<10).map { _ in
    ContinuousClock().measure {
      SingleMultiply.multiply(rows: n, columns: n, inner: n, a, as: view, by: a, as: view, into: &c, as: view)
    } / .seconds(1)
  }.min()
  return 2 * Double(n * n * n) / (best ?? .nan)
}

/// The hidden states of 10 s chunks; the sound is normalised as a whole, loading the weights is not counted.
func encoder(_ folder: String, _ sound: String, seconds: Int, precision: Precision, context: Double) throws {
  BLASThreads.set(threads)
  let rate = productRate()
  let encoder = try SpeechEncoder(ModelFiles(folder), precision: precision)
  let chunking = try encoder.chunking(chunkSeconds: 10, contextSeconds: context)
  let keys = encoder.layers.map(\.key).filter { $0.hasPrefix("hs") }
  let source = ArraySampleSource(Array(try samples(sound).prefix(seconds * 16000)), rateHz: 16000)
  var timing = Timing()
  let (sum, count) = try timing.measure(runs) {
    var (sum, count) = (0.0, 0)
    try encoder.extract(
      from: source, layers: keys, rate: .native, chunking: chunking
    ) { _, _, rows in
      count += rows.count
      for value in rows { sum += Double(abs(value)) }
    }
    return (sum, count)
  }
  let operations = encoder.operationCount(samples: 160_000) * Double(seconds) / (10 - 2 * context)
  let reached = operations / Timing.median(timing.wall)
  timing.report(
    "encoder \(seconds)s chunk10s \(precision.rawValue)",
    [
      "hidden": Double(keys.count), "values": Double(count), "mean_abs_hidden": sum / Double(count),
      "gigaflops": reached / 1e9, "sgemm_gigaflops": rate / 1e9, "share_of_sgemm": reached / rate,
    ])
}

/// Filters and resamples a recording that is in memory, row-major with time first; the peers' is too, channel first.
func eeg(_ path: String) throws {
  let file = try HDF5File(reading: path)
  let shape = try file.info("raw").shape
  let rate = try file.attribute("fs", of: "raw")?.number ?? 1000
  let raw = try file.floats("raw")
  let (channels, samples) = (shape[0], shape[1])
  var rows = [Float](repeating: 0, count: raw.count)
  for c in 0..<channels { for t in 0..<samples { rows[t * channels + c] = raw[c * samples + t] } }
  BLASThreads.set(threads)
  let filter = try FIRFilter.bandPass(low: 0.5, high: 45, rateHz: rate)
  var timing = Timing()
  let sum = try timing.measure(runs) {
    try filter.applied(to: rows, channelCount: channels, decimation: Int(rate / 200))
      .reduce(0.0) { $0 + Double(abs($1)) }
  }
  timing.report(
    "eeg 0.5-45 Hz, 200 Hz", ["channels": Double(channels), "samples": Double(samples), "mean_abs": sum])
}

/// Dynamic synchrony; reading the file is counted.
func synchrony(_ path: String) throws {
  let rate = 200.0
  var timing = Timing()
  let result = try timing.measure(runs) {
    let eeg = try HDF5Floats(HDF5File(reading: path), "eeg")
    let shape = eeg.info.shape
    let series = SubjectSeries(subjectCount: shape[0], sampleCount: shape[2], regionCount: shape[1], rateHz: rate) {
      subject, regions, samples, block in
      try eeg.read(
        offset: [subject, regions.lowerBound, samples.lowerBound], count: [1, regions.count, samples.count],
        into: &block)
    }
    return try dynamicSynchrony(
      series, windows: SynchronyWindows(length: 10, step: 1), resources: SynchronyResources(threads: threads))
  }
  timing.report(
    "dyn-ISC w10 s1 with reading",
    [
      "windows": Double(result.windowCount),
      "mean_isc": result.pairwise.reduce(0, +) / Double(result.pairwise.count),
      "mean_isc_first5": result.pairwise.prefix(5 * result.regionCount).reduce(0, +) / Double(5 * result.regionCount),
    ])
}

if let kernel = SingleKernel.widerCoreType { Machine.restart(setting: "OPENBLAS_CORETYPE", to: kernel) }
let arguments = Array(CommandLine.arguments.dropFirst())

func refuse() -> Never {
  print(usage)
  exit(2)
}

/// The argument at a place, or what counts where there is none; the usage where it is not of its kind.
func argument<Value>(_ place: Int, _ standard: Value, _ read: (String) -> Value?) -> Value {
  guard place < arguments.count else { return standard }
  guard let value = read(arguments[place]) else { refuse() }
  return value
}

switch (arguments.first, arguments.count) {
case ("encoder", 4...6):
  try encoder(
    arguments[1], arguments[2], seconds: argument(3, 60) { Int($0) },
    precision: argument(4, .float32) { Precision(rawValue: $0) }, context: argument(5, 0) { Double($0) })
case ("ridge", 2...3): try ridge(arguments[1], targets: argument(2, "68") { $0 })
case ("sweep", 3...5):
  try sweep(
    arguments[1], targets: arguments[2], models: argument(3, 39) { Int($0) }, draws: argument(4, 1000) { Int($0) })
case ("layer", 2...4):
  guard let rows = Int(arguments[1]) else { refuse() }
  try layer(rows: rows, draws: argument(2, 20) { Int($0) }, targets: argument(3, 1) { Int($0) })
case ("eeg", 2): try eeg(arguments[1])
case ("isc", 2): try synchrony(arguments[1])
case ("lld", 2): try descriptors(.lld12, arguments[1])
case ("egemaps", 2): try descriptors(.egemaps25, arguments[1])
case ("separation", 3): try separation(arguments[1], arguments[2])
case ("visual", 2): try visual(arguments[1])
case ("decode", 2...): try decoding(Array(arguments.dropFirst()))
case ("foreign", 2): try foreignHDF5(arguments[1])
case ("source", 2...3):
  try localisation(arguments[1], method: argument(2, .sLORETA) { InverseMethod(rawValue: $0) })
case ("scores", 2...3): try madeScores(arguments[1], subjects: argument(2, 35) { Int($0) })
case ("questions", 3...): try questions(arguments[1], Array(arguments.dropFirst(2)))
case ("catalog", 3):
  guard let rows = Int(arguments[2]) else { refuse() }
  try CatalogLoad(folder: arguments[1], rowCount: rows).time(runs: runs)
case ("gates", 1...):
  guard let command = GateCommand(Array(arguments.dropFirst())) else { refuse() }
  BLASThreads.set(1)
  try command.perform()
case ("gate-table", 3): try GateCommand.table(arguments[1], into: arguments[2])
case ("kernel", 1):
  print("OpenBLAS kernel \(BLASThreads.kernel), \(environment["OPENBLAS_CORETYPE"] ?? "its own choice")")
default: refuse()
}
