import Diagnostics

/// An array in a file whose axes are settled; one of them is time.
package struct ArrayDataset: Sendable {
  package let file: ArrayFile
  /// Inside the file; empty where the format holds one array.
  package let path: String
  /// Names in file order, as many as the shape has lengths.
  package let axes: [String]
  package let shape: [Int]
  /// What names and paths say of it, renamed.
  package let fields: [String: String]
  /// Place of the time axis.
  package let timeAxis: Int

  /// - Throws: `axesMissing`, `axisName`, `axisCount`; what opening a dataset throws.
  package init(
    _ file: ArrayFile, _ path: String, options: ArrayOptions, allowed: [String], fields: [String: String]
  ) throws {
    let shape = try file.shape(path)
    let axes = try options.axisNames(file, path, shape: shape, allowed: allowed)
    guard let timeAxis = axes.firstIndex(of: "time") else { preconditionFailure("axes without time: \(axes)") }
    self.file = file
    self.path = path
    self.axes = axes
    self.shape = shape
    self.fields = fields
    self.timeAxis = timeAxis
  }

  /// How messages name it.
  package var object: String { file.object(path) }
  package var sampleCount: Int { shape[timeAxis] }

  /// The length of an axis, nil where the array lacks it.
  package func length(_ axis: String) -> Int? { axes.firstIndex(of: axis).map { shape[$0] } }
}

extension ArrayOptions {
  /// What the series of a dataset are called: by its last name or what is fixed in it, or by the file's template.
  ///
  /// - Throws: `spaceUnnamed`.
  package func seriesName(of array: ArrayDataset, _ names: SeriesNames) throws -> String {
    // A pattern that is no template was refused when the datasets were looked for.
    let pattern = try data?.split(separator: "/").last.map { try PathTemplate(String($0)) }
    let own = pattern.flatMap { $0.isPlain ? nil : $0 }
    let last = array.path.split(separator: "/").last.map(String.init)
    guard let name = (own == nil ? last : own?.fixedName) ?? names.fixedName else {
      throw EvokeError(
        .spaceUnnamed, array.object, reason: "nothing in its name is the same for all stimuli",
        remedy: "give --name NAME")
    }
    return name
  }
}
