import Diagnostics
import HDF5File
import Importing

extension LeadfieldPlace {
  /// One label per source: numbers or names.
  enum Labels {
    case numbers([Int])
    case names([String])
  }

  static func labels(_ place: String, in file: HDF5File?) throws -> Labels {
    if let file, file.exists(place) {
      let info = try file.info(place)
      return info.type.isNumeric
        ? .numbers(try file.integers(place).map { Int($0) }) : .names(try texts(place, in: file))
    }
    if place.lowercased().hasSuffix(".npy") { return .numbers(try wholeNumbers(numbers(place, in: nil).values, place)) }
    let lines = try texts(place, in: nil)
    let whole = lines.map { Int($0) }
    if whole.allSatisfy({ $0 != nil }) { return .numbers(whole.compactMap { $0 }) }
    // A header line is no label of numbers.
    if whole.dropFirst().allSatisfy({ $0 != nil }) { return .numbers(whole.compactMap { $0 }) }
    return .names(lines)
  }
}

/// Which region each source lies in.
enum SourceLabels {
  /// `--labels`: one file with a label per source, or FreeSurfer annotations, left hemisphere first.
  static func read(_ options: LeadfieldOptions, hdf5: HDF5File?, into content: inout LeadfieldContent) throws {
    if options.labels.allSatisfy({ $0.lowercased().hasSuffix(".annot") }) {
      return try annotations(options.labels, hdf5, into: &content)
    }
    guard options.labels.count == 1 else {
      throw EvokeError(
        .leadfieldRegions, "--labels", reason: "\(options.labels.count) files that are not all .annot",
        remedy: "give one file with a label per source, or lh and rh .annot files")
    }
    let names = try options.regions.map { try LeadfieldPlace.texts($0, in: hdf5) }
    try assign(LeadfieldPlace.labels(options.labels[0], in: hdf5), names: names, into: &content)
  }

  static func assign(
    _ labels: LeadfieldPlace.Labels, names: [String]?, into content: inout LeadfieldContent
  ) throws {
    switch labels {
    case .numbers(let numbers):
      guard let names else {
        throw EvokeError(
          .leadfieldRegions, "labels", reason: "they are numbers, and nothing names them",
          remedy: "give --regions: the names in the order of the numbers, from 0")
      }
      content.regionOfSource = numbers
      content.regions = names
    case .names(let texts):
      var order: [String] = []
      var index: [String: Int] = [:]
      // A header above the names.
      let rows = texts.count == content.sourceCount + 1 ? Array(texts.dropFirst()) : texts
      content.regionOfSource = rows.map { name in
        if let known = index[name] { return known }
        index[name] = order.count
        order.append(name)
        return order.count - 1
      }
      content.regions = order
    }
  }

  /// The vertices of the sources are those the file names in `vertno` and `hemisphere` (0 left, 1 right), else all of
  /// both surfaces in order.
  private static func annotations(_ paths: [String], _ hdf5: HDF5File?, into content: inout LeadfieldContent) throws {
    guard paths.count == 2, let left = paths.first(where: { isSide($0, "lh") }),
      let right = paths.first(where: { isSide($0, "rh") })
    else {
      throw EvokeError(
        .leadfieldRegions, "--labels \(paths.joined(separator: " "))", reason: "one file of each hemisphere is needed",
        remedy: "give --labels lh.aparc.annot --labels rh.aparc.annot")
    }
    let sides = [try AnnotationFile(reading: left), try AnnotationFile(reading: right)]
    var regions: [String] = []
    for (file, suffix) in zip(sides, ["-lh", "-rh"]) { regions += file.names.map { $0 + suffix } }
    let shift = sides[0].names.count
    func region(_ side: Int, _ vertex: Int) throws -> Int {
      let labels = sides[side].labelOfVertex
      guard labels.indices.contains(vertex) else {
        throw EvokeError(
          .leadfieldRegions, paths[side], reason: "vertex \(vertex) is beyond its \(labels.count) vertices",
          remedy: "give the annotation of the surface the sources lie on")
      }
      return labels[vertex] < 0 ? -1 : labels[vertex] + side * shift
    }
    if let hdf5, hdf5.exists("vertno"), hdf5.exists("hemisphere") {
      let vertices = try hdf5.integers("vertno").map { Int($0) }
      let hemispheres = try hdf5.integers("hemisphere").map { Int($0) }
      guard hemispheres.count == vertices.count, hemispheres.allSatisfy([0, 1].contains) else {
        throw EvokeError(
          .leadfieldRegions, hdf5.path,
          reason: "hemisphere is no list of 0 (left) and 1 (right), one for each of \(vertices.count) vertno",
          remedy: "store both, one number per source")
      }
      content.regionOfSource = try zip(hemispheres, vertices).map { try region($0, $1) }
    } else {
      let counts = sides.map(\.labelOfVertex.count)
      guard counts[0] + counts[1] == content.sourceCount else {
        throw EvokeError(
          .leadfieldRegions, paths.joined(separator: ", "),
          reason: "\(counts[0]) + \(counts[1]) vertices, the leadfield has \(content.sourceCount) sources",
          remedy: "store the sources' vertex numbers as vertno and hemisphere beside the leadfield")
      }
      content.regionOfSource =
        try (0..<counts[0]).map { try region(0, $0) } + (0..<counts[1]).map { try region(1, $0) }
    }
    content.regions = regions
  }

  private static func isSide(_ path: String, _ side: String) -> Bool {
    path.split(separator: "/").last?.hasPrefix(side + ".") == true
  }
}
