/// A thing that files of a BIDS folder are named after: a study, a stimulus, a person, a set of features.
struct BIDSName: Hashable {
  /// What tells it from others of its name, as the dataset of a stimulus.
  let context: [String]
  /// Its true name.
  let name: String

  init(_ name: String, in context: [String] = []) { (self.name, self.context) = (name, context) }

  static func study(_ name: String) -> BIDSName { BIDSName(name, in: ["results"]) }

  /// The letters and digits of its name (ASCII), a capital after what is left out: `my_study-2` is `myStudy2`.
  fileprivate var spoken: String {
    let parts = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return parts.enumerated().map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
  }
}

extension BIDSName: Comparable {
  static func < (one: BIDSName, other: BIDSName) -> Bool {
    (one.context + [one.name]).lexicographicallyPrecedes(other.context + [other.name])
  }
}

/// A label of letters and digits for each of several things, never one for two.
///
/// A name whose letters and digits no other has, in capitals or not, is its own label. Those that share them, and names
/// without any, are numbered in the order of what tells them apart: `a-b` and `a_b` are `aB1` and `aB2`.
struct BIDSLabels {
  private let labels: [BIDSName: String]

  /// - Parameter prefix: left out where names begin with it, as folders of subjects do.
  init(_ names: some Sequence<BIDSName>, without prefix: String = "") {
    func spoken(_ name: BIDSName) -> String {
      name.name.hasPrefix(prefix) ? BIDSName(String(name.name.dropFirst(prefix.count))).spoken : name.spoken
    }
    let alike = Dictionary(grouping: Set(names)) { spoken($0).lowercased() }
    var labels: [BIDSName: String] = [:]
    var taken: Set<String> = []
    for (text, names) in alike where names.count == 1 && !text.isEmpty {
      labels[names[0]] = spoken(names[0])
      taken.insert(text)
    }
    for (text, names) in alike.sorted(by: { $0.key < $1.key }) where names.count > 1 || text.isEmpty {
      var number = 0
      for name in names.sorted() {
        repeat { number += 1 } while !taken.insert("\(text)\(number)").inserted
        labels[name] = "\(spoken(name))\(number)"
      }
    }
    self.labels = labels
  }

  /// A thing that it was made of.
  subscript(name: BIDSName) -> String {
    guard let label = labels[name] else { preconditionFailure("\(name.name) was not there to be named") }
    return label
  }
}
