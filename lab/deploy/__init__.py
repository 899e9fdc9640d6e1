"""The platform deployed by Pulumi: preview under the policy pack as the gate, then up."""
