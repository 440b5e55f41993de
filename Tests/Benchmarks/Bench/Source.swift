import Electrophysiology
import HDF5File
import LinearAlgebra
import Vocabulary

/// Inverse of a leadfield and the time courses of its labels: leadfield `[channel, source]`, noise_cov, labels and eeg
/// `[channel, sample]` of the file, read before anything is timed. The steps are those of `source_kernel` and
/// `source_localisation`: everything but the stored series is float64, 8,192 samples at a time.
func localisation(_ path: String, method: InverseMethod) throws {
  BLASThreads.set(threads)
  let file = try HDF5File(reading: path)
  let shape = try file.info("leadfield").shape
  let leadfield = Matrix(rows: shape[0], columns: shape[1], values: try file.doubles("leadfield"))
  let noise = Matrix(rows: shape[0], columns: shape[0], values: try file.doubles("noise_cov"))
  let labels = try file.integers("labels").map { Int($0) }
  let regions = try RegionMap(regionOfSource: labels, regionCount: 68, normals: nil, summary: .mean)
  let (channels, samples) = (shape[0], try file.info("eeg").shape[1])
  let byChannel = try file.floats("eeg")
  var eeg = [Float](repeating: 0, count: byChannel.count)
  for c in 0..<channels { for t in 0..<samples { eeg[t * channels + c] = byChannel[c * samples + t] } }
  var timing = Timing()
  let result = try timing.measure(runs) {
    let referenced = averageReferenced(leadfield: averageReferenced(leadfield: noise).transposed)
    let inverse = try InverseKernel(
      leadfield: averageReferenced(leadfield: leadfield), noise: NoiseCovariance(referenced),
      parameters: InverseParameters(method: method, lambdaSquared: 1.0 / 9, depth: 0))
    let kernel = RegionKernel(inverse, regions: regions)
    var courses: [Float] = []
    courses.reserveCapacity(samples * 68)
    for start in stride(from: 0, to: samples, by: 8192) {
      let end = min(start + 8192, samples)
      courses += kernel.applied(channels: eeg[start * channels..<end * channels])
    }
    return courses
  }
  let power = result.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(result.count)
  timing.report("source \(method.rawValue) 64ch x 10min@200Hz -> 68 labels", ["rms": power.squareRoot()])
}
