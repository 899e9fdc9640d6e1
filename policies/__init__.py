"""The policy pack: rules every change of the platform has to pass before anything is created."""
