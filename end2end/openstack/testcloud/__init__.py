"""The parts of the `cloud` command."""
