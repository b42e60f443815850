"""A terminal workstation for people who review advertisements."""

__version__ = "0.1.0"
