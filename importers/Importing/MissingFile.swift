import Diagnostics
import FileSystem

/// Paths at which there is nothing to read.
package enum MissingFile {
  /// Whether a link stands at the path, its target there or not.
  package static func isLink(_ path: String) -> Bool { Files.linkTarget(of: path) != nil }

  /// Why nothing can be read at a path. A git-annex link whose content was not fetched is named as such, with the size
  /// its key tells (`MD5E-s62800000--...`).
  package static func error(at path: String) -> EvokeError {
    if let refusal = Files.refusal(of: .reading, at: path) { return refusal }
    guard let target = Files.linkTarget(of: path) else {
      return EvokeError(.fileMissing, path, reason: "nothing stands at this path", remedy: "check the path")
    }
    guard target.contains(".git/annex/") else {
      return EvokeError(
        .fileMissing, path, reason: "it is a link to \(target), which is gone", remedy: "check the link")
    }
    let size = annexBytes(target).map { " of \($0) bytes" } ?? ""
    return EvokeError(
      .fileMissing, path, reason: "its content\(size) has not been fetched: it is a git-annex link",
      remedy: "run git annex get (or datalad get) for it")
  }

  /// Refuses a small text that stands in the place of a file whose content was not fetched.
  package static func refusePointer(_ head: some Collection<UInt8>, at path: String) throws {
    let text = String(decoding: head.prefix(200), as: UTF8.self)
    let lines = text.split(separator: "\n")
    if text.hasPrefix("version https://git-lfs.github.com/spec/") {
      let size = lines.compactMap { $0.hasPrefix("size ") ? Int($0.dropFirst(5)) : nil }.first
      throw EvokeError(
        .fileMissing, path,
        reason:
          "it is a git-lfs pointer: its content\(size.map { " of \($0) bytes" } ?? " of unknown size") has not been fetched",
        remedy: "run git lfs pull in its repository")
    }
    if text.hasPrefix("/annex/objects/"), let target = lines.first {
      let size = annexBytes(String(target)).map { " of \($0) bytes" } ?? ""
      throw EvokeError(
        .fileMissing, path, reason: "it is a git-annex pointer: its content\(size) has not been fetched",
        remedy: "run git annex get (or datalad get) for it")
    }
  }

  /// The size in a git-annex key: `BACKEND-sBYTES--NAME`.
  package static func annexBytes(_ target: String) -> Int? {
    guard let key = target.split(separator: "/").last else { return nil }
    let fields = key.prefix { $0 != "." }.split(separator: "-", omittingEmptySubsequences: false)
    return fields.dropFirst().prefix { !$0.isEmpty }.first { $0.hasPrefix("s") }.flatMap { Int($0.dropFirst()) }
  }
}
