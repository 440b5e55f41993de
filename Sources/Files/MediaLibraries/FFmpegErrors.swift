import CFFmpeg
import Diagnostics

/// FFmpeg's versions, for the environment row.
package enum FFmpegLibrary {
  package static var version: String { unsafe String(cString: av_version_info()) }
}

/// FFmpeg's text for a status.
func ffmpegReason(_ status: Int32) -> String {
  var text = [CChar](repeating: 0, count: 256)
  let known = unsafe av_strerror(status, &text, text.count)
  guard known == 0 else { return "FFmpeg status \(status)" }
  return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// A C string that may be absent.
func text(_ pointer: UnsafePointer<CChar>?) -> String? {
  unsafe pointer.map { unsafe String(cString: $0) }
}

/// Seconds of a stamp in a time base; nil for FFmpeg's "no stamp".
func seconds(_ stamp: Int64, _ base: AVRational) -> Double? {
  stamp == cffmpeg_no_pts() || base.den == 0 ? nil : Double(stamp) * Double(base.num) / Double(base.den)
}

func decodingFailed(_ path: String, _ what: String, _ status: Int32) -> EvokeError {
  EvokeError(
    .mediaDecodingFailed, path, reason: "\(what): \(ffmpegReason(status))",
    remedy: "play the file to its end; if it is whole, convert it to another format and report this file")
}
