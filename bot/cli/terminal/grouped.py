"""Help that lists commands by what they are for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click


class GroupedCommands(click.Group):
    """A group whose help has a list for each of its sections, and one of what is left."""

    def sections(self) -> Mapping[str, Sequence[str]]:
        """Title → names of commands, in the order in which they are needed; none: all stand in one list."""
        return {}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The lists, without commands that there are not."""
        sections = self.sections()
        named = {name for names in sections.values() for name in names}
        others = tuple(name for name in self.list_commands(ctx) if name not in named)
        for title, names in {**sections, "More": others}.items():
            commands = [(name, command) for name in names if (command := self.get_command(ctx, name))]
            room = formatter.width - 6 - max((len(name) for name, _ in commands), default=0)
            if commands:
                with formatter.section(title):
                    formatter.write_dl(
                        [(name, command.get_short_help_str(room)) for name, command in commands]
                    )
