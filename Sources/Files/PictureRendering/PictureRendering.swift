import Diagnostics
import Glibc

/// What an SVG drawing can be made into.
package enum PictureFormat: String, Sendable, CaseIterable {
  case png, pdf
}

/// SVG drawn as PNG or PDF by librsvg and cairo, with the system's fonts.
///
/// The two libraries are loaded when a picture is asked for and not before, so that a program that draws none neither
/// waits for them nor needs them. The bytes depend on their versions and on the fonts: what has to stay the same is the SVG.
package enum PictureRendering {
  /// The libraries' names, librsvg first.
  package static let libraries = ["librsvg-2.so.2", "libcairo.so.2"]

  /// - Parameter scale: pixels (PNG) or points (PDF) per unit of the drawing.
  /// - Throws: `pictureLibraryMissing`, `pictureFailed`.
  package static func render(
    _ svg: String, as format: PictureFormat, scale: Double, libraries: [String] = Self.libraries
  ) throws -> [UInt8] {
    let library = try RenderingLibrary(libraries)
    let drawing = try SVGHandle(svg, library)
    let (width, height) = drawing.size
    let canvas = Canvas(format, width: width * scale, height: height * scale, library)
    try canvas.draw(drawing, scale: scale, width: width, height: height)
    return try canvas.finish()
  }

  /// Why nothing can be rendered here; nil where the libraries are there, which are loaded to see that.
  package static var refusal: String? {
    do {
      _ = try RenderingLibrary(libraries)
      return nil
    } catch let error as EvokeError { return "\(error.object): \(error.reason)" } catch { return "\(error)" }
  }

  static func failed(_ reason: String) -> EvokeError {
    EvokeError(
      .pictureFailed, "the figure", reason: reason, remedy: "write it as SVG (-o FILE.svg), which needs no library")
  }
}

/// The functions of librsvg, GObject and cairo that are called.
@safe private struct RenderingLibrary {
  typealias Pointer = UnsafeMutableRawPointer
  typealias Sink = @convention(c) (Pointer?, UnsafePointer<UInt8>?, UInt32) -> Int32

  let newHandle: @convention(c) (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Pointer?>?) -> Pointer?
  let size: @convention(c) (Pointer, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Int32
  let render: @convention(c) (Pointer, Pointer, UnsafePointer<Double>, UnsafeMutablePointer<Pointer?>?) -> Int32
  let release: @convention(c) (Pointer) -> Void
  let freeError: @convention(c) (Pointer) -> Void
  let imageSurface: @convention(c) (Int32, Int32, Int32) -> Pointer
  let pdfSurface: @convention(c) (Sink, Pointer, Double, Double) -> Pointer
  let context: @convention(c) (Pointer) -> Pointer
  let scale: @convention(c) (Pointer, Double, Double) -> Void
  let contextStatus: @convention(c) (Pointer) -> Int32
  let destroyContext: @convention(c) (Pointer) -> Void
  let surfaceStatus: @convention(c) (Pointer) -> Int32
  let finishSurface: @convention(c) (Pointer) -> Void
  let destroySurface: @convention(c) (Pointer) -> Void
  let writePNG: @convention(c) (Pointer, Sink, Pointer) -> Int32
  let statusText: @convention(c) (Int32) -> UnsafePointer<CChar>?

  /// Loads the libraries, which stay loaded: their types cannot be taken back.
  init(_ names: [String]) throws {
    var handles: [Pointer] = unsafe []
    for name in names {
      guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
        throw Self.missing(name, unsafe dlerror().map { unsafe String(cString: $0) } ?? "it cannot be loaded")
      }
      unsafe handles.append(handle)
    }
    func symbol<Function>(_ name: String, _: Function.Type = Function.self) throws -> Function {
      // A library gives its dependencies' functions too: GObject's come with librsvg.
      if let found = unsafe handles.lazy.compactMap({ unsafe dlsym($0, name) }).first {
        return unsafe unsafeBitCast(found, to: Function.self)
      }
      throw Self.missing(names.joined(separator: ", "), "there is no \(name): the version is too old")
    }
    unsafe newHandle = try symbol("rsvg_handle_new_from_data")
    unsafe size = try symbol("rsvg_handle_get_intrinsic_size_in_pixels")
    unsafe render = try symbol("rsvg_handle_render_document")
    unsafe release = try symbol("g_object_unref")
    unsafe freeError = try symbol("g_error_free")
    unsafe imageSurface = try symbol("cairo_image_surface_create")
    unsafe pdfSurface = try symbol("cairo_pdf_surface_create_for_stream")
    unsafe context = try symbol("cairo_create")
    unsafe scale = try symbol("cairo_scale")
    unsafe contextStatus = try symbol("cairo_status")
    unsafe destroyContext = try symbol("cairo_destroy")
    unsafe surfaceStatus = try symbol("cairo_surface_status")
    unsafe finishSurface = try symbol("cairo_surface_finish")
    unsafe destroySurface = try symbol("cairo_surface_destroy")
    unsafe writePNG = try symbol("cairo_surface_write_to_png_stream")
    unsafe statusText = try symbol("cairo_status_to_string")
  }

  private static func missing(_ name: String, _ reason: String) -> EvokeError {
    EvokeError(
      .pictureLibraryMissing, name, reason: reason,
      remedy: "apt-get install librsvg2-2 libcairo2 fonts-dejavu-core, or write the figure as SVG (-o FILE.svg)")
  }

  /// What cairo calls a status; nil for success.
  func failure(_ status: Int32) -> String? {
    guard status != 0 else { return nil }
    return unsafe statusText(status).map { unsafe String(cString: $0) } ?? "status \(status)"
  }
}

/// The one owner of a parsed drawing.
@safe private struct SVGHandle: ~Copyable {
  private let handle: UnsafeMutableRawPointer
  private let library: RenderingLibrary

  init(_ svg: String, _ library: RenderingLibrary) throws {
    let bytes = Array(svg.utf8)
    var error: UnsafeMutableRawPointer?
    let made = unsafe bytes.withUnsafeBufferPointer { unsafe library.newHandle($0.baseAddress, $0.count, &error) }
    guard let made = unsafe made else { throw PictureRendering.failed(unsafe Self.text(error, library)) }
    unsafe handle = made
    self.library = library
  }

  deinit { unsafe library.release(handle) }

  /// Width and height in units of the drawing.
  var size: (width: Double, height: Double) {
    var (width, height) = (0.0, 0.0)
    _ = unsafe library.size(handle, &width, &height)
    return (width, height)
  }

  func render(on context: UnsafeMutableRawPointer, width: Double, height: Double) throws {
    var error: UnsafeMutableRawPointer?
    let viewport = [0, 0, width, height]
    let isDrawn = unsafe viewport.withUnsafeBufferPointer {
      unsafe library.render(handle, context, $0.baseAddress!, &error)
    }
    guard isDrawn != 0 else { throw PictureRendering.failed(unsafe Self.text(error, library)) }
  }

  /// The message of a GError: it stands behind two 32-bit numbers.
  private static func text(_ error: UnsafeMutableRawPointer?, _ library: RenderingLibrary) -> String {
    guard let error = unsafe error else { return "librsvg gives no reason" }
    let message = unsafe error.load(fromByteOffset: 8, as: UnsafePointer<CChar>?.self)
    let text = unsafe message.map { unsafe String(cString: $0) } ?? "librsvg gives no reason"
    unsafe library.freeError(error)
    return text
  }
}

/// The one owner of a cairo surface and of what it has written so far.
@safe private struct Canvas: ~Copyable {
  private final class Output {
    var bytes: [UInt8] = []
  }

  private let format: PictureFormat
  private let surface: UnsafeMutableRawPointer
  private let library: RenderingLibrary
  private let output = Output()

  private static let sink: RenderingLibrary.Sink = { target, bytes, count in
    guard let target = unsafe target, let bytes = unsafe bytes else { return 11 }
    let output = unsafe Unmanaged<Output>.fromOpaque(target).takeUnretainedValue()
    unsafe output.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
    return 0
  }

  init(_ format: PictureFormat, width: Double, height: Double, _ library: RenderingLibrary) {
    self.format = format
    self.library = library
    let target = unsafe Unmanaged.passUnretained(output).toOpaque()
    switch format {
    // ARGB32, 8 bits each. cairo refuses more than 32,767 pixels by its status.
    case .png:
      unsafe surface = library.imageSurface(
        0, Int32(clamping: Int(width.rounded(.up))), Int32(clamping: Int(height.rounded(.up))))
    case .pdf: unsafe surface = library.pdfSurface(Self.sink, target, width, height)
    }
  }

  deinit { unsafe library.destroySurface(surface) }

  func draw(_ drawing: borrowing SVGHandle, scale: Double, width: Double, height: Double) throws {
    try check(unsafe library.surfaceStatus(surface))
    let context = unsafe library.context(surface)
    defer { unsafe library.destroyContext(context) }
    unsafe library.scale(context, scale, scale)
    try unsafe drawing.render(on: context, width: width, height: height)
    try check(unsafe library.contextStatus(context))
  }

  /// The whole picture.
  func finish() throws -> [UInt8] {
    if format == .png {
      try check(unsafe library.writePNG(surface, Self.sink, Unmanaged.passUnretained(output).toOpaque()))
    }
    unsafe library.finishSurface(surface)
    try check(unsafe library.surfaceStatus(surface))
    return output.bytes
  }

  private func check(_ status: Int32) throws {
    if let reason = library.failure(status) { throw PictureRendering.failed("cairo: \(reason)") }
  }
}
