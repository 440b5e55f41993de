import ContentIdentity
import Diagnostics
import Foundation
import Haemodynamics
import Importing
import NIfTIFile
import RecordingImport

/// A series of volumes, reduced to the means of an atlas' regions.
package struct NIfTIRecording {
  let file: NIfTIFile
  let atlas: RegionAtlas

  /// Whether a path names an image, by its ending.
  package static func isImage(_ path: String) -> Bool {
    [".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz"].contains(where: path.lowercased().hasSuffix)
  }

  /// Opens an image; an .img is read through its .hdr.
  ///
  /// - Throws: what `NIfTIFile` throws.
  package init(reading path: String, atlas: RegionAtlas, allowShort: Bool = false) throws {
    var header = path
    for ending in [".img.gz", ".img"] where path.lowercased().hasSuffix(ending) {
      header.removeLast(ending.count)
      header += ".hdr"
    }
    file = try NIfTIFile(reading: header, allowShort: allowShort)
    self.atlas = atlas
  }

  /// The recording `bold`: region means in the image's own units (`au` unless told), the rate by `repetitionTime`.
  ///
  /// - Throws: `niftiShape`, `gridsDiffer`, `regionsWithoutVoxels`, `repetitionTime`, `bidsSidecar`, what reading throws.
  package func recording(_ options: RecordingOptions) throws -> DescribedRecording {
    try file.checkIsSeries()
    let sidecar = try Self.sidecar(of: file.path)
    let rate = try options.array.declaredRate()
    let declared = options.array.trS ?? rate.map { 1 / $0 }
    var clock = ClockLedger()
    let (repetitionTimeS, disagreement) = try Self.repetitionTime(
      header: file.header, sidecar: sidecar?.repetitionTimeS, declared: declared, trust: options.trust,
      object: file.path, &clock)
    let series = try regionSeries(of: file, atlas: atlas.labels)
    let unit = try options.unit(otherwise: "au")
    let values = series.values.map { Float($0 * unit.factor) }
    let width = atlas.regions.count
    var recording = DescribedRecording(
      place: file.path, rateHz: 1 / repetitionTimeS, sampleCount: series.volumeCount, channelCount: width,
      labels: atlas.regions, units: unit.symbol
    ) { range in Array(values[range.lowerBound * width..<range.upperBound * width]) }
    recording.signal = "bold"
    let left = zip(series.constantCounts, series.notFiniteCounts).map { $0 + $1 }
    recording.voxels = zip(series.voxelCounts, left).map { VoxelCount(used: $0, leftOut: $1) }
    recording.notes = notes(series, left)
    if let reason = file.unlikeDeclared {
      recording.notes.append(
        Diagnostic(.warning, .niftiTruncated, file.path, reason: reason, remedy: "accepted by --allow-short"))
    }
    recording.clock = clock
    recording.disagreement = disagreement
    recording.files = (sidecar.map { [$0.path] } ?? []) + file.files
    return recording
  }

  private func notes(_ series: RegionSeries, _ left: [Int]) -> [Diagnostic] {
    let poor = atlas.regions.indices.filter { series.voxelCounts[$0] > 0 && left[$0] > series.voxelCounts[$0] }
    guard !poor.isEmpty else { return [] }
    let names = poor.map { "\(atlas.regions[$0]) (\(series.voxelCounts[$0]) of \(series.voxelCounts[$0] + left[$0]))" }
    return [
      Diagnostic(
        .warning, .regionMostlyLeftOut, file.path,
        reason: "voxels are constant or not finite; kept are those of \(NearMiss.list(names))",
        remedy: "check the brain mask and the field of view, or leave the regions out (--bad NAMES)")
    ]
  }

  /// The JSON file beside an image, and what it says; nil where there is none.
  ///
  /// - Throws: `repetitionTime` where it is no JSON, `bidsSidecar`, what reading throws.
  package static func sidecar(of path: String) throws -> (path: String, repetitionTimeS: Double?)? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let json = folder + SourceFile.stem(path) + ".json"
    guard FileManager.default.fileExists(atPath: json) else { return nil }
    let (_, bytes) = try SourceFile.contents(of: json)
    let members: [String: JSONValue]
    do { members = try SidecarJSON.members(of: bytes) } catch {
      throw EvokeError(
        .repetitionTime, json, reason: "its JSON cannot be used: \(error)", remedy: "correct it, or move it away")
    }
    return (json, try SidecarClock(members, object: json).repetitionTimeS)
  }

  /// Seconds from one volume to the next: what was declared, else the JSON file's, else the header's.
  ///
  /// The header's float32 is read as the shortest decimal that gives it (0.72, not 0.72000002). Where the unit of time
  /// is unknown its step is not believed.
  ///
  /// - Throws: `repetitionTime` where nothing gives it, two of them differ by more than 1 ms and nobody is trusted, or it
  ///   is not in 0.01...60 s.
  static func repetitionTime(
    header: NIfTIHeader, sidecar: Double?, declared: Double?, trust: ClockSource?, object: String,
    _ clock: inout ClockLedger
  ) throws -> (seconds: Double, disagreement: ClockLedger.Disagreement?) {
    let own = header.repetitionTimeS.map { header.version == 1 ? Double("\(Float($0))") ?? $0 : $0 }
    let sources: [(ClockSource, String, Double?)] = [
      (.option, "--tr-s or --rate-hz", declared), (.json, "the JSON file", sidecar), (.header, "the header", own),
    ]
    let said = sources.compactMap { source, name, value in
      value.map {
        ClockStatement(source: source, object: name, statement: "repetition time", value: $0, unit: "s")
      }
    }
    guard let settled = clock.settle(said, trust: trust, within: 1e-3) else {
      let step = header.timeStep
      throw EvokeError(
        .repetitionTime, object,
        reason: step > 0
          ? "its time step \(step) has no unit, and no JSON file beside it says more"
          : "its time step is \(step), and no JSON file beside it says more",
        remedy: "give --tr-s SECONDS")
    }
    if let disagreement = settled.disagreement, !disagreement.isDecided {
      throw EvokeError(
        .repetitionTime, object, reason: disagreement.reason,
        remedy: "correct the one that is wrong, or say which counts: --trust header, json or option")
    }
    let seconds = settled.used.value
    guard (0.01...60).contains(seconds) else {
      throw EvokeError(
        .repetitionTime, object, reason: "\(settled.used.object) says \(seconds) s",
        remedy: "correct it: a repetition time lies between 0.01 and 60 s")
    }
    return (seconds, settled.disagreement)
  }
}
