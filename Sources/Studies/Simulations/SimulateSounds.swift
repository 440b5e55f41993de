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
    var files = try file.stimuli.enumerated().flatMap { place, stimulus in
      try write(stimulus, voiceDB: sounds.voiceDB[place % sounds.voiceDB.count], to: folder)
    }
    if let seed = sounds.simnet {
      files.append("simnet.simnet")
      try Files.write(SimnetFile(seed: seed).text, to: folder + "/simnet.simnet")
    }
    return files
  }

  private func write(_ stimulus: String, voiceDB: Double, to folder: String) throws -> [String] {
    let spec = SoundSpec(seconds: sounds.seconds, rateHz: sounds.rateHz, voiceDB: voiceDB)
    let made = simulateSound(
      spec, numbers: simulationStreams(seed: UInt64(file.seed), stimulus: "sound/\(stimulus)"))
    try Files.makeDirectory("\(folder)/stems/\(stimulus)")
    let paths = [
      "sounds/\(stimulus).wav", "stems/\(stimulus)/voice.wav", "stems/\(stimulus)/soundtrack.wav",
    ]
    func writer(_ path: String) throws -> SoundFileWriter {
      try SoundFileWriter(path: "\(folder)/\(path)", format: .wav, rateHz: sounds.rateHz, channels: 2)
    }
    var mix = try writer(paths[0])
    var voice = try writer(paths[1])
    var soundtrack = try writer(paths[2])
    try made.read(by: Self.block) { piece in
      try mix.append(piece.mix)
      try voice.append(piece.voice)
      try soundtrack.append(piece.soundtrack)
    }
    try mix.close()
    try voice.close()
    try soundtrack.close()
    return paths
  }
}
