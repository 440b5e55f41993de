import ArgumentParser
import Diagnostics
import FileSystem
import Foundation
import Lineage
import SoundFiles
import Warehouse

/// `evoke export KIND`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes what the warehouse holds into files of other programs.",
    discussion: "As far as the consent of all that it descends from lets it leave (evoke explain E-CNS-001).",
    subcommands: [
      ExportArray.self, ExportNPY.self, ExportCSV.self, ExportParquet.self, ExportStems.self, ExportNIfTI.self,
      ExportMethods.self, ExportPROV.self, ExportCrate.self, ExportBIDS.self, ExportDatasette.self, ExportReader.self,
    ])

  @OptionGroup var global: GlobalOptions
}

/// `evoke export stems -o DIR`
struct ExportStems: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stems", abstract: "Separated voice and soundtrack as WAV or FLAC files.",
    discussion: """
      A file STIMULUS.ELEMENT.wav for each; where several models separated a stimulus, STIMULUS.ELEMENT.MODEL.wav. \
      WAV is float32, FLAC 24-bit.
      """, aliases: ["stem"])

  @Option(name: .shortAndLong, help: ArgumentHelp("Folder; made where it is missing.", valueName: "dir"))
  var output: String
  @Option(help: "Stimulus; all unless told.") var stimulus: String?
  @Option(help: "Dataset; all unless told.") var dataset: String?
  @Option(help: "voice or soundtrack; both unless told.") var element: String?
  @Option(help: "Separation model; all unless told.") var separation: String?
  @Option(help: "wav or flac.") var format: String = "wav"
  @Flag(help: "Say what would be written; write nothing.") var dryRun = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if SoundFormat(rawValue: format) == nil { throw ValidationError("The format is wav or flac.") }
    if let element, !["voice", "soundtrack"].contains(element) {
      throw ValidationError("The element is voice or soundtrack.")
    }
  }

  func run() throws {
    try global.requireOutside(output)
    try global.withWarehouse(.reading) { warehouse in
      let stems = try chosen(warehouse)
      let permit = try warehouse.read { try Departure("stems", arrays: Set(stems.map(\.name)), in: $0) }
        .permit(in: warehouse)
      let progress = ProgressLine(quiet: global.quiet || global.json)
      if !dryRun { try Files.makeDirectory(output) }
      for (i, stem) in stems.enumerated() {
        let path = "\(output)/\(name(stem, among: stems)).\(format)"
        if !dryRun {
          try write(stem, warehouse, permit, to: path) { progress.show((Double(i) + $0) / Double(stems.count), path) }
        }
        progress.clear()
        try Output.line(path)
      }
    }
  }

  private func chosen(_ warehouse: Warehouse) throws -> [Rows.StoredStems] {
    let rows = try warehouse.read {
      try $0.storedStems(dataset: dataset, stimulus: stimulus)
    }.filter { row in
      (element == nil || row.element == element)
        && (separation == nil || row.separation == separation)
    }
    guard !rows.isEmpty else {
      throw EvokeError(
        .unknownName, "stems" + (stimulus.map { " of \($0)" } ?? ""), reason: "no such stem is stored",
        remedy: "evoke extract --element voice separates; imported stems are files already")
    }
    return rows
  }

  private func name(_ stem: Rows.StoredStems, among stems: [Rows.StoredStems]) -> String {
    let same = stems.filter { $0.stimulus == stem.stimulus && $0.element == stem.element }
    var parts = [stem.stimulus, stem.element]
    if same.contains(where: { $0.dataset != stem.dataset }) { parts.insert(stem.dataset, at: 0) }
    if same.contains(where: { $0.dataset == stem.dataset && $0.separation != stem.separation }) {
      parts.append(stem.separation)
    }
    return parts.joined(separator: ".").replacingOccurrences(of: "/", with: "_")
  }

  private func write(
    _ stem: Rows.StoredStems, _ warehouse: Warehouse, _: DeparturePermit, to path: String, progress: (Double) -> Void
  ) throws {
    let rows = try ArrayRows(warehouse.reference(stem))
    let count = stem.sampleCount
    let rate = Int(stem.rateHz)
    let part = path + ".part"
    do {
      guard let format = SoundFormat(rawValue: format) else { preconditionFailure("validate lets no \(format) pass") }
      var writer = try SoundFileWriter(path: part, format: format, rateHz: rate, channels: 2)
      for second in 0..<rows.axes[0].count {
        let block = try rows.rows(second..<second + 1)
        try writer.append(Array(block[0..<2 * min(rate, count - second * rate)]))
        progress(Double(second + 1) / Double(rows.axes[0].count))
      }
      try writer.close()
      if Files.exists(path) { try requireSame(part, as: path) }
      try Files.rename(part, to: path)
    } catch {
      try? Files.remove(part)
      throw error
    }
  }

  /// An export that was interrupted is gone on with; a file with other content is nobody's to replace.
  private func requireSame(_ new: String, as path: String) throws {
    guard try Files.sha256(of: new).hex != Files.sha256(of: path).hex else { return }
    throw EvokeError(
      .fileExists, path, reason: "it is not this stem, and exporting does not replace files",
      remedy: "name another folder, or remove it")
  }
}
