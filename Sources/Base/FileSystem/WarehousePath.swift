import Diagnostics
import Glibc

/// A file inside a warehouse, by its path from the warehouse's folder, as a catalog, plan or spool names it.
///
/// Its parts are file names: it is not absolute, has no `..`, and none of the folders it goes through is a link, so that what
/// a catalog from elsewhere names is never read, moved or removed outside.
public struct WarehousePath: Sendable, Hashable, CustomStringConvertible {
  /// `arrays/ab/abcdef.h5`.
  public let relative: String
  /// The warehouse's folder and the path.
  public let absolute: String
  public var description: String { relative }

  /// - Throws: `outsideWarehouse`. Whether something stands there is not asked.
  public init(_ relative: String, in warehouse: String) throws(EvokeError) {
    let parts = relative.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, parts.allSatisfy({ $0.nameFault == nil }) else {
      throw Self.refusal(relative, "it is no path from the warehouse's folder down")
    }
    var place = warehouse
    for part in parts {
      place += "/" + part
      // A warehouse may itself be reached by a link; nothing inside it may be one.
      if Files.isLink(place) { throw Self.refusal(relative, "\(place.visibleLine) is a link") }
    }
    self.relative = relative
    absolute = place
  }

  /// A folder that stands in the warehouse's own is no link, by which would be written and moved elsewhere.
  ///
  /// - Throws: `outsideWarehouse`.
  public static func requireOwn(_ folder: String, in warehouse: String) throws(EvokeError) {
    let place = warehouse + "/" + folder
    guard Files.isLink(place) else { return }
    throw EvokeError(
      .outsideWarehouse, place, reason: "it is a link",
      remedy: "put a folder with what it links to in its place; to keep the warehouse on another disk, move all of it")
  }

  private static func refusal(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .outsideWarehouse, path.visibleLine, reason: reason,
      remedy: "run evoke verify, and trust nothing in this warehouse until it finds nothing")
  }
}
