"""The showpiece of the project `exercises`."""
# The outline of a shape stays on one line, as in an SVG file.

from __future__ import annotations

from sample_pictures.stage import FLOOR, Scene, box, dot, lighter, line, mix, shape


def exercises() -> Scene:
    """A pull-up: an athlete, the joints that the model sees, and the count."""
    s = Scene(wall="#0b7d69", spot="#27b394", plinth="#d6f5e4")
    s.backdrop("arch")
    s.stand(400)
    p = {
        "ls": (566, 268),
        "rs": (714, 268),
        "le": (484, 344),
        "re": (796, 344),
        "lh": (514, 204),
        "rh": (766, 204),
        "lp": (606, 434),
        "rp": (674, 434),
        "lk": (590, 516),
        "rk": (690, 516),
        "lf": (612, 590),
        "rf": (668, 590),
    }

    def path(*names: str) -> str:
        return "M" + " L".join(f"{p[n][0]} {p[n][1]}" for n in names)

    skin, shirt, shorts = "#ffd9b0", "#ffc23d", "#123a5e"
    arms, legs = [("lh", "le", "ls"), ("rh", "re", "rs")], [("lp", "lk", "lf"), ("rp", "rk", "rf")]
    # the bar's posts
    for x in (334, 926):
        s.add(s.ground(x + 10, 58, FLOOR + 2, 10))
        s.add(s.shade(box(x, 196, 20, 420, 10, "#000"), 22, 8, 8, 0.25))
        s.add(box(x, 190, 20, 428, 10, "#e4f6ee"))
        s.add(f'<ellipse cx="{x + 10}" cy="{FLOOR}" rx="44" ry="9" fill="#b5e4d0"/>')
    s.add(s.ground(634, 92, FLOOR + 2, 13, 0.28))
    torso = "M566 240 H714 Q744 244 742 274 C738 330 706 372 704 432 H576 C574 372 542 330 538 274 Q536 244 566 240 Z"
    hips = "M576 420 H704 L716 500 Q690 516 662 506 L640 458 L618 506 Q590 516 564 500 Z"
    limbs = "".join(line(path(*n), skin, 42) for n in arms) + "".join(line(path(*n), skin, 44) for n in legs)
    head = '<ellipse cx="640" cy="134" rx="47" ry="57" fill="{}"/>'
    s.add(s.shade(limbs + shape(torso, "#000") + shape(hips, "#000") + head.format("#000"), 46, 20, 14, 0.3))
    lit = mix(skin, "#e8743c", 0.45)
    for n in legs:
        s.add(line(path(*n), skin, 44))
    for x, way in ((612, -1), (668, 1)):
        s.add(line(f"M{x} 588 L{x + way * 7} 606", "#ffffff", 40))
    s.add(shape(hips, shorts))
    s.add(box(616, 170, 48, 84, 20, lit))
    s.add(head.format(s.linear((0, lighter(skin, 0.3)), (0.5, skin), (1, mix(skin, "#e8743c", 0.4)), across=True)))
    hair = "M590 134 C578 72 612 62 644 62 C682 62 700 84 690 134 C686 112 672 100 650 98 C624 102 600 108 590 134 Z"
    s.add(shape(hair, s.linear("#4a2b50", "#2b1838", across=True)))
    for x in (622, 658):
        s.add(line(f"M{x - 9} 140 q9 8 18 0", "#6b2b35", 5))
    s.add(line("M627 168 q13 9 26 0", "#6b2b35", 5))
    for n in arms:
        s.add(line(path(*n), skin, 42))
    s.add(shape(torso, s.linear(shirt, mix(shirt, "#d9641c", 0.5), across=True)))
    for a, b in (("ls", "le"), ("rs", "re")):
        (x0, y0), (x1, y1) = p[a], p[b]
        s.add(
            line(
                f"M{x0} {y0} L{x0 + (x1 - x0) * 0.34:.0f} {y0 + (y1 - y0) * 0.34:.0f}",
                shirt if a == "ls" else "#f3a428",
                52,
            )
        )
    s.add(box(300, 190, 680, 26, 13, s.linear("#ffffff", "#9fd3c0")))
    for x in (514, 766):
        s.add(box(x - 24, 180, 48, 46, 21, skin))
    # what the model sees
    for n in [*arms, *legs, ("ls", "rs"), ("lp", "rp"), ("ls", "lp"), ("rs", "rp")]:
        s.add(line(path(*n), "#ff4f5e", 8))
    s.add(*(dot(*at, 14, "#fff", 'stroke="#ff4f5e" stroke-width="8"') for at in p.values()))
    # the count
    s.add(line("M868 486 V330 M840 358 L868 328 L896 358", "#fff", 13))
    s.add(s.shade(box(1012, 282, 68, 226, 34, "#000"), 10, 12, 14, 0.25))
    s.add(box(1012, 282, 68, 226, 34, "#fff"))
    s.add(*(dot(1046, 473 - i * 52, 18, "#ff4f5e" if i < 3 else "#d3ece2") for i in range(4)))
    return s
