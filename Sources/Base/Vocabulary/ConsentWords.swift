/// What participants consented to, from the widest to the strictest.
public enum Consent: String, Word {
  /// Data may be published.
  case open
  /// Data may be given to those who sign for them.
  case controlled
  /// Only results may be published; what is meant where nothing is said.
  case resultsOnly = "results-only"
  /// Nothing leaves the warehouse.
  case nothing = "none"
}
