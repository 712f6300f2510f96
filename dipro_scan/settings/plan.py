"""`aktenplan/<name>.yaml`: the tree of numbers by which a city files."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from dipro_scan.settings.base import Identifier, SettingProblem, Settings
from dipro_scan.translation import _


class AktenplanNode(Settings):
    """A row of the Aktenplan. Its parent is the node whose Kennzeichen lacks the last group."""

    kennzeichen: str = Field(pattern=r"^\d{1,2}([. ]\d{1,2})*$")
    bezeichnung: str = Field(min_length=1, max_length=64)
    akten_typ: Literal["Sachakte", "Fallakte", "Sammelakte"] | None = None


class Aktenplan(Settings):
    """`aktenplan/<name>.yaml`: the tree of numbers by which a city files."""

    schema_: Literal[1] = Field(alias="schema")
    name: Identifier
    title: str
    nodes: tuple[AktenplanNode, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_tree(self) -> Aktenplan:
        seen: set[str] = set()
        for index, node in enumerate(self.nodes):
            if node.kennzeichen in seen:
                raise SettingProblem(
                    _("the Kennzeichen %(number)s stands twice; each may stand once")
                    % {"number": node.kennzeichen},
                    "nodes",
                    index,
                    "kennzeichen",
                )
            seen.add(node.kennzeichen)
        for index, node in enumerate(self.nodes):
            parent = parent_kennzeichen(node.kennzeichen)
            if parent is not None and parent not in seen:
                raise SettingProblem(
                    _("%(number)s has no parent in the plan; add an entry for %(parent)s")
                    % {"number": node.kennzeichen, "parent": parent},
                    "nodes",
                    index,
                    "kennzeichen",
                )
        return self

    def node(self, kennzeichen: str) -> AktenplanNode | None:
        return next((node for node in self.nodes if node.kennzeichen == kennzeichen), None)

    def path(self, kennzeichen: str) -> tuple[AktenplanNode, ...]:
        """The nodes from the top down to `kennzeichen`; empty where it is not in the plan."""
        node = self.node(kennzeichen)
        if node is None:
            return ()
        parent = parent_kennzeichen(kennzeichen)
        return (*(self.path(parent) if parent else ()), node)


def parent_kennzeichen(kennzeichen: str) -> str | None:
    """`63.10` → `63`; None at the top."""
    match = re.match(r"^(.*)[. ]\d{1,2}$", kennzeichen)
    return match.group(1) if match else None
