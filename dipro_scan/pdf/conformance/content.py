"""Walks through content streams and judges what they paint with (ISO 19005-2, 6.2.2 and what hangs on it).

Pages, forms, tiling patterns, glyphs of Type 3 fonts and appearances of annotations are all content; each is
visited once for each set of circumstances that can change the verdict.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from dipro_scan.pdf.conformance.colour import ColourCheck
from dipro_scan.pdf.conformance.content_state import (
    DEEPEST_FORMS,
    DEEPEST_STATES,
    DEVICE_COLOURS,
    FILLED_TEXT,
    FILLS,
    INVISIBLE_TEXT,
    OPERATORS,
    STROKED_TEXT,
    STROKES,
    TEXT_SHOWS,
    Content,
    State,
    inherited_resources,
)
from dipro_scan.pdf.conformance.fonts import FontUses
from dipro_scan.pdf.conformance.graphics_state import (
    check_graphics_state,
    check_rendering_intent,
    is_transparent,
)
from dipro_scan.pdf.conformance.inline_images import check_inline_image
from dipro_scan.pdf.conformance.inspected import (
    Inspected,
    dictionary,
    entry,
    has,
    items,
    members,
    name,
    name_text,
    place,
)
from dipro_scan.pdf.conformance.objects import check_limits
from dipro_scan.pdf.conformance.xobjects import check_form, check_image, is_transparent_image
from dipro_scan.translation import _


class ContentWalker:
    """Walks all content of one file; `transparent` tells whether the last page walked needs blending."""

    def __init__(self, inspected: Inspected) -> None:
        self._inspected = inspected
        self._findings = inspected.findings
        self.colours = ColourCheck(inspected)
        self.fonts = FontUses()
        self.transparent = False
        self._visited: dict[tuple[Any, ...], bool] = {}

    def walk_page(self, page: Dictionary, where: str) -> None:
        """The page's own content; resources that only the page tree gives count as missing."""
        inherited = inherited_resources(page)
        own = dictionary(page, "/Resources")
        self.look_at_type3_fonts(own if own is not None else inherited, where)
        content = Content(own, inherited, where, 0)
        self._walk(pikepdf.Page(page), content, State())

    def walk_form(
        self, form: Stream, outer: Any, where: str, state: State | None = None, depth: int = 0
    ) -> None:
        """A form XObject or an appearance stream."""
        where = place(form, where)
        check_form(self._findings, form, where)
        group = dictionary(form, "/Group")
        if name(group, "/S") == "Transparency":
            self.transparent = True
            if has(group, "/CS"):
                self.colours.check(entry(group, "/CS"), entry(form, "/Resources"), where)
        self._walk_stream(form, outer, where, state or State(), depth)

    def look_at_type3_fonts(self, resources: Any, where: str) -> None:
        """Glyph procedures count for a page's transparency even where no text shows them."""
        for _label, font in members(dictionary(resources, "/Font")):
            if name(font, "/Subtype") == "Type3":
                self._walk_glyphs(font, resources, where, State(), 0)

    def _walk_stream(self, item: Stream, outer: Any, where: str, state: State, depth: int) -> None:
        if depth > DEEPEST_FORMS:
            return
        key = (item.objgen, id(item) if item.objgen == (0, 0) else 0, place(outer), state.key())
        if key in self._visited:
            self.transparent |= self._visited[key]
            return
        self._visited[key] = False
        before, self.transparent = self.transparent, False
        self._walk(item, Content(dictionary(item, "/Resources"), outer, where, depth), state)
        self._visited[key] = self.transparent
        self.transparent |= before

    def _walk(self, source: Any, content: Content, state: State) -> None:
        try:
            instructions = pikepdf.parse_content_stream(source)
        except (pikepdf.PdfError, TypeError, RuntimeError):
            self._findings.add("6.2.2", content.where, _("A content stream cannot be read."))
            return
        for instruction in instructions:
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                check_inline_image(self._findings, self.colours, instruction.iimage, content, state)
                continue
            operator = instruction.operator.unparse().decode("latin-1")
            if operator not in OPERATORS:
                self._findings.add(
                    "6.2.2",
                    content.where,
                    _("The operator %(operator)s is not defined.") % {"operator": operator},
                )
                continue
            operands = list(instruction.operands)
            for operand in operands:
                for part in operand if isinstance(operand, Array) else (operand,):
                    check_limits(self._inspected, part, content.where)
            state = self._step(operator, operands, content, state)

    def _step(self, operator: str, operands: list[Any], content: Content, state: State) -> State:
        """The state after one operator; paints are judged on the way."""
        if operator == "q":
            content.stack.append(state)
            if len(content.stack) > DEEPEST_STATES:
                self._findings.add(
                    "6.1.13", content.where, _("Graphics states are nested more than 28 deep.")
                )
        elif operator == "Q":
            return content.stack.pop() if content.stack else state
        elif operator in ("Tf", "Tr", "gs", "ri"):
            return self._set_parameter(operator, operands, content, state)
        elif operator.lower() in ("g", "rg", "k", "cs", "sc", "scn"):
            return self._set_colour(operator, operands, content, state)
        elif operator == "Do" and operands:
            self._paint_object(operands[0], content, state)
        elif operator == "sh" and operands:
            self._look_at_shading(self._resource(content, "/Shading", operands[0]), content)
        elif operator in TEXT_SHOWS:
            self._show_text(operands, content, state)
        elif operator in FILLS or operator in STROKES:
            if operator in FILLS:
                self._judge_fill(content, state)
            if operator in STROKES:
                self._judge_stroke(content, state)
        return state

    def _judge_fill(self, content: Content, state: State) -> None:
        self.colours.check(state.fill_space, content.resources, content.where)
        if state.overprints_fill and state.overprint_mode == 1:
            self.colours.check_overprint(state.fill_space, content.where)

    def _judge_stroke(self, content: Content, state: State) -> None:
        self.colours.check(state.stroke_space, content.resources, content.where)
        if state.overprints_stroke and state.overprint_mode == 1:
            self.colours.check_overprint(state.stroke_space, content.where)

    def _set_parameter(self, operator: str, operands: list[Any], content: Content, state: State) -> State:
        operand = operands[0] if operands else None
        if operator == "Tr" and isinstance(operand, int):
            return replace(state, render_mode=operand)
        if operator == "ri":
            check_rendering_intent(self._findings, operand, content.where)
        if operator == "Tf":
            font = self._resource(content, "/Font", operand)
            return replace(state, font=font if isinstance(font, Dictionary) else None)
        if operator == "gs":
            return self._apply(self._resource(content, "/ExtGState", operand), content, state)
        return state

    def _apply(self, parameters: Any, content: Content, state: State) -> State:
        """A graphics state dictionary, with the soft mask's group and the font that it may bring."""
        if not isinstance(parameters, Dictionary):
            return state
        check_graphics_state(self._findings, parameters, place(parameters, content.where))
        self.transparent |= is_transparent(parameters)
        mask = dictionary(parameters, "/SMask")
        group = entry(mask, "/G")
        if isinstance(group, Stream):
            self.walk_form(group, content.resources, content.where, None, content.depth + 1)
        state = state.overprinting(parameters)
        font = items(parameters, "/Font")
        return replace(state, font=font[0]) if font and isinstance(font[0], Dictionary) else state

    def _set_colour(self, operator: str, operands: list[Any], content: Content, state: State) -> State:
        device = DEVICE_COLOURS.get(operator.lower())
        if device is not None:
            return _with_colour(state, operator, Name(device))
        if operator.lower() == "cs" and operands and isinstance(operands[0], Name):
            label = name_text(operands[0]) or ""
            space: Any = operands[0]
            if label not in ("DeviceGray", "DeviceRGB", "DeviceCMYK", "Pattern"):
                space = self._resource(content, "/ColorSpace", operands[0])
            return _with_colour(state, operator, space)
        if operator.lower() == "scn" and operands and isinstance(operands[-1], Name):
            pattern = self._resource(content, "/Pattern", operands[-1])
            self._look_at_pattern(pattern, content, state)
        return state

    def _look_at_pattern(self, pattern: Any, content: Content, state: State) -> None:
        if isinstance(pattern, Stream):
            self._walk_stream(
                pattern, content.resources, place(pattern, content.where), state, content.depth + 1
            )
        elif isinstance(pattern, Dictionary):
            self._look_at_shading(entry(pattern, "/Shading"), content)
            self._apply(entry(pattern, "/ExtGState"), content, state)

    def _look_at_shading(self, shading: Any, content: Content) -> None:
        if has(shading, "/ColorSpace"):
            self.colours.check(
                entry(shading, "/ColorSpace"), content.resources, place(shading, content.where)
            )

    def _paint_object(self, label: Any, content: Content, state: State) -> None:
        item = self._resource(content, "/XObject", label)
        if not isinstance(item, Stream):
            return
        where, kind = place(item, content.where), name(item, "/Subtype")
        if kind == "Form":
            self.walk_form(item, content.resources, where, state, content.depth + 1)
        elif kind == "Image":
            check_image(self._findings, self.colours, item, content.resources, where)
            self.transparent |= is_transparent_image(item)
            if entry(item, "/ImageMask") is True:
                self.colours.check(state.fill_space, content.resources, content.where)
        elif kind == "PS":
            self._findings.add("6.2.9", where, _("A PostScript XObject is used."))

    def _show_text(self, operands: list[Any], content: Content, state: State) -> None:
        if state.font is None:
            return
        strings = [operand for operand in operands if isinstance(operand, String)]
        for operand in operands:
            if isinstance(operand, Array):
                strings += [part for part in operand if isinstance(part, String)]
        self.fonts.add(state.font, state.render_mode, (bytes(text) for text in strings), content.where)
        if name(state.font, "/Subtype") == "Type3":
            self._walk_glyphs(state.font, content.resources, content.where, state, content.depth + 1)
        self._judge_text_colour(content, state)

    def _judge_text_colour(self, content: Content, state: State) -> None:
        """Colours that were set count for visible text whether it is filled or stroked, as veraPDF has it."""
        if state.render_mode == INVISIBLE_TEXT:
            return
        if state.render_mode in FILLED_TEXT or state.fill is not None:
            self._judge_fill(content, state)
        if state.render_mode in STROKED_TEXT or state.stroke is not None:
            self._judge_stroke(content, state)

    def _walk_glyphs(self, font: Dictionary, outer: Any, where: str, state: State, depth: int) -> None:
        """Type 3 glyphs find their resources in their font, not in themselves."""
        resources = dictionary(font, "/Resources")
        for _label, procedure in members(dictionary(font, "/CharProcs")):
            key = (procedure.objgen, place(font), state.key()) if isinstance(procedure, Stream) else ()
            if not key or depth > DEEPEST_FORMS:
                continue
            if key not in self._visited:
                self._visited[key] = False
                before, self.transparent = self.transparent, False
                inner = Content(resources, outer, place(procedure, where), depth)
                self._walk(procedure, inner, replace(state, font=None))
                self._visited[key], self.transparent = self.transparent, self.transparent or before
            self.transparent |= self._visited[key]

    def _resource(self, content: Content, kind: str, label: Any) -> Any:
        """A named resource; naming one that only the surroundings have is a violation (6.2.2)."""
        if not isinstance(label, Name):
            return None
        key = f"/{name_text(label)}"
        own = entry(entry(content.resources, kind), key)
        if own is not None:
            return own
        inherited = entry(entry(content.outer, kind), key)
        if inherited is not None:
            self._findings.add(
                "6.2.2",
                content.where,
                _("The resource %(name)s is used without being among the stream's own.") % {"name": key[1:]},
            )
        return inherited


def _with_colour(state: State, operator: str, space: Any) -> State:
    """Upper-case operators set the stroke's colour, lower-case ones the fill's."""
    return replace(state, stroke=space) if operator.isupper() else replace(state, fill=space)
