import ByteSource
import CSndfile
import Diagnostics

/// How sound is written.
public enum SoundFormat: String, Sendable, CaseIterable {
  /// WAV (RF64 above 4 GB) with float32 samples, which may exceed full scale.
  case wav
  /// FLAC with 24-bit samples; what exceeds full scale is clipped.
  case flac
}

/// Writes a sound file in pieces (libsndfile). The file is whole once `close` returned.
@safe public struct SoundFileWriter: ~Copyable {
  public let path: String
  public let channels: Int
  private var handle: OpaquePointer?

  /// Creates or replaces a file. Throws E-SEP-006 where that is impossible.
  public init(path: String, format: SoundFormat, rateHz: Int, channels: Int) throws {
    precondition(rateHz > 0 && channels > 0, "sound has a rate and channels")
    let code: Int32
    switch format {
    case .wav: code = Int32(SF_FORMAT_RF64) | Int32(SF_FORMAT_FLOAT)
    case .flac: code = Int32(SF_FORMAT_FLAC) | Int32(SF_FORMAT_PCM_24)
    }
    var info = SF_INFO()
    info.samplerate = Int32(rateHz)
    info.channels = Int32(channels)
    info.format = code
    guard let handle = unsafe sf_open(path, Int32(SFM_WRITE), &info) else {
      throw Self.failure(path, unsafe String(cString: sf_strerror(nil)))
    }
    self.path = path
    self.channels = channels
    unsafe self.handle = handle
    // A WAV below 4 GB becomes an ordinary one; clipping instead of wrapping around in FLAC.
    if format == .wav { unsafe sf_command(handle, Int32(SFC_RF64_AUTO_DOWNGRADE), nil, 1) }
    unsafe sf_command(handle, Int32(SFC_SET_CLIPPING), nil, 1)
  }

  deinit { if let handle = unsafe handle { unsafe sf_close(handle) } }

  /// Adds samples, channels in turn.
  public mutating func append(_ interleaved: [Float]) throws {
    precondition(interleaved.count % channels == 0, "a part of a sample")
    let frames = interleaved.count / channels
    let written = unsafe interleaved.withUnsafeBufferPointer {
      unsafe sf_writef_float(handle, $0.baseAddress, sf_count_t(frames))
    }
    guard Int(written) == frames else { throw Self.failure(path, unsafe String(cString: sf_strerror(handle))) }
  }

  /// Ends the file. Throws E-SEP-006 where its end could not be written.
  public consuming func close() throws {
    let path = path
    guard let open = unsafe handle.take() else { return }
    var written = SF_INFO()
    unsafe sf_command(open, Int32(SFC_GET_CURRENT_SF_INFO), &written, Int32(MemoryLayout<SF_INFO>.size))
    let status = unsafe sf_close(open)
    guard status == 0 else { throw Self.failure(path, unsafe String(cString: sf_error_number(status))) }
    try Self.requireHead(of: path, written)
  }

  /// The library says nothing of a head that it could not write at the end, and takes one without a length for one that
  /// has the rest of the file: its bytes are looked at.
  private static func requireHead(of path: String, _ written: SF_INFO) throws {
    let file = try ByteSource(reading: path, truncation: .soundNotWritten)
    let (head, size) = try (file.bytes(at: 0, count: 26, "its head"), file.count)
    func number(_ range: Range<Int>) -> Int { head[range].reduce(0) { $0 << 8 | Int($1) } }
    let isWhole =
      switch head.prefix(4) {
      // The length of all that follows, little-endian.
      case Array("RIFF".utf8)[...]: head[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) } == size - 8
      // Beyond 4 GB it stands in a chunk of its own.
      case Array("RF64".utf8)[...]: size > Int(UInt32.max)
      // The lower 36 bits: samples per channel.
      case Array("fLaC".utf8)[...]: number(21..<26) & 0xF_FFFF_FFFF == Int(written.frames)
      default: false
      }
    guard isWhole else { throw failure(path, "its head does not tell the \(written.frames) samples that were written") }
  }

  private static func failure(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.soundNotWritten, path, reason: reason, remedy: "check the folder, its permissions and the free space")
  }
}
