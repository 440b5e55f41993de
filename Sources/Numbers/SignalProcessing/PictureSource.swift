/// One picture of a film.
public struct Picture: Sendable {
  /// Seconds of the stimulus: 0 is its first sound sample (its first picture where there is no sound).
  public var seconds: Double
  public var width: Int
  public var height: Int
  /// `[height, width, 3]` red, green, blue, 0 to 255, gamma-encoded.
  public var rgb: [UInt8]

  public init(seconds: Double, width: Int, height: Int, rgb: [UInt8]) {
    precondition(rgb.count == width * height * 3, "picture size and bytes differ")
    self.seconds = seconds
    self.width = width
    self.height = height
    self.rgb = rgb
  }
}

/// Pictures in order of presentation, read one at a time, so that memory does not grow with the film.
public protocol PictureSource: AnyObject {
  /// The nominal rate, frames per second.
  var framesPerSecond: Double { get }
  /// The next picture; nil at the end.
  func next() throws -> Picture?
}
