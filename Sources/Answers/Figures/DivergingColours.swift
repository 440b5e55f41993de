/// Colours of values around zero.
enum DivergingColours {
  /// Blue over white to red (colours 0 to 254), grey for missing (255).
  static let palette: [(UInt8, UInt8, UInt8)] =
    (0..<255).map { i in
      let ends: [(Double, Double, Double)] = [
        (5, 48, 97), (67, 147, 195), (247, 247, 247), (214, 96, 77), (103, 0, 31),
      ]
      let place = Double(i) / 254 * 4
      let k = min(3, Int(place))
      let t = place - Double(k)
      func mix(_ a: Double, _ b: Double) -> UInt8 { UInt8((a + (b - a) * t).rounded()) }
      return (mix(ends[k].0, ends[k + 1].0), mix(ends[k].1, ends[k + 1].1), mix(ends[k].2, ends[k + 1].2))
    } + [(190, 190, 190)]

  /// The same without colour, for what is not to be reported: darker away from zero.
  static let greys: [(UInt8, UInt8, UInt8)] =
    (0..<255).map { i in
      let shade = UInt8(247 - abs(i - 127))
      return (shade, shade, shade)
    } + [(255, 255, 255)]
}
