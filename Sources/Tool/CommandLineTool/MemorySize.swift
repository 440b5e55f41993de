import ArgumentParser

/// An amount of memory: `800M`, `2G`, `1.5GB`; plain numbers are bytes, units are powers of 1024.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    var text = argument.uppercased()
    for suffix in ["IB", "B"] where text.hasSuffix(suffix) {
      text.removeLast(suffix.count)
      break
    }
    let powers: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    var shift = 0
    if let last = text.last, let power = powers[last] {
      shift = power
      text.removeLast()
    }
    guard let number = Double(text), number > 0, number.isFinite, number * Double(1 << shift) < 1e18 else { return nil }
    bytes = Int(number * Double(1 << shift))
  }

  var defaultValueDescription: String { Self.text(bytes) }

  /// `1.4 GB`, `350 MB`.
  static func text(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / Double(1 << 20)
    if megabytes >= 1000 { return "\((megabytes / 1024 * 10).rounded() / 10) GB" }
    return megabytes >= 1 || bytes == 0 ? "\(Int(megabytes.rounded())) MB" : "\(max(1, bytes >> 10)) KB"
  }
}
