import FourierTransform
import HDF5File
import LinearAlgebra
import MediaDecoding
import Resampling
import Warehouse

/// Versions of the libraries results depend on, for the environment row.
enum Libraries {
  static var versions: [String: String] {
    [
      "sqlite": Warehouse.sqliteVersion, "hdf5": HDF5Version.text, "openblas": BLASThreads.version,
      "fftw": FourierTransformLibrary.version, "soxr": ResamplingLibrary.version,
      "ffmpeg": MediaLibraries.ffmpegVersion,
    ]
  }
}
