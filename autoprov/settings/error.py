"""What is wrong with the settings."""

from pathlib import Path


class SettingsError(Exception):
    """The settings cannot be used; each problem says file, key and reason. A person acts."""

    def __init__(self, file: Path, problems: list[str]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))
