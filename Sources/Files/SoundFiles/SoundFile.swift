import ByteSource
import CSndfile
import Containers
import Diagnostics
import MediaDecoding

/// libsndfile.
package enum SoundLibrary {
  package static var version: String { unsafe String(cString: sf_version_string()) }
}

/// The one owner of an open WAV, FLAC or AIFF file (libsndfile).
@safe package struct SoundFile: ~Copyable {
  package let path: String
  private let handle: OpaquePointer
  package let rateHz: Int
  package let channels: Int
  /// Samples per channel the header declares; nil where it leaves them open.
  let declaredCount: Int?
  package let format: String
  package let codec: String
  /// Set when reading met data that could not be decoded.
  package private(set) var isDamaged = false

  /// Opens the file; nil for other formats, and where libsndfile does not know the encoding or finds no samples because
  /// the header's size of them was never filled in (FFmpeg may).
  package static func open(path: String, head: FileHead) throws -> SoundFile? {
    guard head.isSoundFile else { return nil }
    let extent = try ContainerWalk.chunks(of: ByteSource(reading: path, truncation: .mediaLengthDiffers))
    var info = SF_INFO()
    guard let handle = unsafe sf_open(path, Int32(SFM_READ), &info) else { return nil }
    guard info.samplerate > 0, info.channels > 0 else {
      unsafe sf_close(handle)
      throw EvokeError(
        .mediaUnknownFormat, path, reason: "the header declares \(info.channels) channels at \(info.samplerate) Hz",
        remedy: "convert the file again from its source")
    }
    if let extent, extent.isLeftOpen, info.frames == 0 {
      unsafe sf_close(handle)
      return nil
    }
    return unsafe SoundFile(path: path, extent: extent, handle: handle, info: info)
  }

  private init(path: String, extent: DeclaredExtent?, handle: OpaquePointer, info: SF_INFO) {
    self.path = path
    unsafe self.handle = handle
    rateHz = Int(info.samplerate)
    channels = Int(info.channels)
    format = Self.name(info.format & Int32(SF_FORMAT_TYPEMASK))
    codec = Self.name(info.format & Int32(SF_FORMAT_SUBMASK))
    // libsndfile shortens the count of a file that is cut short to what is there: the chunks tell what was meant.
    let counted = info.frames > 0 && info.frames < Int64.max / 2 ? Int(info.frames) : nil
    let stated = extent?.seconds.map { Int(($0 * Double(info.samplerate)).rounded()) }
    declaredCount = extent?.isLeftOpen == true ? nil : stated ?? counted
  }

  deinit { unsafe sf_close(handle) }

  private static func name(_ code: Int32) -> String {
    var description = unsafe SF_FORMAT_INFO(format: code, name: nil, extension: nil)
    let status = unsafe sf_command(
      nil, Int32(SFC_GET_FORMAT_INFO), &description, Int32(MemoryLayout<SF_FORMAT_INFO>.size))
    return status == 0 ? unsafe description.name.map { unsafe String(cString: $0) } ?? "unknown" : "unknown"
  }

  package func probe() -> MediaProbe {
    var stream = MediaStream(index: 0, kind: .audio, codec: codec)
    stream.rateHz = rateHz
    stream.channels = channels
    stream.startSeconds = 0
    stream.durationSeconds = declaredCount.map { Double($0) / Double(rateHz) }
    stream.isDefault = true
    return MediaProbe(path: path, format: format, durationSeconds: stream.durationSeconds, streams: [stream])
  }

  /// The next samples, at most `count` per channel; empty at the end.
  package mutating func read(_ count: Int) -> AudioBlock {
    let width = channels
    var got = 0
    let interleaved = unsafe [Float](unsafeUninitializedCapacity: count * width) { buffer, initialized in
      got = unsafe Int(sf_readf_float(handle, buffer.baseAddress, sf_count_t(count)))
      initialized = max(0, got) * width
    }
    // A decoder that meets a cut or damaged stretch stops there; what came before it is sound.
    if unsafe sf_error(handle) != Int32(SF_ERR_NO_ERROR) { isDamaged = true }
    guard width > 1 else { return AudioBlock(channels: got > 0 ? [interleaved] : []) }
    return AudioBlock(
      channels: got <= 0
        ? []
        : (0..<width).map { channel in (0..<got).map { interleaved[$0 * width + channel] } })
  }
}
