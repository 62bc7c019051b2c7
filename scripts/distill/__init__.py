"""The steps of `scripts/distill_model.py`, one module a step."""
