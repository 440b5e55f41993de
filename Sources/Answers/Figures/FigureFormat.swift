import PictureRendering

/// How a figure is written: as it was drawn, or made into pixels or a page from that.
public enum FigureFormat: String, Sendable, CaseIterable {
  case svg, png, pdf

  /// By a file's name; nil for other endings.
  public init?(path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }

  /// Pixels of a PNG per unit of the drawing.
  private static let magnification = 2.0

  /// Why PNG and PDF cannot be written here; nil where they can.
  public static var refusal: String? { PictureRendering.refusal }

  /// A figure's bytes.
  ///
  /// - Throws: `pictureLibraryMissing`, `pictureFailed`; never for SVG.
  public func bytes(of svg: String) throws -> [UInt8] {
    switch self {
    case .svg: Array(svg.utf8)
    case .png: try PictureRendering.render(svg, as: .png, scale: Self.magnification)
    // A unit of a drawing is a CSS pixel, 96 to the inch; a point is a 72nd.
    case .pdf: try PictureRendering.render(svg, as: .pdf, scale: 0.75)
    }
  }
}
