"""The error that the command line reports in one line."""


class InputError(Exception):
    """Something the caller gave is missing or wrong; the message says what to do."""
