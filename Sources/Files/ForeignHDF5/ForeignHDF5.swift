import Diagnostics
import FileSystem
import HDF5File
import MediaDecoding
import Synchronization

/// HDF5 files that another program wrote.
///
/// libhdf5 is not safe against crafted files, and its answers are of too many kinds to be carried from one process to
/// another. So a file is first read in the confined process that decodes films (`HDF5Rehearsal`): where that ends, hangs or
/// asks for all memory, the file is refused; where it comes through, libhdf5 reads the same bytes by the same calls here.
/// Plain numbers are decoded here alone and by no code of libhdf5's (`HDF5PlainData`), so that none is decoded twice.
/// Each file is rehearsed once while it stays as it is.
public enum ForeignHDF5 {
  private static let rehearsed = Mutex<[String: Files.State]>([:])

  /// Opens a file once it was read whole elsewhere.
  ///
  /// - Throws: as `HDF5File`; `hdf5Broke` where the first reading broke down, `sourceChanged`, `mediaDecoderMissing`.
  public static func open(_ path: String) throws -> HDF5File {
    let before = Files.state(of: path)
    if before == nil || rehearsed.withLock({ $0[path] }) != before {
      try rehearse(path)
      guard Files.state(of: path) == before else {
        throw EvokeError(
          .sourceChanged, path, reason: "it was written to while it was read",
          remedy: "import it again when nobody writes to it")
      }
      rehearsed.withLock { $0[path] = before }
    }
    return try HDF5File(reading: path)
  }

  private static func rehearse(_ path: String) throws {
    let process = try DecodingProcess.take()
    defer { process.release() }
    do {
      var goesOn: Bool = try process.ask(.contents(path: path), of: path)
      while goesOn { goesOn = try process.ask(.moreContents, of: path) }
    } catch let error as EvokeError where error.code == .mediaDecoderBroke {
      throw EvokeError(
        .hdf5Broke, path, reason: "libhdf5 does not survive it: \(error.reason)",
        remedy: "write it again with the program that made it, or copy its values into a new file with h5py")
    }
  }
}
