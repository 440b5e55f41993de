#if canImport(Glibc)
  import Glibc
#endif

/// What one picture says by itself.
struct PictureStatistics {
  static let histogramBins = 64
  /// Of the Sobel gradient (both components of +-4 at full contrast): a tenth of the range.
  static let edgeThreshold = 0.1

  /// `[height, width]` luminance Y' (BT.709), 0 to 255.
  var luma: [UInt8]
  /// Share of pixels per luminance bin.
  var histogram: [Double]
  /// Pixels per cell of 8 x 8 x 8 colours.
  var colours: [Int]
  /// Mean and standard deviation of Y', 0 to 1.
  var luminance = 0.0
  var contrast = 0.0
  var saturation = 0.0
  var hueCosine = 0.0
  var hueSine = 0.0
  var colourfulness = 0.0
  var edgeDensity = 0.0
  var entropy = 0.0

  init(rgb: [UInt8], width: Int, height: Int) {
    luma = [UInt8](repeating: 0, count: width * height)
    histogram = [Double](repeating: 0, count: Self.histogramBins)
    colours = [Int](repeating: 0, count: 512)
    measureColour(rgb)
    measureHistogram()
    edgeDensity = Self.edges(luma, width: width, height: height)
  }

  /// Luminance moments, saturation, hue and colourfulness (Hasler & Suesstrunk 2003).
  private mutating func measureColour(_ rgb: [UInt8]) {
    let count = luma.count
    guard count > 0 else { return }
    var (y1, y2): (Int, Int) = (0, 0)
    var (rg1, rg2, yb1, yb2): (Int, Int, Int, Int) = (0, 0, 0, 0)
    var (saturated, cosine, sine): (Float, Float, Float) = (0, 0, 0)
    var (rowSaturation, rowCosine, rowSine) = (0.0, 0.0, 0.0)
    for i in 0..<count {
      let (r, g, b) = (Int(rgb[3 * i]), Int(rgb[3 * i + 1]), Int(rgb[3 * i + 2]))
      // BT.709 weights in 16 bits, summing to 65,536.
      let y = 13_933 * r + 46_871 * g + 4_732 * b
      luma[i] = UInt8(truncatingIfNeeded: (y + 32_768) >> 16)
      let scaled = y >> 8
      y1 += scaled
      y2 += scaled * scaled
      colours[(r >> 5) << 6 | (g >> 5) << 3 | b >> 5] += 1
      let (rg, yb) = (r - g, r + g - 2 * b)
      rg1 += rg
      rg2 += rg * rg
      yb1 += yb
      yb2 += yb * yb
      let (top, bottom) = (max(r, g, b), min(r, g, b))
      guard top > bottom else { continue }
      let s = Float(top - bottom) / Float(top)
      let (alpha, beta) = (Float(2 * r - g - b), Float(g - b) * 1.732_050_8)
      let scale = s / (alpha * alpha + beta * beta).squareRoot()
      saturated += s
      cosine += alpha * scale
      sine += beta * scale
      // Float32 sums stay short.
      if i & 1_023 == 0 {
        rowSaturation += Double(saturated)
        rowCosine += Double(cosine)
        rowSine += Double(sine)
        (saturated, cosine, sine) = (0, 0, 0)
      }
    }
    rowSaturation += Double(saturated)
    rowCosine += Double(cosine)
    rowSine += Double(sine)
    let n = Double(count)
    // A pixel's scaled luminance is 256 times 0 to 255.
    let unit = 1 / (256.0 * 255)
    luminance = Double(y1) / n * unit
    contrast = max(0, Double(y2) / n * unit * unit - luminance * luminance).squareRoot()
    saturation = rowSaturation / n
    hueCosine = rowSaturation > 0 ? rowCosine / rowSaturation : 0
    hueSine = rowSaturation > 0 ? rowSine / rowSaturation : 0
    let (rg, yb) = (Double(rg1) / n, Double(yb1) / (2 * n))
    let spread = max(0, Double(rg2) / n - rg * rg) + max(0, Double(yb2) / (4 * n) - yb * yb)
    colourfulness = spread.squareRoot() + 0.3 * (rg * rg + yb * yb).squareRoot()
  }

  /// The histogram and its entropy in bits.
  private mutating func measureHistogram() {
    guard !luma.isEmpty else { return }
    var counts = [Int](repeating: 0, count: 256)
    for value in luma { counts[Int(value)] += 1 }
    for value in 0..<256 { histogram[value / 4] += Double(counts[value]) }
    for bin in histogram.indices {
      histogram[bin] /= Double(luma.count)
      if histogram[bin] > 0 { entropy -= histogram[bin] * log2(histogram[bin]) }
    }
  }

  /// The share of inner pixels whose Sobel gradient exceeds the threshold.
  private static func edges(_ luma: [UInt8], width: Int, height: Int) -> Double {
    guard width > 2, height > 2 else { return 0 }
    let limit = Int32((edgeThreshold * 4 * 255) * (edgeThreshold * 4 * 255))
    var found = 0
    for y in 1..<(height - 1) {
      let (above, here, below) = ((y - 1) * width, y * width, (y + 1) * width)
      for x in 1..<(width - 1) {
        let (a, b, c) = (Int32(luma[above + x - 1]), Int32(luma[above + x]), Int32(luma[above + x + 1]))
        let (d, f) = (Int32(luma[here + x - 1]), Int32(luma[here + x + 1]))
        let (g, h, i) = (Int32(luma[below + x - 1]), Int32(luma[below + x]), Int32(luma[below + x + 1]))
        let horizontal = c &+ 2 &* f &+ i &- a &- 2 &* d &- g
        let vertical = g &+ 2 &* h &+ i &- a &- 2 &* b &- c
        if horizontal &* horizontal &+ vertical &* vertical > limit { found += 1 }
      }
    }
    return Double(found) / Double((width - 2) * (height - 2))
  }

  /// `1/2 sum (a - b)^2 / (a + b)` of the shares of 8 x 8 x 8 colours, 0 (equal) to 1 (disjoint).
  func chiSquare(_ other: PictureStatistics) -> Double {
    var sum = 0.0
    for cell in colours.indices {
      let (a, b) = (Double(colours[cell]), Double(other.colours[cell]))
      if a + b > 0 { sum += (a - b) * (a - b) / (a + b) }
    }
    return sum / (2 * Double(luma.count))
  }

  /// Mean |difference| of luminance, 0 to 1.
  func luminanceChange(_ other: PictureStatistics) -> Double {
    var sum = 0
    for i in luma.indices { sum += abs(Int(luma[i]) - Int(other.luma[i])) }
    return luma.isEmpty ? 0 : Double(sum) / (255 * Double(luma.count))
  }
}
