import Foundation

extension Scratch {
  /// A MATLAB file of version 5, not compressed, little-endian; values of a variable column-major.
  @discardableResult func matlab(_ name: String, _ variables: [(name: String, dims: [Int], values: [Double])]) throws
    -> String
  {
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8((value >> (8 * $0)) & 255) } }
    func element(_ type: Int, _ bytes: [UInt8]) -> [UInt8] {
      word(type) + word(bytes.count) + bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    }
    var out = Array("MATLAB 5.0 MAT-file".utf8)
    out += [UInt8](repeating: 32, count: 116 - out.count) + [UInt8](repeating: 0, count: 8) + [0, 1, 0x49, 0x4d]
    for variable in variables {
      let doubles = variable.values.flatMap { value in
        (0..<8).map { UInt8((value.bitPattern >> (8 * UInt64($0))) & 255) }
      }
      let body =
        element(6, word(6) + word(0)) + element(5, variable.dims.flatMap(word)) + element(1, Array(variable.name.utf8))
        + element(9, doubles)
      out += word(14) + word(body.count) + body
    }
    return try write(name, bytes: out)
  }
}
