import Haemodynamics
import Testing

/// Regions of which voxels share a face.
@Suite struct TouchingRegionsTests {
  private func pairs(_ volume: [Int], _ dims: [Int]) -> [[Int]] {
    let places = volume.indices.filter { volume[$0] != 0 }
    return TouchingRegions.pairs(places: places, labels: places.map { volume[$0] }, dims: dims).map { [$0.0, $0.1] }
  }

  @Test func `faces join along all three axes, edges, corners and the ends of rows do not`() {
    #expect(pairs([1, 2, 0, 3], [4, 1, 1]) == [[1, 2]])
    #expect(pairs([1, 2, 0, 3], [1, 4, 1]) == [[1, 2]])
    #expect(pairs([1, 2, 0, 3], [1, 1, 4]) == [[1, 2]])
    // A diagonal, and the last of a row beside the first of the next.
    #expect(pairs([1, 0, 0, 2], [2, 2, 1]) == [])
    #expect(pairs([0, 1, 2, 0], [2, 2, 1]) == [])
    #expect(pairs([5, 5, 5, 5, 5, 5, 5, 7], [2, 2, 2]) == [[5, 7]])
  }

  @Test func `the order of voxels, and axes turned about, change nothing`() {
    let dims = [3, 4, 5]
    let volume = (0..<60).map { ($0 * 7 + $0 / 11) % 5 }
    let places = volume.indices.filter { volume[$0] != 0 }
    let plain = pairs(volume, dims)
    let reversed = Array(places.reversed())
    let again = TouchingRegions.pairs(places: reversed, labels: reversed.map { volume[$0] }, dims: dims)
    #expect(again.map { [$0.0, $0.1] } == plain && plain.count > 3)
    let turned = (0..<60).map { place in
      let (k, j, i) = (place % 5, place / 5 % 4, place / 20)
      return volume[i + 3 * (j + 4 * k)]
    }
    #expect(pairs(turned, [5, 4, 3]) == plain)
  }
}
