import Diagnostics

#if canImport(Glibc)
  import Glibc
#endif

/// The first bytes of a file, and its size; a clear error for a path that is no readable file with content.
package struct FileHead {
  package let bytes: [UInt8]
  package let size: Int

  package init(path: String) throws {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw Self.missing(path, unsafe String(cString: strerror(errno))) }
    // A pipe waits for its writer, a device never ends.
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Self.missing(path, status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is a pipe or a device")
    }
    guard let file = unsafe fopen(path, "rb") else {
      throw Self.missing(path, unsafe String(cString: strerror(errno)))
    }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe fread(&buffer, 1, buffer.count, file)
    unsafe fclose(file)
    guard count > 0 else {
      throw EvokeError(.mediaEmpty, path, reason: "the file has no bytes", remedy: "copy or download the file again")
    }
    bytes = Array(buffer.prefix(count))
    size = Int(status.st_size)
  }

  private static func missing(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.mediaMissing, path, reason: reason, remedy: "check the path and its permissions")
  }

  func text(_ range: Range<Int>) -> String {
    range.upperBound <= bytes.count ? String(decoding: bytes[range], as: UTF8.self) : ""
  }

  /// WAV, RF64, FLAC and AIFF go to libsndfile, everything else to FFmpeg.
  package var isSoundFile: Bool {
    switch text(0..<4) {
    case "RIFF", "RF64": text(8..<12) == "WAVE"
    case "FORM": text(8..<12) == "AIFF" || text(8..<12) == "AIFC"
    case "fLaC": true
    default: false
    }
  }

  /// Begins like an MP4 or MOV: a box name at byte 4.
  package var looksLikeMP4: Bool { ["ftyp", "moov", "mdat", "free", "skip", "wide"].contains(text(4..<8)) }

  /// Begins with text only (no control characters but white space in the first 512 bytes).
  package var looksLikeText: Bool {
    bytes.prefix(512).allSatisfy { $0 >= 32 || $0 == 9 || $0 == 10 || $0 == 12 || $0 == 13 }
  }
}
