"""The stage that all covers share: a wall, a spot of light, a plinth, and light that falls from the upper left."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTH, HEIGHT = 1280, 800
FLOOR = 618  # where a thing stands: the middle of the plinth's top


def mix(a: str, b: str, share: float) -> str:
    """The colour that lies `share` of the way from a to b."""
    one, two = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (a, b))
    return "#" + "".join(f"{round(p + (q - p) * share):02x}" for p, q in zip(one, two, strict=True))


def lighter(colour: str, share: float) -> str:
    return mix(colour, "#ffffff", share)


def darker(colour: str, share: float) -> str:
    """Towards its own deep tone, a little violet: shade that stays a colour and does not turn to mud."""
    deep = "#" + "".join(f"{round(int(colour[i : i + 2], 16) * 0.28):02x}" for i in (1, 3, 5))
    return mix(colour, mix(deep, "#1a0b33", 0.35), share)


@dataclass
class Scene:
    """Collects definitions and shapes, and gives the finished SVG."""

    wall: str
    spot: str
    plinth: str
    defs: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)

    def add(self, *shapes: str) -> None:
        self.body.extend(shapes)

    def linear(self, *stops: str | tuple[float, str], across: bool = False, slant: bool = False) -> str:
        """A gradient from top to bottom, from left to right, or along the light; returns its paint."""
        name = f"g{len(self.defs)}"
        end = 'x2="1" y2="1"' if slant else 'x2="1" y2="0"' if across else 'x2="0" y2="1"'
        pairs = [s if isinstance(s, tuple) else (i / max(1, len(stops) - 1), s) for i, s in enumerate(stops)]
        inner = "".join(f'<stop offset="{at:.3f}" stop-color="{colour}"/>' for at, colour in pairs)
        self.defs.append(f'<linearGradient id="{name}" x1="0" y1="0" {end}>{inner}</linearGradient>')
        return f"url(#{name})"

    def beam(self, colour: str, opacity: float) -> str:
        """A gradient from left to right, from a colour to nothing."""
        name = f"g{len(self.defs)}"
        self.defs.append(
            f'<linearGradient id="{name}"><stop offset="0" stop-color="{colour}" stop-opacity="{opacity}"/>'
            f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></linearGradient>'
        )
        return f"url(#{name})"

    def glow(self, colour: str, opacity: float = 1.0) -> str:
        """A radial gradient from a colour to nothing."""
        name = f"g{len(self.defs)}"
        self.defs.append(
            f'<radialGradient id="{name}"><stop offset="0" stop-color="{colour}" stop-opacity="{opacity}"/>'
            f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>'
        )
        return f"url(#{name})"

    def round(self, colour: str, strength: float = 1.0) -> str:
        """The paint of a thing turned on a lathe: light on its left, shade on its right."""
        return self.linear(
            (0, darker(colour, 0.10 * strength)),
            (0.28, lighter(colour, 0.22 * strength)),
            (0.55, colour),
            (1, darker(colour, 0.34 * strength)),
            across=True,
        )

    def clip(self, shape: str) -> str:
        name = f"c{len(self.defs)}"
        self.defs.append(f'<clipPath id="{name}">{shape}</clipPath>')
        return f"url(#{name})"

    def shade(self, shape: str, dx: float = 26, dy: float = 22, blur: int = 14, opacity: float = 0.28) -> str:
        """The soft shadow that a shape throws on what is behind it."""
        ink = darker(self.wall, 0.75)
        return (
            f'<g transform="translate({dx} {dy})" opacity="{opacity}" filter="url(#blur{blur})"'
            f' style="--ink:{ink}" class="ink">{shape}</g>'
        )

    def ground(self, cx: float, rx: float, cy: float = FLOOR, ry: float | None = None, opacity: float = 0.45) -> str:
        """The contact shadow under a thing."""
        ry = rx * 0.14 if ry is None else ry
        ink = darker(self.plinth, 0.8)
        return (
            f'<ellipse cx="{cx + rx * 0.12:.1f}" cy="{cy}" rx="{rx}" ry="{ry:.1f}" fill="{ink}"'
            f' opacity="{opacity}" filter="url(#blur8)"/>'
        )

    def backdrop(self, shape: str = "disc") -> None:
        wall = self.linear(mix(self.wall, self.spot, 0.42), self.wall, darker(self.wall, 0.20), slant=True)
        self.add(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{wall}"/>')
        spot = self.linear(lighter(self.spot, 0.16), self.spot, mix(self.spot, self.wall, 0.55))
        twin = "M180 800 V372 A160 160 0 0 1 414 230 A230 230 0 0 1 866 230 A160 160 0 0 1 1100 372 V800 Z"
        shapes = {
            "disc": '<circle cx="640" cy="360" r="318"/>',
            "arch": '<path d="M330 800 V362 A310 310 0 0 1 950 362 V800 Z"/>',
            "twin": f'<path d="{twin}"/>',
            "pill": '<rect x="206" y="92" width="868" height="540" rx="270"/>',
        }
        chosen = shapes[shape]
        self.add(
            f'<g filter="url(#blur14)" opacity=".22" fill="{darker(self.wall, 0.7)}"'
            f' transform="translate(18 14)">{chosen}</g>'
        )
        self.add(f'<g fill="{spot}">{chosen}</g>')
        floor = self.linear(darker(self.wall, 0.20), darker(self.wall, 0.42))
        self.add(f'<path d="M0 690 Q640 640 1280 690 V800 H0 Z" fill="{floor}"/>')

    def stand(self, rx: float = 400, cx: float = 640, top: float = FLOOR, tilt: float = 0.115) -> None:
        """The plinth: a low round table of two steps. A larger tilt looks at it from higher up."""
        height, ry, step = 62, rx * tilt, rx * 1.15
        ink = darker(self.wall, 0.85)
        shadow = mix(self.plinth, darker(self.wall, 0.25), 0.55)
        low = mix(self.plinth, self.wall, 0.34)
        side = self.linear(mix(self.plinth, shadow, 0.12), (0.45, self.plinth), shadow, across=True)
        low_side = self.linear(low, (0.45, low), mix(low, darker(self.wall, 0.3), 0.6), across=True)
        face, low_face = lighter(self.plinth, 0.45), lighter(low, 0.14)
        self.add(
            f'<ellipse cx="{cx + 36}" cy="{top + height + 40}" rx="{step * 1.03}" ry="{ry * 1.25}" fill="{ink}"'
            ' opacity=".5" filter="url(#blur14)"/>',
            cylinder(cx, top + height - 4, step, ry * 1.15, 40, low_side, low_face),
            f'<ellipse cx="{cx + 18}" cy="{top + height}" rx="{rx * 1.04}" ry="{ry * 1.08}" fill="{ink}" opacity=".32"'
            ' filter="url(#blur8)"/>',
            cylinder(cx, top, rx, ry, height, side, face),
        )

    def svg(self) -> str:
        blurs = "".join(
            f'<filter id="blur{n}" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="{n}"/>'
            "</filter>"
            for n in (3, 8, 14, 30)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
            f' height="{HEIGHT}"><style>.ink *{{fill:var(--ink)!important}}.ink .line{{fill:none!important;'
            f"stroke:var(--ink)!important}}</style><defs>{blurs}{''.join(self.defs)}</defs>{''.join(self.body)}</svg>"
        )


def cylinder(cx: float, top: float, rx: float, ry: float, height: float, side: str, face: str) -> str:
    return (
        f'<path d="M{cx - rx} {top} V{top + height} A{rx} {ry:.1f} 0 0 0 {cx + rx} {top + height} V{top} Z"'
        f' fill="{side}"/><ellipse cx="{cx}" cy="{top}" rx="{rx}" ry="{ry:.1f}" fill="{face}"/>'
    )


def brackets(x: float, y: float, w: float, h: float, colour: str = "#fff", reach: float = 34, width: float = 9) -> str:
    """The four corners of a detection box."""
    r = 16
    parts = []
    for cx, cy, sx, sy in ((x, y, 1, 1), (x + w, y, -1, 1), (x, y + h, 1, -1), (x + w, y + h, -1, -1)):
        sweep = 1 if sx * sy > 0 else 0
        parts.append(
            f"M{cx} {cy + sy * reach} V{cy + sy * r} A{r} {r} 0 0 {sweep} {cx + sx * r} {cy} H{cx + sx * reach}"
        )
    return (
        f'<path class="line" d="{" ".join(parts)}" fill="none" stroke="{colour}" stroke-width="{width}"'
        ' stroke-linecap="round"/>'
    )


def box(x: float, y: float, w: float, h: float, r: float, fill: str, extra: str = "") -> str:
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}" {extra}/>'


def dot(cx: float, cy: float, r: float, fill: str, extra: str = "") -> str:
    return f'<circle cx="{cx}" cy="{cy}" r="{r}" fill="{fill}" {extra}/>'


def line(d: str, colour: str, width: float, extra: str = "") -> str:
    return (
        f'<path class="line" d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"'
        f' stroke-linejoin="round" {extra}/>'
    )


def shape(d: str, fill: str, extra: str = "") -> str:
    return f'<path d="{d}" fill="{fill}" {extra}/>'
