enum SignalProcessingPlaceholder {}
