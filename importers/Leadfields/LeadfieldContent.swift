import Diagnostics
import FileSystem
import ForeignHDF5
import HDF5File
import Importing

/// A leadfield as its file holds it, before anything is checked.
struct LeadfieldContent {
  var format: String
  /// `[channel, source, direction]`, row-major, in the file's unit.
  var values: [Double]
  var channels: [String]
  var sourceCount: Int
  var directionCount: Int
  /// Positions `[channel, 3]` and `[source, 3]`, unit vectors `[source, 3]`.
  var sensors: [Double]?
  var positions: [Double]?
  var normals: [Double]?
  /// Three source indices each, from zero.
  var triangles: [Int]?
  /// Index into `regions`; outside of it: none.
  var regionOfSource: [Int]?
  var regions: [String] = []
  var atlas: String?
  var units: String?

  /// By the file's content.
  ///
  /// - Throws: `E-LF-...` for a file that holds no leadfield, and what reading throws.
  static func read(_ file: String, _ options: LeadfieldOptions) throws -> LeadfieldContent {
    let head = Files.head(of: file, count: 1_024)
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
    if head.starts(with: signature) || head.dropFirst(512).starts(with: signature) {
      let hdf5 = try ForeignHDF5.open(file)
      if options.data == nil, NewYorkHead.isOne(hdf5) { return try NewYorkHead(file: hdf5, options: options).content() }
      return try LeadfieldHDF5(file: hdf5, options: options).content()
    }
    if head.starts(with: Array("MATLAB 5.0".utf8)) {
      throw EvokeError(
        .leadfieldLayout, file, reason: "it is a MATLAB file of version 5 to 7",
        remedy: "save it with -v7.3, or the matrix as CSV or .npy")
    }
    return try LeadfieldTable(file: file, options: options).content()
  }

  /// The matrix with its axes in the order channel, source, direction.
  ///
  /// - Parameters:
  ///   - axes: names in file order; nil: by the number of channels (and 3 for the directions).
  ///   - sourceCount: where positions or normals say it; tells `[channel, 3 · source]` apart.
  /// - Throws: `E-LF-001` where the shape does not fit.
  static func ordered(
    _ values: [Double], shape: [Int], axes: String?, channelCount: Int, sourceCount: Int?, object: String
  ) throws -> (values: [Double], sourceCount: Int, directionCount: Int) {
    func refuse(_ reason: String) -> EvokeError {
      EvokeError(
        .leadfieldLayout, object, reason: reason,
        remedy: "give --axes with channel, source and direction in file order, and --channels with the sensors' names")
    }
    guard shape.count == 2 || shape.count == 3 else { throw refuse("its shape is \(shape)") }
    var order: [String]
    if let axes {
      order = OptionText.list(axes)
      guard Set(order).count == order.count, order.count == shape.count, order.contains("channel"),
        order.contains("source"), order.allSatisfy(["channel", "source", "direction"].contains)
      else { throw refuse("--axes \(axes) does not name the axes of shape \(shape)") }
    } else {
      guard let channel = shape.firstIndex(of: channelCount) else {
        throw refuse("its shape is \(shape), and \(channelCount) channels are named")
      }
      order = shape.indices.map { $0 == channel ? "channel" : "source" }
      if shape.count == 3 {
        guard let direction = shape.lastIndex(where: { $0 == 3 }), direction != channel else {
          throw refuse("none of its axes \(shape) has the three directions")
        }
        order[direction] = "direction"
      }
    }
    func length(_ name: String) -> Int { order.firstIndex(of: name).map { shape[$0] } ?? 1 }
    guard length("channel") == channelCount else {
      throw refuse("\(length("channel")) channels in shape \(shape), \(channelCount) names")
    }
    guard [1, 3].contains(length("direction")) else { throw refuse("\(length("direction")) directions") }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    func stride(_ name: String) -> Int { order.firstIndex(of: name).map { strides[$0] } ?? 0 }
    let (sources, directions) = (length("source"), length("direction"))
    var result = [Double](repeating: 0, count: values.count)
    var at = 0
    for c in 0..<channelCount {
      for s in 0..<sources {
        for d in 0..<directions {
          result[at] = values[c * stride("channel") + s * stride("source") + d * stride("direction")]
          at += 1
        }
      }
    }
    // Three columns per source, x, y and z in turn, as MNE-Python and Brainstorm keep them.
    if directions == 1, let sourceCount, sources == 3 * sourceCount { return (result, sourceCount, 3) }
    return (result, sources, directions)
  }
}
