"""The longer proofs: `pytest -m proof -s` runs them all and prints their figures."""
