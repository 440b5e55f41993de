import FileSystem
import Foundation

/// The hash of the closed catalog, left beside it in the format of `sha256sum`, so that any changed bit shows.
///
/// It is removed while a process writes: after an interruption there is none, never a wrong one.
public enum CatalogSeal {
  static func path(_ directory: String) -> String { directory + "/catalog.sqlite.sha256" }

  /// The recorded SHA-256; nil while the catalog is being written and after an interrupted writer.
  public static func recorded(_ directory: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path(directory)) else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: " ").first.map(String.init)
  }

  static func remove(_ directory: String) throws { try Files.remove(path(directory)) }

  static func set(_ directory: String) throws {
    let hash = try Files.sha256(of: directory + "/catalog.sqlite").hex
    try Files.write("\(hash)  catalog.sqlite\n", to: path(directory))
  }
}
