import CSoxr
import Diagnostics

/// Changes the rate of mono sound that arrives in pieces (libsoxr, very high quality, linear phase, no delay).
///
/// `N_out = ceil(N_in * to / from)` samples in all, whatever the pieces; sample k of the output is the sound at
/// k / to seconds. Beyond both ends the sound counts as zero. NaN spreads over a filter length: keep it out.
/// Source: band-limited interpolation as in libsoxr's `SOXR_VHQ` recipe (pass band to 0.913 of the lower Nyquist rate).
@safe public struct StreamResampler: ~Copyable {
  public let fromHz: Int
  public let toHz: Int
  private let handle: OpaquePointer?
  /// Samples taken so far.
  public private(set) var inputCount = 0
  /// Samples given so far.
  public private(set) var outputCount = 0

  /// Fails only when libsoxr refuses the ratio or has no memory.
  public init(fromHz: Int, toHz: Int) throws {
    precondition(fromHz > 0 && toHz > 0, "rates must be positive")
    self.fromHz = fromHz
    self.toHz = toHz
    guard fromHz != toHz else {
      unsafe handle = nil
      return
    }
    var io = unsafe soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
    var quality = unsafe soxr_quality_spec(UInt(SOXR_VHQ), 0)
    var runtime = unsafe soxr_runtime_spec(1)
    var failure: soxr_error_t?
    let created = unsafe soxr_create(Double(fromHz), Double(toHz), 1, &failure, &io, &quality, &runtime)
    guard unsafe failure == nil, let created = unsafe created else {
      let reason = unsafe failure.map { unsafe String(cString: $0) } ?? "out of memory"
      throw EvokeError(
        .resamplingFailed, "\(fromHz) Hz to \(toHz) Hz", reason: reason,
        remedy: "convert the sound to an ordinary rate (8 to 192 kHz) first")
    }
    unsafe handle = created
  }

  deinit { unsafe soxr_delete(handle) }

  /// The output length of a whole signal: `ceil(count * to / from)`.
  public static func outputCount(_ count: Int, fromHz: Int, toHz: Int) -> Int {
    (count * toHz + fromHz - 1) / fromHz
  }

  /// Takes the next samples; returns those that are ready.
  public mutating func process(_ input: [Float]) throws -> [Float] {
    inputCount += input.count
    let output = try run(input)
    outputCount += output.count
    return output
  }

  /// Ends the signal: returns the rest, so that the total is exactly `ceil(N_in * to / from)`.
  public mutating func finish() throws -> [Float] {
    let missing = Self.outputCount(inputCount, fromHz: fromHz, toHz: toHz) - outputCount
    guard missing > 0, unsafe handle != nil else { return [] }
    // Zeros past the end give the last output samples that libsoxr's own rounding would leave out.
    var rest = try run([Float](repeating: 0, count: 16 + 2 * (fromHz / toHz + 1)))
    while rest.count < missing {
      let piece = try run(nil)
      if piece.isEmpty { break }
      rest += piece
    }
    precondition(rest.count >= missing, "libsoxr ended early")
    outputCount += missing
    return Array(rest.prefix(missing))
  }

  /// Runs libsoxr over a piece, or drains it (nil).
  private func run(_ input: [Float]?) throws -> [Float] {
    let (samples, isDraining) = (input ?? [], input == nil)
    guard unsafe handle != nil else { return samples }
    let expected = samples.count * toHz / fromHz
    var output: [Float] = []
    var taken = 0
    while true {
      let room = max(4_096, expected - output.count + 64)
      var (used, made) = (0, 0)
      var failure: soxr_error_t?
      let piece = unsafe [Float](unsafeUninitializedCapacity: room) { buffer, initialized in
        if isDraining {
          unsafe failure = soxr_process(handle, nil, 0, nil, buffer.baseAddress, room, &made)
        } else {
          unsafe samples.withUnsafeBufferPointer { source in
            let rest = unsafe source.baseAddress.map { unsafe $0 + taken }
            unsafe failure = soxr_process(handle, rest, samples.count - taken, &used, buffer.baseAddress, room, &made)
          }
        }
        initialized = made
      }
      if let failure = unsafe failure {
        throw EvokeError(
          .resamplingFailed, "\(fromHz) Hz to \(toHz) Hz", reason: unsafe String(cString: failure),
          remedy: "convert the sound to 16 kHz with another program first")
      }
      taken += used
      output += piece
      if made < room && taken >= samples.count { return output }
    }
  }
}

/// A whole signal at another rate: `ceil(N * to / from)` samples, no delay.
public func resample(_ x: [Float], fromHz: Int, toHz: Int) throws -> [Float] {
  var resampler = try StreamResampler(fromHz: fromHz, toHz: toHz)
  var output = try resampler.process(x)
  output += try resampler.finish()
  return output
}

/// libsoxr's version, for the environment row.
public enum ResamplingLibrary {
  public static var version: String { unsafe String(cString: soxr_version()) }
}
