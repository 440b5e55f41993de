/// Regions of the cortex as outlines: both hemispheres from outside and from the middle.
struct RegionOutlines {
  enum Side: CaseIterable {
    case leftLateral, rightLateral, leftMedial, rightMedial

    var isLeft: Bool { self == .leftLateral || self == .leftMedial }
    var title: String {
      switch self {
      case .leftLateral: "left, lateral"
      case .rightLateral: "right, lateral"
      case .leftMedial: "left, medial"
      case .rightMedial: "right, medial"
      }
    }

    /// Paper coordinates, y downwards, and nearness to the eye. The left hemisphere from outside and the right one from
    /// the middle are seen from the left: their front is on the left.
    func projected(_ place: SIMD3<Double>) -> SIMD3<Double> {
      self == .leftLateral || self == .rightMedial
        ? [-place.y, -place.z, -place.x] : [place.y, -place.z, place.x]
    }
  }

  struct Panel {
    let side: Side
    /// mm.
    let width: Double
    let height: Double
    /// Region index -> closed loops in mm (holes wind the other way); -1: cortex without a region.
    let regions: [Int: [[SIMD2<Double>]]]
  }

  let names: [String]
  let panels: [Panel]

  init(names: [String], panels: [Panel]) {
    self.names = names
    self.panels = panels
  }
}
