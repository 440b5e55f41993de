import ArgumentParser
import Importing
import Media

/// Options of films and sound.
struct MediaArguments: ParsableArguments {
  @Option(help: "Name of the stimulus; else the file's stem.") var name: String?
  @Option(help: "Genre.") var genre: String?
  @Option(help: "Language spoken.") var language: String?
  @Option(help: "Culture.") var culture: String?
  @Option(help: "Index of the audio stream; else the default one.") var audioStream: Int?
  @Flag(help: "Accept sound that is shorter or longer than declared, and record it.") var allowShort = false

  var options: MediaImportOptions {
    var options = MediaImportOptions()
    options.name = name
    options.genre = genre
    options.language = language
    options.culture = culture
    options.audioStream = audioStream
    options.allowShort = allowShort
    return options
  }
}

struct ImportVideo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "video", abstract: "Films: streams, sound decoded to its end, start times honoured.")
  @Argument(help: "Files.") var files: [String]
  @OptionGroup var media: MediaArguments
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.importing(own, "video") { common, _, progress in
      importMedia(files: files, kind: .video, options: media.options, common: common, progress: progress)
    }
  }
}

struct ImportAudio: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audio", abstract: "Music and speech: WAV, FLAC, MP3 ...")
  @Argument(help: "Files.") var files: [String]
  @OptionGroup var media: MediaArguments
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.importing(own, "audio") { common, _, progress in
      importMedia(files: files, kind: .audio, options: media.options, common: common, progress: progress)
    }
  }
}
