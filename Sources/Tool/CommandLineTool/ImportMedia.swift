import ArgumentParser
import Importing
import Media

struct ImportVideo: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "video", abstract: "Films: streams, sound decoded to its end, start times honoured.")
  static let decodes = true
  @Argument(help: "Files.") var files: [String]
  @OptionGroup var options: MediaOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    importMedia(files: files, kind: .video, options: options, common: site.common, progress: site.progress)
  }
}

struct ImportAudio: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "audio", abstract: "Music and speech: WAV, FLAC, MP3 ...")
  static let decodes = true
  @Argument(help: "Files.") var files: [String]
  @OptionGroup var options: MediaOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    importMedia(files: files, kind: .audio, options: options, common: site.common, progress: site.progress)
  }
}
