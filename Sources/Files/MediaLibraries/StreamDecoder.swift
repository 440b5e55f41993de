import CFFmpeg
import Diagnostics

/// The one owner of a decoder (`AVCodecContext`) and the frame it fills.
@safe struct StreamDecoder: ~Copyable {
  let path: String
  let handle: UnsafeMutablePointer<AVCodecContext>
  let frame: UnsafeMutablePointer<AVFrame>

  private init(path: String, handle: UnsafeMutablePointer<AVCodecContext>, frame: UnsafeMutablePointer<AVFrame>) {
    self.path = path
    unsafe self.handle = handle
    unsafe self.frame = frame
  }

  /// Opens the decoder of a stream.
  static func open(_ reader: borrowing FormatReader, stream index: Int, threads: Int) throws -> StreamDecoder {
    let stream = unsafe reader.handle.pointee.streams[index]!
    let parameters = unsafe stream.pointee.codecpar!
    let name = unsafe text(avcodec_get_name(parameters.pointee.codec_id)) ?? "unknown"
    guard let codec = unsafe avcodec_find_decoder(parameters.pointee.codec_id) else {
      throw EvokeError(
        .mediaNoDecoder, "\(reader.path) stream \(index)", reason: "FFmpeg here cannot decode \(name)",
        remedy: "convert the file to H.264 with AAC, or install an FFmpeg with that codec")
    }
    guard let context = unsafe avcodec_alloc_context3(codec), let frame = unsafe av_frame_alloc() else {
      preconditionFailure("out of memory")
    }
    let decoder = unsafe StreamDecoder(path: reader.path, handle: context, frame: frame)
    let copied = unsafe avcodec_parameters_to_context(context, parameters)
    guard copied >= 0 else { throw decodingFailed(reader.path, "reading the parameters of stream \(index)", copied) }
    unsafe context.pointee.pkt_timebase = stream.pointee.time_base
    unsafe context.pointee.thread_count = Int32(threads)
    let opened = unsafe avcodec_open2(context, codec, nil)
    guard opened >= 0 else { throw decodingFailed(reader.path, "opening the \(name) decoder", opened) }
    return decoder
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = unsafe handle
    unsafe avcodec_free_context(&context)
    var last: UnsafeMutablePointer<AVFrame>? = unsafe frame
    unsafe av_frame_free(&last)
  }

  /// What became of a packet.
  enum Sent { case taken, damaged }

  /// Gives the decoder a packet, or (nil) tells it that there are no more.
  func send(_ packet: UnsafeMutablePointer<AVPacket>?) throws -> Sent {
    let status = unsafe avcodec_send_packet(handle, packet)
    if status >= 0 || status == cffmpeg_eof() { return .taken }
    guard status != -ENOMEM else { throw decodingFailed(path, "decoding a packet", status) }
    // Codecs answer damage with invalid data, "not implemented" and others: all mean that this packet gives nothing.
    return .damaged
  }

  /// What the decoder has.
  enum Received { case frame, needsInput, end, damaged }

  func receive() throws -> Received {
    let status = unsafe avcodec_receive_frame(handle, frame)
    if status >= 0 { return .frame }
    if status == cffmpeg_again() { return .needsInput }
    if status == cffmpeg_eof() { return .end }
    guard status != -ENOMEM else { throw decodingFailed(path, "decoding a frame", status) }
    return .damaged
  }

  /// Container time of the frame, where it is known.
  var frameSeconds: Double? {
    let base = unsafe handle.pointee.pkt_timebase
    return unsafe seconds(frame.pointee.best_effort_timestamp, base) ?? seconds(frame.pointee.pts, base)
  }

  var frameIsDamaged: Bool {
    unsafe frame.pointee.decode_error_flags != 0 || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
  }
}
