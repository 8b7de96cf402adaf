"""A facilitator's documents: texts to paste, the RHK 2 report, recaps and bundles, the year as a picture."""
