import CFFmpeg
import Diagnostics
import MediaDecoding

/// The decoding of one picture stream, in this process; `VideoDecoder` is what others use.
package final class PictureDecoding {
  package let probe: MediaProbe
  package let stream: MediaStream
  /// Size of the frames given out.
  package let width: Int
  package let height: Int
  /// Complete once `next` has returned nil.
  package private(set) var report = DecodingReport()

  private let reader: FormatReader
  private let decoder: StreamDecoder
  private var scaler = PictureScaler()
  private var lastSeconds: Double?

  package init(path: String, width: Int, threads: Int) throws {
    precondition(width > 0 && threads > 0, "a picture has a width, a decoder a thread")
    let head = try FileHead(path: path)
    let reader = try FormatReader(path: path, head: head)
    let probe = reader.probe()
    guard probe.streams.contains(where: { $0.kind == .audio || $0.kind == .video }) else {
      throw FormatReader.notMedia(path)
    }
    guard let stream = probe.chosenVideo, let fullWidth = stream.width, let fullHeight = stream.height,
      fullWidth > 0, fullHeight > 0
    else {
      throw EvokeError(
        .mediaNoPicture, path,
        reason: "its streams are: "
          + probe.streams.map { "\($0.index) \($0.kind.rawValue) (\($0.codec))" }.joined(separator: ", "),
        remedy: "give a film; sound alone gives no visual features")
    }
    self.probe = probe
    self.stream = stream
    let isLying = stream.quarterTurns % 2 == 1
    let (wide, high) = (Double(fullWidth) * stream.pixelAspect, Double(fullHeight))
    let (shownWidth, shownHeight) = isLying ? (high, wide) : (wide, high)
    self.width = max(1, Int(min(Double(width), shownWidth).rounded()))
    self.height = max(1, Int((shownHeight * Double(self.width) / shownWidth).rounded()))
    decoder = try StreamDecoder.open(reader, stream: stream.index, threads: threads)
    reader.select(only: stream.index)
    self.reader = reader
  }

  /// The next frame in order of presentation; nil at the end.
  package func next() throws -> VideoFrame? {
    var time: Double?
    let rgb = unsafe try [UInt8](unsafeUninitializedCapacity: roomBytes) { buffer, filled in
      time = unsafe try next(into: UnsafeMutableRawBufferPointer(buffer))
      filled = time == nil ? 0 : 3 * width * height
    }
    return time.map { VideoFrame(seconds: $0, width: width, height: height, rgb: rgb) }
  }

  /// Bytes that a picture needs while it is made: libswscale may write some beyond its end.
  package var roomBytes: Int { 3 * width * height + 64 }

  /// Makes the next frame in order of presentation at the beginning of a buffer of `roomBytes`; its container time, nil at
  /// the end.
  package func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Double? {
    precondition(buffer.count >= roomBytes, "room for a picture")
    while true {
      switch try decoder.receive() {
      case .frame:
        if decoder.frameIsDamaged { note(decoder.frameSeconds) }
        return unsafe try picture(into: buffer)
      case .damaged: note(nil)
      case .end: return nil
      case .needsInput: try feed()
      }
    }
  }

  private func feed() throws {
    guard try reader.read() else {
      _ = try unsafe decoder.send(nil)
      return
    }
    if let end = reader.packetEndSeconds { report.lastPacketEndSeconds = max(report.lastPacketEndSeconds, end) }
    guard reader.packetStream == stream.index else { return }
    if reader.packetIsDamaged { note(reader.packetStartSeconds) }
    if try unsafe decoder.send(reader.packet) == .damaged { note(reader.packetStartSeconds) }
  }

  private func note(_ time: Double?) {
    report.damagedPackets += 1
    if report.firstDamageSeconds == nil { report.firstDamageSeconds = time ?? lastSeconds }
  }

  /// Container time of the frame. One without a stamp follows the last one at the nominal rate; the first of a raw
  /// stream begins its clock.
  private func frameSeconds() throws -> Double {
    if let seconds = decoder.frameSeconds { return seconds }
    guard let last = lastSeconds else { return 0 }
    guard let rate = stream.framesPerSecond else {
      throw EvokeError(
        .mediaDecodingFailed, "\(probe.path) stream \(stream.index)",
        reason: "its pictures have neither stamps nor a rate",
        remedy: "put the film into MP4 or MKV with its frame rate")
    }
    return last + 1 / rate
  }

  private func picture(into buffer: UnsafeMutableRawBufferPointer) throws -> Double {
    let time = try frameSeconds()
    let isLying = stream.quarterTurns % 2 == 1
    try unsafe scaler.reduce(
      decoder.frame, to: isLying ? height : width, isLying ? width : height, into: buffer, path: probe.path)
    if stream.quarterTurns != 0 {
      unsafe turn(buffer, toWidth: width, height: height, quarterTurns: stream.quarterTurns)
    }
    if report.startSeconds == nil { report.startSeconds = time }
    lastSeconds = time
    report.decodedCount += 1
    return time
  }
}

/// Turns the `[height, width, 3]` picture at the beginning of a buffer by clockwise quarters.
private func turn(_ buffer: UnsafeMutableRawBufferPointer, toWidth width: Int, height: Int, quarterTurns: Int) {
  let rgb = unsafe Array(buffer.prefix(3 * width * height))
  for y in 0..<height {
    for x in 0..<width {
      let from =
        switch quarterTurns {
        case 1: (width - 1 - x) * height + y
        case 2: (height - 1 - y) * width + width - 1 - x
        default: x * height + height - 1 - y
        }
      for c in 0..<3 { unsafe buffer[(y * width + x) * 3 + c] = rgb[from * 3 + c] }
    }
  }
}

/// The one owner of an `SwsContext`.
@safe private struct PictureScaler: ~Copyable {
  private var handle: OpaquePointer?
  private var configured: (Int32, Int32, Int32) = (0, 0, 0)

  init() { unsafe handle = nil }

  deinit { unsafe sws_freeContext(handle) }

  mutating func reduce(
    _ frame: UnsafeMutablePointer<AVFrame>, to width: Int, _ height: Int,
    into buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws {
    let (w, h, format) = unsafe (frame.pointee.width, frame.pointee.height, frame.pointee.format)
    if unsafe handle == nil || configured != (w, h, format) {
      unsafe handle = sws_getCachedContext(
        handle, w, h, AVPixelFormat(format), Int32(width), Int32(height), AV_PIX_FMT_RGB24,
        Int32(SWS_AREA) | Int32(SWS_ACCURATE_RND), nil, nil, nil)
      guard unsafe handle != nil else {
        throw EvokeError(
          .mediaDecodingFailed, path, reason: "no conversion from this pixel format to RGB",
          remedy: "convert the film to H.264 with 8-bit 4:2:0 colour")
      }
      configured = (w, h, format)
      unsafe setColours(of: frame)
    }
    let first = unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    var planes: [UnsafeMutablePointer<UInt8>?] = unsafe [first, nil, nil, nil]
    var strides = [Int32(width * 3), 0, 0, 0]
    var status: Int32 = 0
    unsafe withUnsafePointer(to: &frame.pointee.data) { data in
      unsafe data.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 8) { source in
        unsafe withUnsafePointer(to: &frame.pointee.linesize) { lines in
          unsafe lines.withMemoryRebound(to: Int32.self, capacity: 8) { lineSizes in
            status = unsafe sws_scale(handle, source, lineSizes, 0, h, &planes, &strides)
          }
        }
      }
    }
    guard status == Int32(height) else { throw decodingFailed(path, "reducing a picture", status) }
  }

  /// Tells the scaler the film's own matrix and range.
  private func setColours(of frame: UnsafeMutablePointer<AVFrame>) {
    let declared = unsafe frame.pointee.colorspace
    let isHD = unsafe frame.pointee.height >= 720
    let matrix =
      switch declared {
      case AVCOL_SPC_BT709: SWS_CS_ITU709
      case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
      case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
      case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
      default: isHD ? SWS_CS_ITU709 : SWS_CS_ITU601
      }
    let fullRange: Int32 = unsafe frame.pointee.color_range == AVCOL_RANGE_JPEG ? 1 : 0
    let table = unsafe sws_getCoefficients(Int32(matrix))
    // Refused only for formats without a matrix (RGB films), which need none.
    _ = unsafe sws_setColorspaceDetails(handle, table, fullRange, table, 1, 0, 1 << 16, 1 << 16)
  }
}
