import CFFmpeg
import Diagnostics
import MediaDecoding

/// The one owner of an open container (`AVFormatContext`) and the packet read from it.
@safe struct FormatReader: ~Copyable {
  let path: String
  let handle: UnsafeMutablePointer<AVFormatContext>
  let packet: UnsafeMutablePointer<AVPacket>

  /// Opens and probes a file. Formats that list other files, and pictures and text that FFmpeg can show as film, are
  /// refused: a media file is itself the stimulus.
  init(path: String, head: FileHead) throws {
    av_log_set_level(AV_LOG_QUIET)
    var opened: UnsafeMutablePointer<AVFormatContext>?
    // The prefix keeps a colon in the name from being read as a network protocol.
    let status = unsafe avformat_open_input(&opened, "file:" + path, nil, nil)
    guard status == 0, let context = unsafe opened else { throw Self.cannotOpen(path, head, status) }
    let format = unsafe text(context.pointee.iformat?.pointee.name)
    let probed =
      format.map(Self.isStimulusFormat) == true ? unsafe avformat_find_stream_info(context, nil) : cffmpeg_invalid()
    guard probed >= 0 else {
      unsafe avformat_close_input(&opened)
      throw Self.cannotOpen(path, head, probed)
    }
    guard let packet = unsafe av_packet_alloc() else { preconditionFailure("out of memory") }
    self.path = path
    unsafe handle = context
    unsafe self.packet = packet
  }

  deinit {
    var context: UnsafeMutablePointer<AVFormatContext>? = unsafe handle
    unsafe avformat_close_input(&context)
    var last: UnsafeMutablePointer<AVPacket>? = unsafe packet
    unsafe av_packet_free(&last)
  }

  private static func isStimulusFormat(_ name: String) -> Bool {
    let refused = ["tty", "image2", "hls", "dash", "concat", "bin", "idf", "xbin", "adf", "gif", "apng", "ffmetadata"]
    return !name.split(separator: ",").contains { refused.contains(String($0)) || $0.hasSuffix("_pipe") }
  }

  private static func cannotOpen(_ path: String, _ head: FileHead, _ status: Int32) -> EvokeError {
    if head.looksLikeMP4 {
      return EvokeError(
        .mediaIndexMissing, path,
        reason: "the file begins like an MP4 but has no usable index (moov box): it was cut short",
        remedy: "copy, download or record the file again")
    }
    let kind = head.looksLikeText ? "the content is text" : "no known format (\(ffmpegReason(status)))"
    return EvokeError(
      .mediaUnknownFormat, path, reason: kind,
      remedy: "give a film or sound file: MP4, MKV, WebM, MOV, AVI, MP3, M4A, OGG, WAV, FLAC")
  }

  /// Sounds may follow each other in one file, each with a clock of its own.
  var isOgg: Bool { unsafe text(handle.pointee.iformat?.pointee.name) == "ogg" }

  var streamCount: Int { Int(unsafe handle.pointee.nb_streams) }

  /// The number of the stream a packet belongs to.
  var packetStream: Int { Int(unsafe packet.pointee.stream_index) }

  func timeBase(_ index: Int) -> AVRational { unsafe handle.pointee.streams[index]!.pointee.time_base }

  /// Keeps the demuxer from giving out packets of other streams.
  func select(only index: Int) {
    for other in 0..<streamCount where other != index {
      unsafe handle.pointee.streams[other]!.pointee.discard = AVDISCARD_ALL
    }
  }

  /// Reads the next packet; false at the end of the file.
  ///
  /// A demuxer that meets a hole may find packets again behind it, one that meets the cut end of a file does not: what is
  /// missing is told by lengths, stamps and the container's structure.
  func read() throws -> Bool {
    var failedAt: Int64 = -1
    while true {
      unsafe av_packet_unref(packet)
      let status = unsafe av_read_frame(handle, packet)
      if status >= 0 { return true }
      if status == cffmpeg_eof() { return false }
      let place = unsafe status == -ENOMEM ? -1 : avio_tell(handle.pointee.pb)
      guard place <= failedAt else {
        failedAt = place
        continue
      }
      guard [cffmpeg_invalid(), cffmpeg_again(), -EIO].contains(status) else {
        throw decodingFailed(path, "reading the container", status)
      }
      return false
    }
  }

  /// Container time at which the packet ends, where it has a stamp; one without a length ends where it begins.
  var packetEndSeconds: Double? {
    let base = timeBase(packetStream)
    guard let start = seconds(unsafe packet.pointee.pts, base) else { return nil }
    return start + (seconds(unsafe packet.pointee.duration, base) ?? 0)
  }

  var packetStartSeconds: Double? { seconds(unsafe packet.pointee.pts, timeBase(packetStream)) }

  var packetIsDamaged: Bool { unsafe packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

  /// Samples the packet's side data tells the decoder to drop at the start (encoder delay).
  var packetSkippedSamples: Int {
    var size = 0
    guard let data = unsafe av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &size), size >= 4 else {
      return 0
    }
    return unsafe Int(data[0]) | Int(data[1]) << 8 | Int(data[2]) << 16 | Int(data[3]) << 24
  }

  /// The file's streams as declared.
  func probe() -> MediaProbe {
    // MPEG transport and program streams declare no length: FFmpeg takes it from the last stamps it finds.
    let method = unsafe handle.pointee.duration_estimation_method
    let isEstimate = method == AVFMT_DURATION_FROM_BITRATE || method == AVFMT_DURATION_FROM_PTS
    let duration = unsafe handle.pointee.duration
    let declared = isEstimate || duration == cffmpeg_no_pts() ? nil : Double(duration) / Double(cffmpeg_time_base())
    return MediaProbe(
      path: path, format: unsafe text(handle.pointee.iformat?.pointee.name) ?? "unknown", durationSeconds: declared,
      streams: (0..<streamCount).map { stream($0, durationIsEstimate: isEstimate) })
  }

  private func stream(_ index: Int, durationIsEstimate: Bool) -> MediaStream {
    let source = unsafe handle.pointee.streams[index]!
    let parameters = unsafe source.pointee.codecpar!
    let kinds: [AVMediaType: MediaStream.Kind] = [
      AVMEDIA_TYPE_VIDEO: .video, AVMEDIA_TYPE_AUDIO: .audio, AVMEDIA_TYPE_SUBTITLE: .subtitle,
    ]
    let kind = unsafe kinds[parameters.pointee.codec_type] ?? .other
    var stream = MediaStream(
      index: index, kind: kind, codec: unsafe text(avcodec_get_name(parameters.pointee.codec_id)) ?? "unknown")
    let base = unsafe source.pointee.time_base
    stream.startSeconds = seconds(unsafe source.pointee.start_time, base)
    stream.durationSeconds = durationIsEstimate ? nil : seconds(unsafe source.pointee.duration, base)
    if stream.durationSeconds == nil, let start = stream.startSeconds, let tag = unsafe tag(source, "DURATION") {
      // Matroska keeps each track's own end in a tag; it counts from the container's zero.
      stream.durationSeconds = Self.clockTime(tag).map { $0 - start }
    }
    stream.language = unsafe tag(source, "language").flatMap { $0 == "und" ? nil : $0 }
    let disposition = unsafe source.pointee.disposition
    stream.isDefault = disposition & AV_DISPOSITION_DEFAULT != 0
    stream.isAttachedPicture = disposition & AV_DISPOSITION_ATTACHED_PIC != 0
    switch kind {
    case .audio:
      stream.rateHz = unsafe Int(parameters.pointee.sample_rate)
      stream.channels = unsafe Int(parameters.pointee.ch_layout.nb_channels)
      stream.primingSamples = unsafe Int(parameters.pointee.initial_padding)
    case .video:
      stream.width = unsafe Int(parameters.pointee.width)
      stream.height = unsafe Int(parameters.pointee.height)
      let rates = unsafe [source.pointee.avg_frame_rate, source.pointee.r_frame_rate]
      stream.framesPerSecond = rates.first { $0.num > 0 && $0.den > 0 }.map { Double($0.num) / Double($0.den) }
      stream.quarterTurns = unsafe quarterTurns(source)
      let aspect = unsafe av_guess_sample_aspect_ratio(handle, source, nil)
      if aspect.num > 0, aspect.den > 0 { stream.pixelAspect = Double(aspect.num) / Double(aspect.den) }
    default: break
    }
    return stream
  }

  /// The display matrix as clockwise quarter turns; other angles and mirrors do not count.
  private func quarterTurns(_ stream: UnsafeMutablePointer<AVStream>) -> Int {
    var size = 0
    guard let data = unsafe av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else {
      return 0
    }
    let matrix = (0..<9).map {
      unsafe UnsafeRawPointer(data).loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)
    }
    // FFmpeg counts counterclockwise.
    let angle = unsafe av_display_rotation_get(matrix)
    guard angle.isFinite else { return 0 }
    let turns = Int((-angle / 90).rounded())
    return abs(-angle - Double(turns) * 90) < 1 ? (turns % 4 + 4) % 4 : 0
  }

  private func tag(_ stream: UnsafeMutablePointer<AVStream>, _ key: String) -> String? {
    guard let entry = unsafe av_dict_get(stream.pointee.metadata, key, nil, 0) else { return nil }
    return unsafe text(entry.pointee.value)
  }

  /// Seconds of `HH:MM:SS.fraction`.
  static func clockTime(_ text: String) -> Double? {
    let parts = text.split(separator: ":").map { Double($0) }
    guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2] else { return nil }
    return hours * 3_600 + minutes * 60 + seconds
  }
}
