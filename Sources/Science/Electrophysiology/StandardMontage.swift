import Diagnostics
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// Electrode positions by name: the international 10-05 system on a unit sphere.
///
/// x points to the right ear, y to the nasion, z up; the equator runs through Fpz, T7, Oz and T8. The midline from Fpz
/// over Cz to Oz and the equator are divided in 20ths of their half-circles (11.25° and 9°). Every row in between is the
/// circle through its two points on the equator and its point on the midline, divided in eighths; columns 9 and 10 lie
/// 22.5° below the equator, 9h and 10h half of that (Oostenveld and Praamstra 2001; the construction of the tables that
/// cap makers publish, equal to them within their rounding).
///
/// Earlobes (A1, A2) and mastoids (M1, M2) are no part of the system; they have the mean direction of a measured head.
public enum StandardMontage {
  /// The position of an electrode, or nil for a name that the system does not have.
  ///
  /// Spelling is forgiving: any case, trailing dots, `EEG Fp1-REF`, the older T3, T4, T5 and T6.
  public static func position(of name: String) -> (x: Double, y: Double, z: Double)? {
    guard let own = standardName(name), let point = table[own.lowercased()]?.point else { return nil }
    return (point.x, point.y, point.z)
  }

  /// The system's own spelling of a name (`EEG FP1-REF` is Fp1, T3 is T7), or nil.
  public static func standardName(_ name: String) -> String? {
    for candidate in candidates(name) {
      if let entry = table[aliases[candidate] ?? candidate] { return entry.name }
    }
    return nil
  }

  /// Every name of the table, sorted; older names are left out.
  public static var names: [String] { table.values.map(\.name).sorted() }

  /// `[label count, 3]`; the rows of unknown names are NaN.
  public static func positions(of labels: [String]) -> Matrix {
    var result = Matrix(rows: labels.count, columns: 3)
    for (row, label) in labels.enumerated() {
      let point = position(of: label) ?? (.nan, .nan, .nan)
      result[row, 0] = point.x
      result[row, 1] = point.y
      result[row, 2] = point.z
    }
    return result
  }

  /// `[label count, 3]`, every name known.
  ///
  /// - Throws: `E-ELE-005` naming all labels without a position.
  public static func requiredPositions(of labels: [String], object: String) throws(EvokeError) -> Matrix {
    let unknown = labels.filter { standardName($0) == nil }
    guard unknown.isEmpty else {
      throw EvokeError(
        .channelPosition, object,
        reason:
          "no 10-05 position for \(unknown.joined(separator: ", ")) (\(unknown.count) of \(labels.count) channels)",
        remedy: "rename the channels to 10-05 names, or exclude them")
    }
    return positions(of: labels)
  }

  private struct Entry {
    let name: String
    let point: SIMD3<Double>
  }

  private static let aliases = [
    "t3": "t7", "t4": "t8", "t5": "p7", "t6": "p8", "o9": "i1", "o10": "i2", "nasion": "nz", "inion": "iz",
  ]

  /// What a label may mean: itself, then without `EEG` before and the reference after it.
  private static func candidates(_ label: String) -> [String] {
    var name = label.lowercased()
    while let last = name.last, last == "." || last == " " { name.removeLast() }
    while name.first == " " { name.removeFirst() }
    var result = [name]
    if name.hasPrefix("eeg") {
      name.removeFirst(3)
      while let first = name.first, " _-:".contains(first) { name.removeFirst() }
      result.append(name)
    }
    for reference in ["ref", "le", "avg", "av", "car", "a1", "a2", "m1", "m2", "a1a2", "m1m2"] {
      for mark in ["-", "_", ":", "/"] where name.hasSuffix(mark + reference) && name.count > reference.count + 1 {
        result.append(String(name.dropLast(reference.count + 1)))
      }
    }
    return result
  }

  private static let table: [String: Entry] = {
    var points: [String: SIMD3<Double>] = [:]
    addRows(to: &points)
    addRings(to: &points)
    for (name, azimuth) in [("A1", 92.0), ("M1", 105)] {
      points[name] = direction(azimuth: azimuth, elevation: -38)
      points[String(name.first ?? "A") + "2"] = direction(azimuth: -azimuth, elevation: -38)
    }
    return Dictionary(uniqueKeysWithValues: points.map { ($0.key.lowercased(), Entry(name: $0.key, point: $0.value)) })
  }()

  /// Rows from AFp to POO and their columns from the midline to 9 (10 on the right).
  private static func addRows(to points: inout [String: SIMD3<Double>]) {
    let rows = [
      "AFp", "AF", "AFF", "F", "FFC", "FC", "FCC", "C", "CCP", "CP", "CPP", "P", "PPO", "PO", "POO",
    ]
    let lateral = ["FFC": "FFT", "FC": "FT", "FCC": "FTT", "C": "T", "CCP": "TTP", "CP": "TP", "CPP": "TPP"]
    for (k, row) in rows.enumerated() {
      let outer = lateral[row] ?? row
      let azimuth = 18 + 9 * Double(k + 1)
      let circle = RowCircle(
        side: direction(azimuth: azimuth, elevation: 0),
        midline: direction(azimuth: 0, elevation: 11.25 * Double(k + 1)))
      points[row + "z"] = circle.point(0)
      for eighth in 1...8 {
        let half = eighth % 2 == 1 ? "h" : ""
        let odd = (eighth + 1) / 2 * 2 - 1
        let name = eighth >= 7 ? outer : row
        let point = circle.point(Double(eighth) / 8)
        points["\(name)\(odd)\(half)"] = point
        points["\(name)\(odd + 1)\(half)"] = mirrored(point)
      }
      for (half, elevation) in [("h", -11.25), ("", -22.5)] {
        let point = direction(azimuth: azimuth, elevation: elevation)
        points["\(outer)9\(half)"] = point
        points["\(outer)10\(half)"] = mirrored(point)
      }
    }
    points["Cz"] = SIMD3(0, 0, 1)
  }

  /// The frontal and occipital ends, where a row is a short arc along the equator or below it.
  private static func addRings(to points: inout [String: SIMD3<Double>]) {
    let ends: [(row: String, isFront: Bool, elevation: Double)] = [
      ("Fp", true, 0), ("NFp", true, -11.25), ("N", true, -22.5), ("O", false, 0), ("OI", false, -11.25),
      ("I", false, -22.5),
    ]
    for end in ends {
      for (column, angle) in [("z", 0.0), ("1h", 9), ("1", 18)] {
        let point = direction(azimuth: end.isFront ? angle : 180 - angle, elevation: end.elevation)
        points[end.row + column] = point
        if column != "z" { points[end.row + (column == "1" ? "2" : "2h")] = mirrored(point) }
      }
    }
  }

  /// Azimuth from the nasion towards the left ear, elevation above the equator, both in degrees.
  private static func direction(azimuth: Double, elevation: Double) -> SIMD3<Double> {
    let (a, e) = (azimuth * Double.pi / 180, elevation * Double.pi / 180)
    return SIMD3(-sin(a) * cos(e), cos(a) * cos(e), sin(e))
  }

  private static func mirrored(_ point: SIMD3<Double>) -> SIMD3<Double> { point * SIMD3(-1, 1, 1) }

  /// The circle on the sphere through a point on the left equator, its mirror image and a point on the midline.
  private struct RowCircle {
    private let base: Double
    private let up: SIMD3<Double>
    private let centre: Double
    private let radius: Double
    private let fullAngle: Double

    init(side: SIMD3<Double>, midline: SIMD3<Double>) {
      base = side.y
      let rise = midline - SIMD3(0, side.y, 0)
      let height = (rise * rise).sum().squareRoot()
      up = rise / height
      centre = (height * height - side.x * side.x) / (2 * height)
      radius = height - centre
      fullAngle = atan2(-side.x, -centre)
    }

    /// `share` of the arc from the midline to the left equator.
    func point(_ share: Double) -> SIMD3<Double> {
      let angle = share * fullAngle
      return SIMD3(-radius * sin(angle), base, 0) + up * (centre + radius * cos(angle))
    }
  }
}
