import Diagnostics
import HDF5File
import Importing

/// The New York Head (Huang, Parra & Haufe 2016), `sa_nyhead.mat` in MATLAB 7.3: 231 electrodes, a cortex of 75,000
/// vertices in MNI space (mm) and the finite-element leadfield in volts per ampere-metre.
///
/// Read are `sa.clab_electrodes`, `sa.locs_3D`, of `sa.cortex75K` the fields `V_fem`, `vc`, `normals`, `tri` and `in_HO`,
/// `sa.HO_labels`, and `in_from_cortex75K` and `tri` of the smaller cortices. MATLAB's axes come reversed in HDF5, and
/// its indices count from one.
struct NewYorkHead {
  let file: HDF5File
  let options: LeadfieldOptions

  static func isOne(_ file: HDF5File) -> Bool {
    file.exists("sa/cortex75K/V_fem") && file.exists("sa/clab_electrodes")
  }

  func content() throws -> LeadfieldContent {
    let whole = "sa/cortex75K"
    let space = options.sourceSpace?.uppercased() ?? (file.exists("sa/cortex10K/in_from_cortex75K") ? "10K" : "75K")
    let part = "sa/cortex\(space)"
    guard space == "75K" || file.exists(part + "/in_from_cortex75K") else {
      let there = try file.members(of: "sa").filter { $0.hasPrefix("cortex") }.map { $0.dropFirst("cortex".count) }
      throw EvokeError(
        .leadfieldLayout, "--source-space \(space)", reason: "\(file.path) has \(there.joined(separator: ", "))",
        remedy: "name one of them")
    }
    let channels = try LeadfieldPlace.texts("sa/clab_electrodes", in: file)
    let info = try file.info(whole + "/V_fem")
    guard info.shape.count == 3, info.shape[0] == 3, info.shape[2] == channels.count else {
      throw other(whole + "/V_fem", "its shape is \(info.shape) for \(channels.count) electrodes")
    }
    let count = info.shape[1]
    let kept = space == "75K" ? Array(0..<count) : try indices(part + "/in_from_cortex75K", below: count)
    var content = LeadfieldContent(
      format: "nyhead", values: try matrix(kept, count, channels.count), channels: channels,
      sourceCount: kept.count, directionCount: 3)
    content.units = "V/(A m)"
    content.positions = try chosen(whole + "/vc", kept, count)
    content.normals = try chosen(whole + "/normals", kept, count)
    if file.exists("sa/locs_3D") { content.sensors = try sensors(channels.count) }
    if file.exists(part + "/tri") {
      let corners = try LeadfieldPlace.triples(part + "/tri", in: file, count: nil)
      content.triangles = try LeadfieldPlace.wholeNumbers(corners, part + "/tri").map { $0 - 1 }
    }
    if !options.labels.isEmpty {
      try SourceLabels.read(options, hdf5: file, into: &content)
    } else if file.exists("sa/HO_labels"), file.exists(whole + "/in_HO") {
      let region = try LeadfieldPlace.wholeNumbers(file.doubles(whole + "/in_HO"), whole + "/in_HO")
      guard region.count == count else {
        throw other(whole + "/in_HO", "\(region.count) labels, vertices are \(count)")
      }
      content.regionOfSource = kept.map { region[$0] - 1 }
      content.regions = try LeadfieldPlace.texts("sa/HO_labels", in: file)
      content.atlas = "harvard_oxford"
    }
    return content
  }

  /// One direction at a time: the whole matrix is 400 MB.
  private func matrix(_ kept: [Int], _ count: Int, _ channels: Int) throws -> [Double] {
    var values = [Double](repeating: 0, count: kept.count * channels * 3)
    for direction in 0..<3 {
      let plane = try file.doubles(
        "sa/cortex75K/V_fem", offset: [direction, 0, 0], count: [1, count, channels])
      for (s, source) in kept.enumerated() {
        for c in 0..<channels { values[(c * kept.count + s) * 3 + direction] = plane[source * channels + c] }
      }
    }
    return values
  }

  private func chosen(_ path: String, _ kept: [Int], _ count: Int) throws -> [Double] {
    let all = try LeadfieldPlace.triples(path, in: file, count: count)
    return kept.flatMap { (place: Int) in all[(3 * place)..<(3 * place + 3)] }
  }

  /// The first three columns: later ones of some versions are normals of the scalp.
  private func sensors(_ channels: Int) throws -> [Double] {
    let info = try file.info("sa/locs_3D")
    guard info.shape.count == 2, info.shape[1] == channels, info.shape[0] >= 3 else {
      throw other("sa/locs_3D", "its shape is \(info.shape) for \(channels) electrodes")
    }
    let values = try file.doubles("sa/locs_3D")
    return (0..<channels).flatMap { c in (0..<3).map { values[$0 * channels + c] } }
  }

  private func indices(_ path: String, below count: Int) throws -> [Int] {
    let found = try LeadfieldPlace.wholeNumbers(file.doubles(path), path).map { $0 - 1 }
    guard found.allSatisfy((0..<count).contains) else { throw other(path, "it names vertices that are not there") }
    return found
  }

  private func other(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .leadfieldLayout, "\(file.path):\(path)", reason: reason, remedy: "fetch sa_nyhead.mat again")
  }
}
