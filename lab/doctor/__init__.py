"""What is wrong with this machine, the lab and the platform, and what to type next."""

from lab.doctor.examination import examine

__all__ = ["examine"]
