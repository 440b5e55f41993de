import AudioFeatures
import LinearAlgebra
import MediaSources
import SignalProcessing
import SourceSeparation
import TensorFiles
import VisualFeatures

/// One set of descriptors per second; decoding is not counted, as it is not for the other programs.
func descriptors(_ set: DescriptorSet, _ sound: String) throws {
  let source = ArraySampleSource(try samples(sound), rateHz: 16000)
  var timing = Timing()
  let rows = try timing.measure(runs) { try set.rows(of: source, threads: threads) }
  let finite = rows.values.filter(\.isFinite)
  timing.report(
    "\(set.name) \(source.sampleCount / 16000)s",
    [
      "columns": Double(set.columns.count), "values": Double(finite.count),
      "mean_abs": finite.reduce(0) { $0 + Double(abs($1)) } / Double(max(1, finite.count)),
    ])
}

/// Two stems of a stereo sound; decoding and loading the weights are not counted.
func separation(_ folder: String, _ sound: String) throws {
  BLASThreads.set(threads)
  let separator = Separator(weights: try SeparationWeights(ModelFiles(folder)))
  let file = try MediaSources.StereoSource(path: sound)
  let (left, right) = try file.samples(0..<file.sampleCount)
  let source = ArrayStereoSource(left: left, right: right, rateHz: Separator.rateHz)
  var timing = Timing()
  let sum = try timing.measure(runs) {
    var sum = 0.0
    try separator.separate(source) { voice, _ in
      for value in voice.left { sum += Double(abs(value)) }
      for value in voice.right { sum += Double(abs(value)) }
    }
    return sum
  }
  timing.report(
    "separation 2 stems \(file.sampleCount / 44_100)s",
    ["mean_abs_voice": sum / Double(2 * file.sampleCount)])
}

/// The visual covariates of a film; decoding the pictures is counted.
func visual(_ film: String) throws {
  BLASThreads.set(threads)
  let seconds = (try WaveformSource(path: film)).sampleCount / 16000
  var timing = Timing()
  let features = try timing.measure(runs) {
    try vis12(FilmSource(path: film, threads: threads), seconds: seconds)
  }
  let finite = features.rows.filter(\.isFinite)
  timing.report(
    "vis12 \(seconds)s",
    [
      "values": Double(finite.count),
      "mean_abs": finite.reduce(0) { $0 + Double(abs($1)) } / Double(max(1, finite.count)),
    ])
}
