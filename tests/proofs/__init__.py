"""The longer proofs: `pytest -n 0 -m proof -s` runs them all and prints their figures."""
