import Testing

/// Damage of a catalog that neither its size nor its times tell.
@Suite struct HiddenDamageTests {
  private func stored() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "a.evoke"])
    try program.write("time,joy\n0,1\n1,2\n2,3\n", "joy.csv")
    try program.succeed(["import", "annotations", "joy.csv", "--dataset", "d", "--stimulus", "s", "-C", "a.evoke"])
    return program
  }

  /// Python that changes `b`, the bytes of the catalog.
  private func damage(_ program: Program, _ change: String) throws {
    let code = """
      import os
      p = 'a.evoke/catalog.sqlite'; s = os.stat(p); b = bytearray(open(p, 'rb').read()); n = len(b)
      \(change)
      assert len(b) == n; f = open(p, 'r+b'); f.write(b); f.close(); os.utime(p, ns=(s.st_atime_ns, s.st_mtime_ns))
      """
    let ending = try program.run(["-c", code], launch: "/usr/bin/python3")
    #expect(ending.status == 0, "\(ending.error)")
  }

  @Test func `a count of free pages without a first one is named`() throws {
    let program = try stored()
    try damage(program, "b[36:40] = bytes(4) if any(b[36:40]) else bytes([0, 0, 0, 1])")
    let verified = try program.run(["verify", "--format", "csv", "-C", "a.evoke"])
    let isNamed = verified.output.contains("pages and indexes are sound,failed")
    #expect(verified.status == 1 && isNamed, "\(verified.output)")
  }

  @Test func `whoever comes upon a text that is no JSON says so`() throws {
    for words in [
      ["gc"], ["relocate", "joy.csv", "joy.csv"], ["forget", "joy.csv"], ["status"], ["why", "d/s/annotation/joy"],
      ["consent", "d", "open", "--reason", "asked"], ["export", "prov-json", "d/s/annotation/joy", "-o", "p.json"],
      ["merge", "b.evoke"], ["repair"], ["verify"],
    ] {
      let program = try stored()
      try program.succeed(["init", "b.evoke"])
      try damage(program, #"b = bytearray(bytes(b).replace(b'{"', b'{!'))"#)
      let ending = try program.run(words + ["-C", "a.evoke"])
      #expect(ending.status != 70 && !ending.error.contains("E-QRY-008"), "\(words): \(ending.status) \(ending.error)")
    }
  }

  @Test func `a backup takes the place of a catalog with such a text`() throws {
    let program = try stored()
    try program.succeed(["backup", "copy", "-C", "a.evoke"])
    try damage(program, #"b = bytearray(bytes(b).replace(b'{"', b'{!'))"#)
    try program.succeed(["repair", "--from", "copy", "-C", "a.evoke"])
    try program.succeed(["verify", "--level", "3", "-C", "a.evoke"])
  }
}
