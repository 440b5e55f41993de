import Diagnostics
import FileSystem
import Foundation
import Importing

/// One file of a BIDS folder.
struct BIDSFile {
  /// Whether its bytes are there.
  enum Content: Equatable {
    case present
    /// A git-annex link or pointer without content; the size its key tells.
    case notFetched(bytes: Int?)
    case brokenLink(target: String)
  }

  /// Inside the folder, `sub-01/eeg/sub-01_task-film_eeg.edf`.
  let path: String
  /// `derivatives/fmriprep` for a file of a pipeline's folder, else empty.
  let pipeline: String
  let name: BIDSName
  let content: Content
  /// Folders above it, from the top of the folder or of its pipeline's.
  var folders: [String] {
    Array(path.split(separator: "/").dropLast().map(String.init).dropFirst(pipeline.isEmpty ? 0 : 2))
  }
  /// `eeg`, `func`, `anat` ...; empty at the top and beside the data folders.
  var datatype: String { folders.last.flatMap { $0.contains("-") || $0.hasPrefix("sub") ? nil : $0 } ?? "" }
  var subject: String? { name["sub"].map { "sub-\($0)" } }
}

/// The files of a BIDS folder.
struct BIDSTree {
  let root: String
  private(set) var files: [BIDSFile] = []
  /// Folders that hold no subjects' data, with their number of files: code, sourcedata, stimuli ...
  private(set) var others: [Other] = []
  /// Folders that could not be listed.
  private(set) var faults: [EvokeError] = []

  struct Other {
    let path: String
    let count: Int
  }

  /// Folders of formats whose recording is a folder.
  private static let folderFormats = [".ds", ".mff", ".zarr", ".mefd"]

  init(_ root: String) {
    self.root = root
    list("", pipeline: "", depth: 0)
  }

  func absolute(_ path: String) -> String { root.hasSuffix("/") ? root + path : root + "/" + path }

  private mutating func list(_ folder: String, pipeline: String, depth: Int) {
    for name in names(in: folder) {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      let kind = Files.kind(of: absolute(path))
      if kind == .folder, !Self.folderFormats.contains(where: name.hasSuffix) {
        enter(path, name, pipeline: pipeline, isTop: folder == pipeline, depth: depth)
      } else {
        files.append(
          BIDSFile(path: path, pipeline: pipeline, name: BIDSName(name), content: content(path, exists: kind != nil)))
      }
    }
  }

  /// The names in a folder that are not hidden, numbers by their value; a folder that cannot be listed is a fault.
  private mutating func names(in folder: String) -> [String] {
    do {
      return try Files.names(in: absolute(folder)).filter { !$0.hasPrefix(".") }.sorted(by: NaturalOrder.precedes)
    } catch {
      faults.append(error)
      return []
    }
  }

  private mutating func enter(_ path: String, _ name: String, pipeline: String, isTop: Bool, depth: Int) {
    if path == "derivatives" {
      for pipeline in names(in: path) {
        let folder = "\(path)/\(pipeline)"
        let isFolder = Files.kind(of: absolute(folder)) == .folder
        if isFolder, names(in: folder).contains(where: { $0.hasPrefix("sub-") }) {
          list(folder, pipeline: folder, depth: 1)
        } else {
          others.append(Other(path: folder, count: max(1, Self.count(absolute(folder)))))
        }
      }
    } else if isTop, !name.hasPrefix("sub-"), name != "phenotype" {
      others.append(Other(path: path + "/", count: Self.count(absolute(path))))
    } else if depth < 8 {
      list(path, pipeline: pipeline, depth: depth + 1)
    }
  }

  private static func count(_ folder: String) -> Int {
    var count = 0
    let walk = FileManager.default.enumerator(atPath: folder)
    while let path = walk?.nextObject() as? String, count < 100_000 {
      if !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { count += 1 }
    }
    return count
  }

  private func content(_ path: String, exists: Bool) -> BIDSFile.Content {
    let full = absolute(path)
    guard exists else {
      guard let target = Files.linkTarget(of: full) else { return .brokenLink(target: "nothing") }
      return target.contains("annex/objects/")
        ? .notFetched(bytes: MissingFile.annexBytes(target)) : .brokenLink(target: target)
    }
    // An unlocked file without content is a small text that names the object.
    guard let size = Files.size(of: full), (16..<32_768).contains(size) else { return .present }
    let text = String(decoding: Files.head(of: full, count: 512), as: UTF8.self)
    guard text.hasPrefix("/annex/objects/"), let line = text.split(separator: "\n").first else { return .present }
    return .notFetched(bytes: MissingFile.annexBytes(String(line)))
  }
}

extension BIDSFile {
  /// Why it cannot be read, if it cannot.
  var absence: BIDSReason? {
    switch content {
    case .present: return nil
    case .notFetched(let bytes):
      let size = bytes.map { " (\(BIDSFile.size($0)))" } ?? ""
      return BIDSReason(
        "git-annex: its content\(size) was not fetched", remedy: "datalad get \(path) (or git annex get)",
        severity: .warning, code: .bidsNotFetched)
    case .brokenLink(let target):
      return BIDSReason("a link to \(target), which is gone", remedy: "restore it", severity: .warning)
    }
  }

  static func size(_ bytes: Int) -> String {
    if bytes < 1000 { return "\(bytes) bytes" }
    let units = ["kB", "MB", "GB", "TB"]
    var value = Double(bytes) / 1000
    var index = 0
    while value >= 999.95, index < units.count - 1 {
      value /= 1000
      index += 1
    }
    return "\((value * 10).rounded() / 10) \(units[index])"
  }
}
