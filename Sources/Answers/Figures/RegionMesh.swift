import Diagnostics

/// The cortex as triangles, seen from four sides, each region as outlines on paper.
///
/// Folds are opened a little by Laplacian smoothing, triangles are projected orthographically onto a grid where the
/// nearest one is seen, and every region's pixels are traced to closed loops.
struct RegionMesh {
  /// Metres, x to the right, y to the front, z up.
  let vertices: [SIMD3<Double>]
  /// Three vertices each.
  let triangles: [Int]
  /// Per vertex; negative for none.
  let region: [Int]
  /// Whether a vertex belongs to the left hemisphere: by its region's name, else by the side of the plane between both,
  /// which is x = 0 where names tell no hemisphere.
  private let isLeft: [Bool]

  init(vertices: [SIMD3<Double>], triangles: [Int], region: [Int], names: [String]) {
    self.vertices = vertices
    self.triangles = triangles
    self.region = region
    let sides = region.map { label -> Int in
      guard label >= 0 else { return 0 }
      return names[label].hasSuffix("-lh") ? -1 : names[label].hasSuffix("-rh") ? 1 : 0
    }
    func mean(_ side: Int) -> Double? {
      let members = sides.indices.filter { sides[$0] == side }
      return members.isEmpty ? nil : members.reduce(0.0) { $0 + vertices[$1].x } / Double(members.count)
    }
    let middle = mean(-1).flatMap { left in mean(1).map { (left + $0) / 2 } } ?? 0
    isLeft = sides.indices.map { sides[$0] == 0 ? vertices[$0].x < middle : sides[$0] < 0 }
  }

  /// Millimetres of a pixel of the grid.
  private static let pixel = 0.5
  private static let smoothings = 12

  /// What is seen from one side; coordinates in mm from the panel's upper left corner, y downwards.
  func panel(_ side: RegionOutlines.Side) -> RegionOutlines.Panel {
    let places = opened()
    let visible = stride(from: 0, to: triangles.count, by: 3).filter { at in
      ((0..<3).count { isLeft[triangles[at + $0]] } >= 2) == side.isLeft
    }
    let points = places.map { side.projected($0) }
    var low = SIMD2<Double>(repeating: .infinity)
    var high = -low
    for at in visible {
      for corner in 0..<3 {
        let p = points[triangles[at + corner]]
        low = pointwiseMin(low, [p.x, p.y])
        high = pointwiseMax(high, [p.x, p.y])
      }
    }
    guard low.x < high.x else { return RegionOutlines.Panel(side: side, width: 0, height: 0, regions: [:]) }
    let width = Int(((high.x - low.x) / Self.pixel).rounded(.up)) + 5
    let height = Int(((high.y - low.y) / Self.pixel).rounded(.up)) + 5
    var image = LabelImage(width: width, height: height)
    for at in visible {
      let corners = (0..<3).map { corner -> SIMD3<Double> in
        let p = points[triangles[at + corner]]
        return [(p.x - low.x) / Self.pixel + 2, (p.y - low.y) / Self.pixel + 2, p.z]
      }
      image.draw(corners, labels: (0..<3).map { region[triangles[at + $0]] })
    }
    image.clean()
    return RegionOutlines.Panel(
      side: side, width: Double(width) * Self.pixel, height: Double(height) * Self.pixel,
      regions: image.loops().mapValues { loops in
        loops.map { loop in loop.map { SIMD2($0.x * Self.pixel, $0.y * Self.pixel) } }
      })
  }

  /// Vertices in mm, moved halfway to the mean of their neighbours a number of times.
  private func opened() -> [SIMD3<Double>] {
    var places = vertices.map { $0 * 1000 }
    for _ in 0..<Self.smoothings {
      var sums = [SIMD3<Double>](repeating: .zero, count: places.count)
      var counts = [Double](repeating: 0, count: places.count)
      for at in stride(from: 0, to: triangles.count, by: 3) {
        for corner in 0..<3 {
          let (a, b) = (triangles[at + corner], triangles[at + (corner + 1) % 3])
          sums[a] += places[b]
          sums[b] += places[a]
          counts[a] += 1
          counts[b] += 1
        }
      }
      for v in places.indices where counts[v] > 0 { places[v] = (places[v] + sums[v] / counts[v]) / 2 }
    }
    return places
  }
}

/// A picture of labels with the depth of what is seen.
private struct LabelImage {
  let width: Int
  let height: Int
  /// -2: background, -1: cortex without a region.
  var labels: [Int]
  private var depth: [Double]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    labels = [Int](repeating: -2, count: width * height)
    depth = [Double](repeating: -.infinity, count: width * height)
  }

  /// A triangle: a pixel takes the label of its nearest corner.
  mutating func draw(_ p: [SIMD3<Double>], labels own: [Int]) {
    let area = (p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[2].x - p[0].x) * (p[1].y - p[0].y)
    guard abs(area) > 1e-9 else { return }
    let low = pointwiseMin(p[0], pointwiseMin(p[1], p[2]))
    let high = pointwiseMax(p[0], pointwiseMax(p[1], p[2]))
    let columns = max(0, Int(low.x))...min(width - 1, Int(high.x.rounded(.up)))
    let rows = max(0, Int(low.y))...min(height - 1, Int(high.y.rounded(.up)))
    for y in rows {
      for x in columns {
        let (px, py) = (Double(x) + 0.5, Double(y) + 0.5)
        let b = ((px - p[0].x) * (p[2].y - p[0].y) - (p[2].x - p[0].x) * (py - p[0].y)) / area
        let c = ((p[1].x - p[0].x) * (py - p[0].y) - (px - p[0].x) * (p[1].y - p[0].y)) / area
        let a = 1 - b - c
        guard a >= -1e-9, b >= -1e-9, c >= -1e-9 else { continue }
        let z = a * p[0].z + b * p[1].z + c * p[2].z
        guard z > depth[y * width + x] else { continue }
        depth[y * width + x] = z
        labels[y * width + x] = a >= b && a >= c ? own[0] : b >= c ? own[1] : own[2]
      }
    }
  }

  /// Each pixel takes the most frequent label of its neighbourhood, four times; islands of few pixels join what is
  /// around them.
  mutating func clean() {
    for _ in 0..<4 {
      let before = labels
      for y in 2..<height - 2 {
        for x in 2..<width - 2 where before[y * width + x] != -2 {
          var counts: [Int: Int] = [:]
          for dy in -2...2 {
            for dx in -2...2 {
              let label = before[(y + dy) * width + x + dx]
              if label != -2 { counts[label, default: 0] += 1 }
            }
          }
          // Of equals the smaller label, so that the same mesh gives the same picture.
          let best = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
          if let best { labels[y * width + x] = best.key }
        }
      }
    }
    for _ in 0..<2 { removeIslands(smallerThan: 60) }
  }

  private mutating func removeIslands(smallerThan size: Int) {
    var seen = [Bool](repeating: false, count: labels.count)
    for start in labels.indices where !seen[start] && labels[start] != -2 {
      var members = [start]
      var around: [Int: Int] = [:]
      seen[start] = true
      var next = 0
      while next < members.count {
        let at = members[next]
        next += 1
        for other in [at - 1, at + 1, at - width, at + width] where labels.indices.contains(other) {
          if labels[other] != labels[start] {
            if labels[other] != -2 { around[labels[other], default: 0] += 1 }
          } else if !seen[other] {
            seen[other] = true
            members.append(other)
          }
        }
      }
      guard members.count < size, let best = around.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }) else {
        continue
      }
      for member in members { labels[member] = best.key }
    }
  }

  /// Closed loops around the pixels of each label, smoothed and thinned.
  func loops() -> [Int: [[SIMD2<Double>]]] {
    var result: [Int: [[SIMD2<Double>]]] = [:]
    for label in Set(labels).subtracting([-2]) { result[label] = loops(of: label) }
    return result
  }

  private func loops(of label: Int) -> [[SIMD2<Double>]] {
    func isIn(_ x: Int, _ y: Int) -> Bool {
      x >= 0 && y >= 0 && x < width && y < height && labels[y * width + x] == label
    }
    // Edges with the label on their right, from corner to corner.
    var next: [Int: [Int]] = [:]
    let stride = width + 1
    for y in 0..<height {
      for x in 0..<width where isIn(x, y) {
        let (a, b, c, d) = (y * stride + x, y * stride + x + 1, (y + 1) * stride + x + 1, (y + 1) * stride + x)
        if !isIn(x, y - 1) { next[a, default: []].append(b) }
        if !isIn(x + 1, y) { next[b, default: []].append(c) }
        if !isIn(x, y + 1) { next[c, default: []].append(d) }
        if !isIn(x - 1, y) { next[d, default: []].append(a) }
      }
    }
    var loops: [[SIMD2<Double>]] = []
    for start in next.keys.sorted() {
      while let first = next[start]?.popLast() {
        var corners = [start]
        var at = first
        while at != start {
          corners.append(at)
          guard let following = next[at]?.popLast() else { break }
          at = following
        }
        guard corners.count >= 24 else { continue }
        loops.append(OutlineSmoothing.smooth(corners.map { [Double($0 % stride), Double($0 / stride)] }))
      }
    }
    return loops
  }
}

/// Loops of pixel corners as smooth outlines.
enum OutlineSmoothing {
  /// Each point becomes the mean of its neighbours along the loop; what lies within 0.4 pixels of a line is left out.
  static func smooth(_ loop: [SIMD2<Double>]) -> [SIMD2<Double>] {
    let reach = 5
    let count = loop.count
    let mean = (0..<count).map { i -> SIMD2<Double> in
      var sum = SIMD2<Double>.zero
      for offset in -reach...reach { sum += loop[(i + offset + count) % count] }
      return sum / Double(2 * reach + 1)
    }
    let half = count / 2
    return thinned(Array(mean[0...half])) + thinned(Array(mean[half...]) + [mean[0]]).dropFirst().dropLast()
  }

  /// Douglas and Peucker's selection of points.
  private static func thinned(_ line: [SIMD2<Double>]) -> [SIMD2<Double>] {
    guard line.count > 2 else { return line }
    let (a, b) = (line[0], line[line.count - 1])
    let along = b - a
    let length = max(1e-9, (along * along).sum().squareRoot())
    var (far, largest) = (0, 0.4)
    for i in 1..<line.count - 1 {
      let to = line[i] - a
      let distance = abs(along.x * to.y - along.y * to.x) / length
      if distance > largest { (far, largest) = (i, distance) }
    }
    guard far > 0 else { return [a, b] }
    return thinned(Array(line[0...far])) + thinned(Array(line[far...])).dropFirst()
  }
}
