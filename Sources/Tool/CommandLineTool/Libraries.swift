import FourierTransform
import HDF5File
import LinearAlgebra
import MediaDecoding
import Resampling
import Warehouse

/// Versions of the libraries results depend on, for the environment row.
enum Libraries {
  /// Those of this process.
  static var own: [String: String] {
    [
      "sqlite": Warehouse.sqliteVersion, "hdf5": HDF5Version.text, "openblas": BLASThreads.version,
      "fftw": FourierTransformLibrary.version, "soxr": ResamplingLibrary.version,
    ]
  }

  /// All, those of the process that decodes among them.
  ///
  /// - Throws: `E-MED-030`, `E-MED-031`.
  static func versions() throws -> [String: String] {
    let decoding = try mediaLibraryVersions()
    return own.merging(["ffmpeg": decoding.ffmpeg, "sndfile": decoding.sndfile]) { own, _ in own }
  }
}
