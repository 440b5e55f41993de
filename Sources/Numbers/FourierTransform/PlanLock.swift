import CFFTW
import Synchronization

/// FFTW's planner is not reentrant (only execution is): creating and destroying plans takes this one lock.
let planner = Mutex<Void>(())

/// Plans must not depend on timing, or results would differ from run to run.
let planFlags = UInt32(FFTW_ESTIMATE)

/// FFTW's version, for the environment row.
public enum FourierTransformLibrary {
  public static var version: String { unsafe String(cString: cfftw_version()) }
}
