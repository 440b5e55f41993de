/// A name in which `*` stands for any characters, none included.
public enum NamePattern {
  public static func fits(_ name: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1, let head = parts.first, let tail = parts.last else { return pattern == name }
    guard name.hasPrefix(head), name.hasSuffix(tail), name.count >= head.count + tail.count else { return false }
    var rest = name.dropFirst(head.count).dropLast(tail.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
