import Foundation

/// The order of names with numbers in them by value: sub-2 before sub-10.
package enum NaturalOrder {
  package static func precedes(_ a: String, _ b: String) -> Bool {
    a.compare(b, options: [.numeric], locale: Locale(identifier: "en_US_POSIX")) == .orderedAscending
  }
}
