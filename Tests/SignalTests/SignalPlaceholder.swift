enum SignalPlaceholder {}
