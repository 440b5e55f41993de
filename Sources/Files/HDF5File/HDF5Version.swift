import CHDF5

/// The HDF5 library this process runs with.
public enum HDF5Version {
  public static var text: String {
    // Through the one door: a call before it would make libhdf5 clean up at exit.
    HDF5Library.locked {
      var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
      guard unsafe H5get_libversion(&major, &minor, &release) >= 0 else { return "unknown" }
      return "\(major).\(minor).\(release)"
    }
  }
}
