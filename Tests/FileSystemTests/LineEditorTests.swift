import Terminal
import Testing

@Suite struct LineEditorTests {
  /// What the bytes of keys make of an empty line.
  private func typed(_ keys: String, history: [String] = []) -> (editor: LineEditor, last: LineEditor.Event) {
    var editor = LineEditor(history: history)
    var last = LineEditor.Event.edited
    for byte in Array(keys.utf8) { last = editor.take(byte) }
    return (editor, last)
  }

  @Test(
    "keys change the line as readline's do",
    arguments: [
      ("abc", "abc", 3), ("abc\u{2}\u{2}X", "aXbc", 2), ("abc\u{1B}[D\u{1B}[D\u{1B}[3~", "ac", 1),
      ("abc\u{1}X", "Xabc", 1),
      ("abc\u{1B}[H\u{6}\u{B}", "a", 1), ("abc\u{7F}\u{8}", "a", 1), ("ab cd  \u{17}", "ab ", 3), ("ab\u{15}c", "c", 1),
      ("añ\u{1B}[D\u{7F}", "ñ", 0), ("a\u{1B}[1;5Cb\u{1B}OF!", "ab!", 3), ("漢字\u{2}x", "漢x字", 2),
      ("a\u{4}\u{1}\u{4}", "", 0),
      ("ab\u{1B}[1~\u{1B}[99~x", "xab", 1), ("\u{0}\u{1F}a", "a", 1),
    ])
  func keys(_ keys: String, _ text: String, _ cursor: Int) {
    let editor = typed(keys).editor
    #expect(String(editor.text) == text && editor.cursor == cursor)
  }

  @Test func `the history is walked both ways and gives the line of its own back`() {
    let history = ["first", "second"]
    #expect(String(typed("own\u{1B}[A", history: history).editor.text) == "second")
    #expect(String(typed("own\u{10}\u{10}\u{10}", history: history).editor.text) == "first")
    #expect(String(typed("own\u{10}\u{10}\u{E}\u{E}\u{E}", history: history).editor.text) == "own")
    #expect(typed("own\u{10}!\r", history: history).last == .ended("second!"))
  }

  @Test func `keys that ask for something say so`() {
    #expect(typed("\u{4}").last == .endOfInput && typed("a\u{3}").last == .interrupted)
    #expect(typed("a\t").last == .completion && typed("\u{C}").last == .clearing && typed("\n").last == .ended(""))
  }

  @Test func `the word before the cursor is a name of SQL, or what stands in quotes`() {
    func word(_ line: String) -> String { typed(line).editor.word.text }
    #expect(word("SELECT lay") == "lay" && word("SELECT a.lay") == "a.lay" && word("f(x,") == "")
    #expect(word("array('held/clip/or") == "held/clip/or" && typed("'x").editor.word.quote == "'")
    #expect(word("x = 'it' AND y_2") == "y_2" && typed("x = 'it' AND y").editor.word.quote == nil)
    var editor = typed("SELECT lay").editor
    editor.replace(last: 3, by: "layer_sweep")
    #expect(String(editor.text) == "SELECT layer_sweep" && editor.cursor == 18)
  }

  @Test func `a line longer than the screen is shown around its cursor`() {
    let short = typed("abc\u{2}").editor
    #expect(short.drawing(after: "> ", width: 20) == "\r> abc\u{1B}[K\r\u{1B}[4C")
    let long = typed(String(repeating: "x", count: 30) + "END").editor
    #expect(long.drawing(after: "> ", width: 13) == "\r> xxxxxxxEND\u{1B}[K\r\u{1B}[12C")
  }
}
