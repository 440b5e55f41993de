extension RegionGeometry {
  /// The built-in outlines of the Desikan-Killiany regions; nil where fewer than half of the names are theirs.
  public static func desikanKilliany(having regions: Set<String>) -> RegionGeometry? {
    let outlines = DesikanKillianyOutlines.outlines
    guard 2 * regions.intersection(outlines.names).count >= regions.count, !outlines.names.isEmpty else { return nil }
    return RegionGeometry(outlines: outlines)
  }
}

extension DesikanKillianyOutlines {
  /// Both hemispheres: the right one is the left one's mirror image.
  static let outlines: RegionOutlines = {
    let bases = Array(Set(lines.map(\.region))).filter { !$0.isEmpty }.sorted()
    let names = bases.map { $0 + "-lh" } + bases.map { $0 + "-rh" }
    let panels = RegionOutlines.Side.allCases.map { side -> RegionOutlines.Panel in
      let own = lines.filter { $0.isLateral == (side == .leftLateral || side == .rightLateral) }
      let points = own.flatMap { $0.loops.flatMap(\.self) }
      let width = points.map(\.x).reduce(0, max) + 1
      let height = points.map(\.y).reduce(0, max) + 1
      var regions: [Int: [[SIMD2<Double>]]] = [:]
      for line in own {
        let loops = side.isLeft ? line.loops : line.loops.map { loop in loop.map { [width - $0.x, $0.y] } }
        let base = bases.firstIndex(of: line.region)
        regions[base.map { side.isLeft ? $0 : $0 + bases.count } ?? -1] = loops
      }
      return RegionOutlines.Panel(side: side, width: width, height: height, regions: regions)
    }
    return RegionOutlines(names: names, panels: panels)
  }()

  /// One region of the left hemisphere from one side.
  private struct Line {
    let isLateral: Bool
    /// Empty: cortex without a region.
    let region: String
    /// mm.
    let loops: [[SIMD2<Double>]]
  }

  private static let lines: [Line] = text.split(separator: "\n").compactMap { line in
    let parts = line.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let loops = parts[2].split(separator: ";").map { loop -> [SIMD2<Double>] in
      let numbers = loop.split(separator: " ").compactMap { Double($0) }
      return stride(from: 0, to: numbers.count - 1, by: 2).map { [numbers[$0] / 2, numbers[$0 + 1] / 2] }
    }
    return Line(isLateral: parts[0] == "l", region: String(parts[1]), loops: loops)
  }
}
