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
