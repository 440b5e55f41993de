/// One decoded picture, reduced in size.
public struct VideoFrame: Sendable {
  /// Container time of the frame, seconds.
  public let seconds: Double
  public let width: Int
  public let height: Int
  /// `[height, width, 3]` red, green, blue, 0 to 255, gamma-encoded as in the film.
  public var rgb: [UInt8]

  package init(seconds: Double, width: Int, height: Int, rgb: [UInt8]) {
    (self.seconds, self.width, self.height, self.rgb) = (seconds, width, height, rgb)
  }
}

/// The picture of one video stream as players show it, frame by frame, area-averaged to a fixed width.
///
/// Pictures are turned as the container says, and pixels that are not square become so; interlaced frames stay whole.
/// Colours are converted with the matrix and range the stream declares (BT.709 for HD and BT.601 for smaller pictures
/// where it declares none). Frames before the start of an edit list are dropped. It is decoded and scaled in a process of
/// its own (`DecodingProcess`) with `threads` threads. One value is used by one thread.
public final class VideoDecoder {
  public let probe: MediaProbe
  public let stream: MediaStream
  /// Size of the frames given out.
  public let width: Int
  public let height: Int
  /// Complete once `next` has returned nil.
  public private(set) var report = DecodingReport()

  private let decoded: DecodedStream

  /// Opens the first video stream flagged default, else the one with the lowest index; cover images do not count.
  /// Pictures narrower than `width` keep their size.
  ///
  /// - Throws: what is wrong with the file; `E-MED-031` where decoding it breaks down.
  public init(path: String, width: Int = 320, threads: Int = 2) throws {
    precondition(width > 0 && threads > 0, "a picture has a width, a decoder a thread")
    decoded = try DecodedStream(path)
    let opened: OpenedPicture = try decoded.open(.picture(path: path, width: width, threads: threads))
    (probe, stream, self.width, height) = (opened.probe, opened.stream, opened.width, opened.height)
  }

  /// The next frame in order of presentation; nil at the end.
  public func next() throws -> VideoFrame? {
    let size = 3 * width * height
    let frame = try decoded.advance(size: size) { process, half, place, batch, index in
      guard !batch.seconds.isEmpty else { throw process.giveUp(on: probe.path) }
      return VideoFrame(
        seconds: batch.seconds[index], width: width, height: height,
        rgb: process.bytes(half: half, from: place, count: size))
    }
    guard let frame else {
      if let end = decoded.end { report = end }
      return nil
    }
    if report.startSeconds == nil { report.startSeconds = frame.seconds }
    report.decodedCount += 1
    return frame
  }
}
