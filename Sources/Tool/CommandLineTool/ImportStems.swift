import ArgumentParser
import Diagnostics
import Importing
import Stems
import Warehouse

struct ImportStems: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "stems", abstract: "Voice and soundtrack of a stimulus that were separated elsewhere.",
    discussion: """
      Lengths must match to 0.1 s; voice plus soundtrack must give the original below 10 kHz. The files stay where \
      they are. Without --element their names tell: vocals or voice, accompaniment, instrumental or soundtrack.
      """)
  static let decodes = true
  @Argument(help: "Files: WAV, FLAC, MP3 ...") var files: [String]
  @OptionGroup var options: StemOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) throws -> ImportBatch {
    let original = try Self.original(options.stimulus, site.common.dataset, site.warehouse)
    return importStems(
      files: files, options: options, original: original, common: site.common, progress: site.progress)
  }

  /// What the catalog has of the stimulus; its media and earlier stems are read again for the residual.
  private static func original(_ stimulus: String, _ dataset: String, _ warehouse: Warehouse) throws -> StemOriginal {
    let (media, stems) = try warehouse.read { connection in
      (
        try connection.studyStimuli(dataset: dataset),
        try connection.stemFiles(dataset: dataset)
      )
    }
    guard let row = media.first(where: { $0.name == stimulus }) else {
      throw EvokeError(
        .unknownName, "stimulus \(stimulus)",
        reason: "dataset \(dataset) has \(media.map(\.name).joined(separator: ", "))",
        remedy: "correct --stimulus, or import its film or sound first")
    }
    let own = stems.filter { $0.stimulus == stimulus }.map { ($0.element, $0.path) }
    return StemOriginal(
      path: row.mediaPath, audioStream: row.audioStream, durationS: row.durationS,
      stems: Dictionary(own, uniquingKeysWith: { a, _ in a }))
  }
}
