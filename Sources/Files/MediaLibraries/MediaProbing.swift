import Diagnostics
import MediaDecoding
import SoundFiles

/// What a film or sound file holds, without decoding it.
///
/// - Throws: for a path that cannot be opened, an empty file, a file without its index and anything that is no media.
func probe(_ path: String) throws -> MediaProbe {
  let head = try FileHead(path: path)
  if let file = try SoundFile.open(path: path, head: head) { return file.probe() }
  let probe = try FormatReader(path: path, head: head).probe()
  guard probe.streams.contains(where: { $0.kind == .audio || $0.kind == .video }) else {
    throw FormatReader.notMedia(path)
  }
  return probe
}
