"""The verbs of a lab, a file a subject; `Lab` has them all."""
