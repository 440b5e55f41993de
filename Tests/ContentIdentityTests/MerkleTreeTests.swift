import ContentIdentity
import Testing

@Suite struct MerkleTreeTests {
  /// Leaves and roots of the test vectors of Certificate Transparency (RFC 6962).
  @Test func `roots are those of RFC 6962`() {
    let leaves: [[UInt8]] = [
      [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57), Array(0x60...0x6f),
    ]
    let roots = [
      0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    for (count, root) in roots { #expect(MerkleTree.root(of: Array(leaves.prefix(count))).hex == root, "\(count)") }
  }
}
