import Diagnostics
import Foundation
import HDF5File
import Importing
import MATLABFile

/// Files of recordings that are not read here, told apart so that the message says what to do.
enum UnreadFormat {
  /// - Throws: `eegFormatUnread` for a format that is known and not read, and for one part of a pair or triple.
  static func refuse(_ head: [UInt8], _ path: String) throws {
    func begins(_ text: String) -> Bool { head.starts(with: Array(text.utf8)) }
    if head.starts(with: [0, 0, 0, 100, 0, 0, 0, 31]) {
      throw unread(path, "it is a FIF file of MNE", export("fif"))
    } else if head.starts(with: [0x1f, 0x8b]) {
      let isFIF = path.lowercased().hasSuffix(".fif.gz")
      throw unread(path, "it is compressed with gzip", isFIF ? export("fif") : "unpack it with gunzip")
    } else if begins("Version 3.") {
      throw unread(path, "it is a Neuroscan .cnt file", export("cnt"))
    } else if begins("XDF:") {
      throw unread(path, "it is an .xdf file of LabStreamingLayer", "write its EEG stream as EDF with pyxdf and edfio")
    } else if begins("Brain Vision Data Exchange Marker") || begins("BrainVision Data Exchange Marker") {
      throw unread(path, "it holds the markers of a BrainVision recording", "name the .vhdr")
    }
    let stem = URL(fileURLWithPath: path).deletingPathExtension().path
    for (suffixes, header) in [(["eeg", "dat"], "vhdr"), (["fdt"], "set")]
    where suffixes.contains(URL(fileURLWithPath: path).pathExtension.lowercased())
      && FileManager.default.fileExists(atPath: "\(stem).\(header)")
    {
      throw unread(path, "it holds the bare samples of \(SourceFile.stem(path)).\(header)", "name the .\(header)")
    }
  }

  /// What a raw structure of FieldTrip holds. Source: FieldTrip, *ft_datatype_raw*.
  private static let rawFields = ["label", "time", "trial"]

  /// - Throws: `eegFormatUnread` for a structure of FieldTrip; what reading the file throws.
  static func refuseFieldTrip(_ file: MATLABFile) throws {
    for variable in file.variables where variable.kind == .structure && variable.count == 1 {
      guard case .structure(_, let fields, _) = try file.value(variable.name) else { continue }
      if rawFields.allSatisfy(fields.contains) { throw fieldTrip(file.path, variable.name) }
    }
  }

  /// The same in MATLAB 7.3.
  static func refuseFieldTrip(_ file: HDF5File) throws {
    let groups = Set(try file.datasets().compactMap { $0.path.split(separator: "/").first.map(String.init) })
    for group in groups.sorted() where rawFields.allSatisfy({ file.exists("/\(group)/\($0)") }) {
      throw fieldTrip(file.path, group)
    }
  }

  private static func fieldTrip(_ path: String, _ variable: String) -> EvokeError {
    unread(
      path, "its variable \(variable) is a structure of FieldTrip",
      "write it as BrainVision: ft_write_data('NAME.vhdr', \(variable).trial{1}, 'header', ft_fetch_header(\(variable)), "
        + "'dataformat', 'brainvision_eeg')")
  }

  private static func export(_ suffix: String) -> String {
    "convert it with mne.export.export_raw(\"NAME.vhdr\", mne.io.read_raw_\(suffix)(\"NAME.\(suffix)\"))"
  }

  private static func unread(_ path: String, _ reason: String, _ remedy: String) -> EvokeError {
    EvokeError(.eegFormatUnread, path, reason: reason, remedy: remedy)
  }
}
