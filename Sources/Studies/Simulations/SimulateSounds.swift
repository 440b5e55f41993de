import AudioModels
import FileSystem
import Simulation
import SoundFiles
import StudyFiles

/// Writes the sounds of a simulation: mixes, their stems, and the untrained network that is to read them.
struct SimulateSounds {
  /// Samples that are written at once.
  private static let block = 1 << 16

  private let file: SimulationFile
  private let sounds: SimulationFile.Sounds

  init(_ file: SimulationFile, _ sounds: SimulationFile.Sounds) { (self.file, self.sounds) = (file, sounds) }

  /// Returns relative paths. Throws `E-SEP-006` where a file cannot be written.
  func write(to folder: String) throws -> [String] {
    try Files.makeDirectory(folder + "/sounds")
    try Files.makeDirectory(folder + "/stems")
    var files = try file.stimuli.flatMap { try write($0, to: folder) }
    if let seed = sounds.simnet {
      files.append("simnet.simnet")
      try Files.write(SimnetFile(seed: seed).text, to: folder + "/simnet.simnet")
    }
    return files
  }

  private func write(_ stimulus: String, to folder: String) throws -> [String] {
    let spec = SoundSpec(seconds: sounds.seconds, rateHz: sounds.rateHz, voiceDB: sounds.voiceDB)
    let made = simulateSound(
      spec, numbers: simulationStreams(seed: UInt64(file.seed), stimulus: "sound/\(stimulus)"))
    try Files.makeDirectory("\(folder)/stems/\(stimulus)")
    let parts: [(path: String, samples: (Range<Int>) -> [Float])] = [
      ("sounds/\(stimulus).wav", made.mix), ("stems/\(stimulus)/voice.wav", made.voice),
      ("stems/\(stimulus)/soundtrack.wav", made.soundtrack),
    ]
    for part in parts {
      var writer = try SoundFileWriter(path: "\(folder)/\(part.path)", format: .wav, rateHz: sounds.rateHz, channels: 2)
      for start in stride(from: 0, to: made.sampleCount, by: Self.block) {
        try writer.append(part.samples(start..<min(start + Self.block, made.sampleCount)))
      }
      try writer.close()
    }
    return parts.map(\.path)
  }
}
