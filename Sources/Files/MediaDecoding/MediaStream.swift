/// One elementary stream of a film or sound file, as its container declares it.
public struct MediaStream: Sendable, Equatable {
  public enum Kind: String, Sendable { case video, audio, subtitle, other }

  /// Position in the container, from 0.
  public var index: Int
  public var kind: Kind
  /// FFmpeg's (or libsndfile's) name of the codec: `aac`, `h264`, `pcm_s16le`.
  public var codec: String
  /// ISO 639 code of the container; nil where it names none or `und`.
  public var language: String?
  public var rateHz: Int?
  public var channels: Int?
  public var width: Int?
  public var height: Int?
  public var framesPerSecond: Double?
  /// Clockwise quarter turns, 0 to 3, by which players turn the picture (films of upright phones are stored lying).
  public var quarterTurns = 0
  /// Width of a stored pixel over its height; 1 for square ones.
  public var pixelAspect = 1.0
  /// Container time of the stream's first sample or frame, seconds.
  public var startSeconds: Double?
  /// Seconds the container declares; nil where it declares none, or only an estimate.
  public var durationSeconds: Double?
  /// Samples of encoder delay that decoding drops at the start.
  public var primingSamples: Int?
  /// Flagged as the stream players choose.
  public var isDefault: Bool
  /// A cover image, not a moving picture.
  public var isAttachedPicture: Bool

  package init(index: Int, kind: Kind, codec: String) {
    self.index = index
    self.kind = kind
    self.codec = codec
    self.isDefault = false
    self.isAttachedPicture = false
  }
}

/// What a film or sound file holds, before decoding.
public struct MediaProbe: Sendable, Equatable {
  public let path: String
  /// The container, as FFmpeg or libsndfile names it.
  public let format: String
  /// Seconds the container declares; nil where it declares none, or only an estimate from its bit rate.
  public let durationSeconds: Double?
  public let streams: [MediaStream]

  package init(path: String, format: String, durationSeconds: Double?, streams: [MediaStream]) {
    (self.path, self.format, self.durationSeconds, self.streams) = (path, format, durationSeconds, streams)
  }

  /// The first audio stream flagged default, else the one with the lowest index.
  public var chosenAudio: MediaStream? { choose(.audio) }

  /// The first video stream flagged default, else the one with the lowest index; never a cover image.
  public var chosenVideo: MediaStream? { choose(.video) }

  private func choose(_ kind: MediaStream.Kind) -> MediaStream? {
    let candidates = streams.filter { $0.kind == kind && !$0.isAttachedPicture }
    return candidates.first { $0.isDefault } ?? candidates.first
  }
}

/// What decoding a stream to its end found.
public struct DecodingReport: Sendable, Equatable {
  package init() {}

  /// Samples per channel (audio) or frames (video) given out, silence in gaps included.
  public var decodedCount = 0
  /// Container time of the first one, seconds.
  public var startSeconds: Double?
  /// The same where the stream is all there is to tell the time: a raw stream without stamps begins with its clock.
  public var clockStartSeconds: Double { startSeconds ?? 0 }
  /// Samples of encoder delay dropped at the start.
  public var primingSamples = 0
  /// Packets that could not be decoded or were flagged damaged.
  public var damagedPackets = 0
  /// Container time of the first of them, seconds.
  public var firstDamageSeconds: Double?
  /// Seconds of missing sound that were replaced by silence.
  public var filledSeconds = 0.0
  /// Samples from which and to which every channel of a sound file was exactly zero for a hundredth of a second or more:
  /// what libsndfile gives in place of frames that it cannot decode, beside silence itself.
  public var zeroRuns: [Range<Int>] = []
  /// Seconds by which stamps ran backwards (sound that overlaps itself); the samples are kept.
  public var overlapSeconds = 0.0
  /// Times at which another sound of the same file began, whose own clock began anew (Ogg).
  public var joinCount = 0
  /// Container time at which any stream of the file ends, seconds.
  public var lastPacketEndSeconds = 0.0
  /// The same of each stream whose packets were met: all of them where the decoded one has no declared length.
  public var packetEndSeconds: [Int: Double] = [:]
}
