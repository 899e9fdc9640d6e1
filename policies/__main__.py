"""Start the pack's server. Nothing else is here, since PolicyPack never returns: the rules are modules of their own."""

import sys
from pathlib import Path

# The engine starts a pack by its folder alone; the rules and what they share with the program are found from its root.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pulumi_policy import EnforcementLevel, PolicyPack

from core.rare_collections import collect_rarely
from policies.pack import NAME, RULES
from policies.secret_values.marks import keep_marks
from policies.shared_properties import share_properties

keep_marks()
share_properties()
collect_rarely()

PolicyPack(NAME, [rule.policy() for rule in RULES], enforcement_level=EnforcementLevel.MANDATORY)
