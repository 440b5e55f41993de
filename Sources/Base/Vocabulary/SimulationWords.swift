/// What of a simulation is divided into two cohorts.
public enum CohortMember: String, Word {
  case subject
  case stimulus
}

/// Cohorts of a simulation: the first half and the second.
public enum SimulatedCohort: String, Word {
  case a
  case b
}
