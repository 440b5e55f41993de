/// The 68 cortical regions of the Desikan-Killiany atlas (Desikan et al. 2006).
public enum DesikanKilliany {
  /// `bankssts-lh` ...: 34 of the left hemisphere in alphabetical order, then 34 of the right one.
  public static let names = centres.map { $0.name + "-lh" } + centres.map { $0.name + "-rh" }

  /// The centre of region `index` of `names` in MNI space, metres, x to the right, y to the front, z up.
  public static func centre(_ index: Int) -> SIMD3<Double> {
    let row = centres[index % centres.count]
    return (index < centres.count ? row.left : row.right) / 1000
  }

  /// Means over the voxels of each region of the MNI volume, mm.
  private static let centres: [(name: String, left: SIMD3<Double>, right: SIMD3<Double>)] = [
    ("bankssts", [-54, -43, 8], [53, -43, 8]),
    ("caudalanteriorcingulate", [-6, 19, 27], [4, 21, 26]),
    ("caudalmiddlefrontal", [-37, 13, 47], [36, 11, 48]),
    ("cuneus", [-8, -80, 18], [7, -80, 20]),
    ("entorhinal", [-25, -5, -34], [23, -5, -33]),
    ("frontalpole", [-8, 66, -12], [7, 66, -13]),
    ("fusiform", [-36, -42, -23], [35, -41, -24]),
    ("inferiorparietal", [-44, -69, 32], [43, -68, 31]),
    ("inferiortemporal", [-53, -33, -25], [51, -33, -26]),
    ("insula", [-37, 1, -1], [36, 1, -1]),
    ("isthmuscingulate", [-8, -45, 19], [7, -45, 19]),
    ("lateraloccipital", [-33, -88, 0], [31, -89, 0]),
    ("lateralorbitofrontal", [-25, 31, -19], [24, 31, -19]),
    ("lingual", [-14, -69, -5], [13, -69, -5]),
    ("medialorbitofrontal", [-6, 39, -19], [5, 38, -17]),
    ("middletemporal", [-59, -24, -15], [58, -24, -15]),
    ("paracentral", [-8, -30, 59], [7, -26, 58]),
    ("parahippocampal", [-25, -29, -20], [23, -31, -18]),
    ("parsopercularis", [-49, 17, 13], [48, 15, 13]),
    ("parsorbitalis", [-44, 40, -14], [42, 41, -14]),
    ("parstriangularis", [-48, 33, 0], [48, 32, 2]),
    ("pericalcarine", [-14, -81, 6], [10, -82, 6]),
    ("postcentral", [-46, -22, 43], [45, -22, 44]),
    ("posteriorcingulate", [-6, -19, 38], [5, -18, 38]),
    ("precentral", [-42, -8, 43], [41, -8, 44]),
    ("precuneus", [-10, -59, 38], [9, -59, 37]),
    ("rostralanteriorcingulate", [-6, 37, 1], [5, 37, 4]),
    ("rostralmiddlefrontal", [-34, 47, 16], [33, 47, 17]),
    ("superiorfrontal", [-12, 29, 43], [11, 30, 43]),
    ("superiorparietal", [-24, -65, 50], [23, -65, 51]),
    ("superiortemporal", [-54, -8, -7], [54, -8, -7]),
    ("supramarginal", [-56, -37, 34], [54, -36, 32]),
    ("temporalpole", [-29, 12, -38], [29, 14, -37]),
    ("transversetemporal", [-47, -20, 7], [45, -20, 7]),
  ]
}
