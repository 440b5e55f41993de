/// A folder or file that may hold a model, as the families of models ask about it; what opens files stands behind it.
public protocol ModelPlace: Sendable {
  var path: String { get }
  var kind: ModelPlaceKind { get }
  /// Names of a folder's files, sorted; of a file none.
  var names: [String] { get }
  /// What a file's tensors are kept in, by its first and last bytes, and whether a folder is a tensor bundle by its
  /// files' names; nil for anything else.
  var container: TensorContainer? { get }
  /// The bytes of a file in the folder, or beside the file; nil where there is none. Throws E-WGT-001 where they cannot be
  /// read.
  func contents(of name: String) throws -> [UInt8]?
  /// The tensors of the place, or of a file in the folder. Throws E-WGT-001 where that cannot be opened, and what its
  /// container throws.
  func tensors(in name: String?, as container: TensorContainer) throws -> any TensorSource
  /// The seed by which its weights are permuted, for weights that stand in no file; nil where they are as they are.
  var permutation: UInt64? { get }
  /// The first place in the same folder whose name begins so.
  func sibling(beginning prefix: String) -> (any ModelPlace)?
}

/// What stands at a path.
public enum ModelPlaceKind: Sendable {
  case folder, file, nothing
}

extension ModelPlace {
  public var permutation: UInt64? { nil }

  /// The name without folders.
  public var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}
