import Diagnostics
import FileSystem
import ForeignHDF5
import HDF5File
import Importing
import MATLABFile
import RecordingFiles
import RecordingImport

/// The formats of recordings, known by their content.
package enum RecordingFormat {
  /// Reads files of all formats, a file of several recordings once.
  package static func recogniser() -> RecordingRecogniser {
    let cache = SampleCache()
    return { try recognise($0, $1, cache) }
  }

  /// Reads the file as what it is; nil leaves it to the generic mapping.
  static func recognise(
    _ path: String, _ options: RecordingOptions, _ cache: SampleCache
  ) throws -> [DescribedRecording]? {
    let head = Files.head(of: path, count: 1_024)
    if isHDF5(head, path) { return try hdf5(path, options, cache) }
    if EDFFile.isEDF(head) {
      return try EDFRecording(file: EDFFile(reading: path, allowShort: options.allowShort)).recordings(options)
    }
    if BrainVisionFile.isHeader(head) {
      return try BrainVisionRecording(file: BrainVisionFile(reading: path, allowShort: options.allowShort))
        .recordings(options)
    }
    if head.starts(with: Array("MATLAB 5.0".utf8)) {
      let file = try MATLABFile(reading: path)
      if options.array.data == nil, let eeglab = try EEGLABInMATLAB5(file, cache) {
        return try EEGLABRecording(eeg: eeglab, allowShort: options.allowShort).recordings(options)
      }
      if options.array.data == nil { try UnreadFormat.refuseFieldTrip(file) }
      return try ClipRecording(file: ClipFile(file, cache)).recordings(options)
    }
    try UnreadFormat.refuse(head, path)
    return nil
  }

  /// MATLAB 7.3 has a block of its own before the signature.
  private static func isHDF5(_ head: [UInt8], _ path: String) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
    return head.starts(with: signature) || head.dropFirst(512).starts(with: signature)
  }

  private static func hdf5(
    _ path: String, _ options: RecordingOptions, _ cache: SampleCache
  ) throws -> [DescribedRecording]? {
    guard options.array.axes == nil else { return nil }
    let file = try ForeignHDF5.open(path)
    if options.array.data == nil {
      if let eeglab = EEGLABInHDF5(file) {
        return try EEGLABRecording(eeg: eeglab, allowShort: options.allowShort).recordings(options)
      }
      if let mne = try MNERecording(file) { return try mne.recordings(options) }
      try UnreadFormat.refuseFieldTrip(file)
    }
    if let nwb = try NWBRecording(file) { return try nwb.recordings(options) }
    return try ClipFile(file, cache).flatMap { try ClipRecording(file: $0).recordingsIfNamed(options) }
  }
}
