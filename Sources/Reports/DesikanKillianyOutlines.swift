/// Outlines of the Desikan-Killiany regions of the left hemisphere, drawn from fsaverage5.
enum DesikanKillianyOutlines {
  /// One line per side (l lateral, m medial) and region: loops of x y pairs in half millimetres.
  static let text = ""
}
