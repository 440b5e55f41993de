import CFFmpeg
import MediaDecoding

extension AudioBlock {
  static func silence(channels: Int, count: Int) -> AudioBlock {
    AudioBlock(channels: [[Float]](repeating: [Float](repeating: 0, count: count), count: channels))
  }
}

extension StreamDecoder {
  /// The decoded frame's samples as planar float32; nil for a sample format FFmpeg does not give for sound.
  func audioBlock() -> AudioBlock? {
    let count = unsafe Int(frame.pointee.nb_samples)
    let channels = unsafe Int(frame.pointee.ch_layout.nb_channels)
    let format = AVSampleFormat(unsafe frame.pointee.format)
    let isPlanar = av_sample_fmt_is_planar(format) == 1
    let packed = av_get_packed_sample_fmt(format)
    var block: [[Float]] = []
    for channel in 0..<channels {
      guard let data = unsafe frame.pointee.extended_data[isPlanar ? channel : 0] else { return nil }
      let raw = UnsafeRawPointer(data)
      let (offset, stride) = isPlanar ? (0, 1) : (channel, channels)
      switch packed {
      case AV_SAMPLE_FMT_FLT:
        unsafe block.append(convert(raw, Float.self, count: count, offset: offset, stride: stride) { $0 })
      case AV_SAMPLE_FMT_DBL:
        unsafe block.append(convert(raw, Double.self, count: count, offset: offset, stride: stride) { Float($0) })
      case AV_SAMPLE_FMT_S16:
        unsafe block.append(
          convert(raw, Int16.self, count: count, offset: offset, stride: stride) { Float($0) * 0x1p-15 })
      case AV_SAMPLE_FMT_S32:
        unsafe block.append(
          convert(raw, Int32.self, count: count, offset: offset, stride: stride) { Float($0) * 0x1p-31 })
      case AV_SAMPLE_FMT_S64:
        unsafe block.append(
          convert(raw, Int64.self, count: count, offset: offset, stride: stride) { Float($0) * 0x1p-63 })
      case AV_SAMPLE_FMT_U8:
        unsafe block.append(
          convert(raw, UInt8.self, count: count, offset: offset, stride: stride) { (Float($0) - 128) * 0x1p-7 })
      default: return nil
      }
    }
    return AudioBlock(channels: block)
  }
}

private func convert<T>(
  _ raw: UnsafeRawPointer, _ type: T.Type, count: Int, offset: Int, stride: Int, value: (T) -> Float
) -> [Float] {
  let samples = unsafe raw.assumingMemoryBound(to: T.self) + offset
  return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
    for i in 0..<count { unsafe buffer[i] = value(samples[i * stride]) }
    initialized = count
  }
}
