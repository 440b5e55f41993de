/// Options every import verb takes.
package struct CommonOptions: Sendable, Equatable {
  /// The dataset (a cohort of its own name).
  package var dataset: String
  package var licence: String?
  package var consent: String?

  package init(dataset: String, licence: String? = nil, consent: String? = nil) {
    self.dataset = dataset
    self.licence = licence
    self.consent = consent
  }
}
