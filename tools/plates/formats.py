"""Random number-plate texts in the formats that countries issue.

A layout is a string: `A` a letter, `N` a digit, `n` a digit of a number that does not start with 0; capitals in braces are
literal; the rest are separators (` ` gap, `-` dash, `.` dot, `s` seals, `_` a wide gap). Formats are facts, taken from each
country's registration rules as commonly published; the weights are guesses of how often one meets each.
"""

from __future__ import annotations

import re

import numpy as np

CYRILLIC_TWINS = "ABEKMHOPCTYX"
ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _without(letters: str) -> str:
    return "".join(c for c in ALL if c not in letters)


#: Letters that a country issues.
LETTERS: dict[str, str] = {
    "ru": CYRILLIC_TWINS, "by": "ABEIKMHOPCTX", "bg": CYRILLIC_TWINS, "ua": CYRILLIC_TWINS + "I", "fr": _without("IOU"), "it": _without("IOQU"),
    "es": "BCDFGHJKLMNPRSTVWXYZ", "nl": "BDFGHJKLNPRSTVXZ", "gr": "ABEZHIKMNOPTYX", "gb": _without("IQZ"), "us": ALL, "br": ALL, "ro": _without("Q"),
    "pl": "ACEFGHJKLMNPRSTUVWXY", "cz": _without("GOQW"), "sk": _without("QW"), "hr": _without("QWXY"), "si": _without("QWXY"), "lt": _without("QWX"),
    "lv": _without("QWXY"), "ee": _without("QWX"), "rs": _without("QWXY"), "se": _without("IOQV"), "tr": _without("QWX"),
}  # fmt: skip

_DE = (
    "B M K F S D E N H L W A C J Z P R HH HB DO BO DU MS BN GE BI KA MA WI MG AC KI LU OF HA SG DA RE NE RS FR PB HN UL WOB BS WÜ"
    " MZ SB RO HD KS OS OL HL HRO SN DD EF GI BM EU ME DN GM HS KLE VIE WES SO UN MK OE AK AW AZ BB BC BL BT CB CE CO DB EM ER ES FD FF FL FS"
    " FT GÖ GP GT HF HI HM IN IZ KB KC KE KL KN KO LA LB LER LG LI LL MB MI MN MR MTK MYK NB ND NF NI NM NR NW OA OG OH OS PE PF PI PL PM RA RT RV"
    " RW RZ SE SHA SIG SL SM ST STA STD SU TÜ TR TUT UE VS WAF WF WN WT WW ZW AIC ALZ AUR BGL DAH DAU EBE ERB FDS FFB FRG GAP GER HDH KEH KEL"
    " LAU LDK LÖ MOS MSP NEA NES NEW OAL OHV PAF PAN ROW SLS TBB TIR TÖL UER VEC WIL WND WUG"
)
#: Prefixes: the places of issue, where they are few or shape the text.
PREFIXES: dict[str, str] = {
    "de": " ".join(p for p in _DE.split() if p.isascii()),
    "at": "W G L S K I B E P N WN WL GU BN MD KB KU LB LL VB UU TU SR SL SB PL NK MI KO KR KS HO HL GF GM FR EF EU BR BA AM BZ BL DO FK IM JU VI VK WO WY ZE",
    "ro": "B AB AR AG BC BH BN BT BV BR BZ CS CL CJ CT CV DB DJ GL GR GJ HR HD IL IS IF MM MH MS NT OT PH SM SJ SB SV TR TM TL VS VL VN",
    "sk": "BA BB BJ BL BN BR BS BT BY CA DK DS DT GA GL HC HE IL KA KE KK KM KN KS LC LE LM LV MA MI ML MT MY NM NO NR NZ PB PD PE PK PN PO PP PT PU PV RA RK RS RV SA SB SC SE SI SK SL SN SO SP SV TN TO TR TS TT TV VK VT ZA ZC ZH ZM ZV",
    "hr": "ZG ST RI OS ZD PU SK VU VK BJ KA SB DU KR VZ SI KZ CK GS ZU BM DJ DA IM KC MA NA NG PZ SJ SL VT ZP OG KT",
    "si": "LJ MB CE KR KP GO NM MS SG KK PO",
    "rs": "BG NS NI KG SU ZR PA KV CA UE SM VA LE VR SA PO SO KI VS",
    "ch": "ZH BE LU UR SZ OW NW GL ZG FR SO BS BL SH AR AI SG GR AG TG TI VD VS NE GE JU",
    "bg": "CA CB C PB BT A B P PA E EH KH K M OB PK PP CC CH CM CO CT T TX X Y BH BP EB",
    "no": "AA AJ BC BT CF CX DA DK EK EL FA FT HH KH LH NA PA RF SU TA UE VD XH YF ZA",
    "ua": "AA AB AC AE AH AI AK AM AO AP AT AX BA BB BC BE BH BI BK BM BO BT BX CA CB CE CH KA KB KC KE KH KI KK KM KO KP KT KX HA HB HC HE HH HI HK HM HO HP HT HX IA IB II",
    "tr": " ".join(f"{i:02}" for i in (*[34] * 20, *[6] * 8, *[35] * 6, *range(1, 82))),
    "ie": " ".join(f"{y:02}" if y < 13 else f"{y}{h}" for y in range(87, 88) for h in (1, 2)) + " 04 05 06 07 08 10 11 12 131 132 141 142 151 152 161 171 172 181 191 201 211 221 231 241",
    "gb": "",
}  # fmt: skip
_PL = "WA WB WD WE WF WI WN WX WY KR PO GD LU SK SO SB SY DW EL BI ZS TK RZ CB OP FZ NO CT SC SG KT PK GA GS WPI WPR WWL WSC WGR WSI WRA WOT WLS WML WND WZ KWI KRA KMY PZ PGN POB GWE GPU LPU SBE STY DJE DKL ELA EPA BBI ZKO TKI RKR RJA CIN OPO FSU NEL LLB RLS WSQ"
PREFIXES["pl"] = _PL

#: Country → (weight, layout); `{P}` is a prefix of `PREFIXES`.
LAYOUTS: dict[str, list[tuple[float, str]]] = {
    "de": [(1, "{P}sA NNNN"), (4, "{P}sAA nNNN"), (3, "{P}sAA nNN"), (2, "{P}sA nNNN"), (1, "{P}sAA nN"), (0.7, "{P}sA nNN"), (0.3, "{P}sA nN"), (0.4, "{P}sAA nNN{E}"), (0.15, "{P}sA nNN{H}")],
    "pl": [(5, "{P}sNNNNN"), (2, "{P}sNNNNA"), (2, "{P}sNNNAA"), (1, "{P}sNANNN"), (1, "{P}sNAANN"), (1, "{P}sANNN"), (1, "{P}sNNAA"), (0.6, "{P}sNANN"), (0.6, "{P}sNNAN"), (0.6, "{P}sAANN")],
    "fr": [(6, "AA-NNN-AA"), (0.6, "nNNN AA nN")],
    "it": [(6, "AA sNNNAA"), (1, "AA NNNAA")],
    "es": [(6, "NNNN AAA"), (0.5, "{M} NNNN AA")],
    "nl": [(2, "NN-AAA-N"), (2, "N-AAA-NN"), (2, "AA-NNN-A"), (2, "A-NNN-AA"), (1, "NN-AA-AA"), (1, "AA-AA-NN"), (1, "AA-NN-AA")],
    "cz": [(6, "NAN NNNN"), (1, "NAA NNNN"), (0.5, "NANsNNNN")],
    "sk": [(5, "{P}sNNNAA"), (2, "{P}-NNNAA"), (0.5, "AAsNNNAA")],
    "ro": [(5, "{P} NN AAA"), (1, "{B} NNN AAA"), (0.5, "{P} NNNNNN")],
    "hu": [(5, "AAA-NNN"), (2, "AA AA-NNN"), (1, "AAAsNNN")],
    "lt": [(5, "AAA sNNN"), (2, "AAA NNN")],
    "lv": [(5, "AA-NNNN"), (1, "AA-nNN")],
    "ee": [(5, "NNN AAA"), (1, "NNNsAAA")],
    "hr": [(4, "{P}sNNN-A"), (4, "{P}sNNNN-AA"), (2, "{P}sNNN-AA"), (2, "{P}sNNNN-A")],
    "si": [(3, "{P}sAA-NNN"), (2, "{P}sNN-NNA"), (1, "{P}sNN-ANN"), (1, "{P}sAN-NNN")],
    "be": [(5, "N-AAA-NNN"), (1, "AAA-NNN")],
    "pt": [(2, "NN-AA-NN"), (2, "NN-NN-AA"), (2, "AA-NN-AA"), (1, "AA-NN-NN")],
    "at": [(3, "{P}sNNNNNA"), (3, "{P}sNNNAA"), (2, "{P}sNNNNAA"), (2, "{P}snNNAA"), (1, "{P}sAANN")],
    "bg": [(5, "{P} NNNN AA")],
    "gr": [(5, "AAA-nNNN")],
    "gb": [(6, "AANN AAA"), (1, "AnNN AAA"), (0.5, "AAA nNNA")],
    "ie": [(5, "{P}-A-nNNNN"), (2, "{P}-A-nNNN"), (1, "{P}-AA-nNNN")],
    "se": [(4, "AAA NNN"), (2, "AAA NNA")],
    "fi": [(5, "AAA-NNN"), (1, "AAA-nN")],
    "dk": [(5, "AA NN NNN")],
    "no": [(5, "{P} NNNNN")],
    "ch": [(4, "{P}snNNNNN"), (2, "{P}snNNNN")],
    "lu": [(5, "AA NNNN")],
    "mt": [(5, "AAA-NNN")],
    "cy": [(5, "AAA-NNN")],
    "rs": [(5, "{P}sNNN-AA"), (2, "{P}sNNNN-AA")],
    "tr": [(3, "{P} AAA NNN"), (3, "{P} AA NNN"), (2, "{P} AA NNNN"), (1, "{P} A NNNN")],
    "by": [(5, "NNNN AA-N")],
    "md": [(4, "AAA NNN"), (1, "A AA NNN")],
    "kz": [(5, "NNN AAA NN")],
    "ge": [(5, "AA-NNN-AA")],
    "ua": [(9, "{P} NNNN AA")],
    "br": [(1, "AAA-NNNN"), (0.6, "AAANANN")],
    "xx": [
        (1, "AANNAA NNNN"), (1, "AA NN AA NNNN"), (1, "AAA-NNN"), (1, "AAA NNNN"), (1, "NNN-AAA"), (1, "AA-NN-NN"), (1, "NNN AA"), (1, "A NNNNN"), (1, "NNNN"), (1, "NN-NNN-NN"),
        (1, "NNN-NN-NNN"), (1, "AAA NNA"), (1, "AAAA NN"), (1, "NAAA NNN"), (1, "AA NNNNN"), (1, "AAA NN"), (1, "AN AAA"), (1, "NA NA NA"), (1, "NNNNNN"), (1, "AAAAAA"), (1, "AAA-NNA"), (1, "A-NNN-AAA"),
    ],
}  # fmt: skip

#: State or province → its layouts, split by `|`.
_US: dict[str, str] = {
    "ALABAMA": "NAANNNN|NNAANNN|NANNNNN", "ALASKA": "AAA NNN", "ARIZONA": "AAANNNN|AAA NNNN|ANAANNA", "ARKANSAS": "NNN AAA|AAA NNA",
    "CALIFORNIA": "NAAANNN|NAAANNN|NAAANNN|NANNNNN", "COLORADO": "AAA-NNN|NNN-AAA|AAA-ANN|NNNsAAA", "CONNECTICUT": "NNNsAAA|AA NNNNN|NNN AAA",
    "DELAWARE": "NNNNNN|{PC}NNNNNN", "FLORIDA": "AAAsANN|ANNsNAA|NNNsAAA|AAAANN", "GEORGIA": "AAANNNN|NNN AAA|AAA NNNN", "HAWAII": "AAA NNN",
    "IDAHO": "NA NNNNN|NA ANNNN|A NNNNNN", "ILLINOIS": "ANN NNNN|NNN NNNN|A NN NNNN|AA NNNNN", "INDIANA": "NNNAAA|NNNA|NNNAA|NNN NNN", "IOWA": "AAA NNN|NNN AAA",
    "KANSAS": "NNN AAA|NNNNAAA", "KENTUCKY": "NNN AAA|ANANNN|AAANNN", "LOUISIANA": "AAA NNN|NNNAAA", "MAINE": "NNNN AA|NNN AAA", "MARYLAND": "NAANNNN|AAA NNN|NAA ANN",
    "MASSACHUSETTS": "NAAANN|NNNAAN|NNN AAN|NNAANN", "MICHIGAN": "AAA NNNN|NAAANN|NAA ANN", "MINNESOTA": "NNN-AAA|AAA-NNN", "MISSISSIPPI": "AAA NNN|AAA NNNN",
    "MISSOURI": "AANsANA|AAN ANA|ANN-AAA", "MONTANA": "N-NNNNNA|N-NNNNN|NNNNNNA", "NEBRASKA": "AAA NNN|N-ANNNN", "NEVADA": "NNNsANN|NNN-AAA|NNA NNN",
    "NEW HAMPSHIRE": "NNN NNNN|NNN NNN", "NEW JERSEY": "AAANNA|ANN-AAA|AAA-NNA|AA NNN A", "NEW MEXICO": "AAA-NNN|NNN-AAA|AAAANN", "NEW YORK": "AAA-NNNN|AAA NNNN",
    "NORTH CAROLINA": "AAA-NNNN|AAN-NNNN", "NORTH DAKOTA": "NNNsAAA|AAA NNN", "OHIO": "AAA NNNN|AAANNNN", "OKLAHOMA": "NNN-AAA|AAA-NNN|AAANNN", "OREGON": "NNN AAA|AAA NNN",
    "PENNSYLVANIA": "AAA-NNNN|AAA NNNN", "RHODE ISLAND": "NNN-NNN|AA-NNN|NNNNNN", "SOUTH CAROLINA": "AAA NNN|NNN AAA|NNNN AA", "SOUTH DAKOTA": "NA NNN|NAA NNN|NNA NNN",
    "TENNESSEE": "ANN-NNA|NNN-AAA|AAA NNN", "TEXAS": "AAA-NNNN|AAAsNNNN|AANsANNN|NNNsAAA|ANN-AAA", "UTAH": "ANN NAA|NNN AAA|A NNNAA", "VERMONT": "AAA NNN",
    "VIRGINIA": "AAA-NNNN|AAA NNNN", "WASHINGTON": "NNN-AAA|AAANNNN|ANNNNNA", "WEST VIRGINIA": "NA NNNN|NAA NNN", "WISCONSIN": "NNN-AAA|AAA-NNNN", "WYOMING": "NN-NNNAA|N-NNNNN",
    "ONTARIO": "AAAA NNN|NNN AAA", "QUEBEC": "AANNAAA|NNNAAA", "BRITISH COLUMBIA": "AANsNNA|NNNsAAA", "ALBERTA": "AAA-NNNN|AAA-NNN",
}  # fmt: skip
STATES = tuple(_US)


def fill(layout: str, letters: str, rng: np.random.Generator, prefixes: list[str] | None = None) -> str:
    """The layout with random characters; separators stay."""

    def literal(match: re.Match[str]) -> str:
        name = match[1]
        return str(rng.choice(prefixes)) if name == "P" and prefixes else name

    out = []
    # Literals pass through as the private marks of `\x00X`, so that an `A` or `N` of a prefix is not filled again.
    marked = re.sub(r"\{(\w+)\}", lambda m: "".join("\0" + c for c in literal(m)), layout)
    chars = iter(marked)
    for c in chars:
        if c == "\0":
            out.append(next(chars))
        elif c == "A":
            out.append(letters[rng.integers(len(letters))])
        elif c == "N":
            out.append("0123456789"[rng.integers(10)])
        elif c == "n":
            out.append("123456789"[rng.integers(9)])
        else:
            out.append(c)
    return "".join(out)


def country_text(country: str, rng: np.random.Generator) -> str:
    """A text of a country with its separators."""
    weights, layouts = zip(*LAYOUTS[country], strict=True)
    p = np.array(weights) / sum(weights)
    prefixes = PREFIXES.get(country, "").split()
    return fill(str(layouts[rng.choice(len(layouts), p=p)]), LETTERS.get(country, ALL), rng, prefixes)


def us_text(rng: np.random.Generator) -> tuple[str, str]:
    """A US (or Canadian) state and a text of one of its formats, or now and then a personal one."""
    state = "CALIFORNIA" if rng.random() < 0.08 else STATES[rng.integers(len(STATES))]
    if rng.random() < 0.08:
        length = int(rng.integers(3, 8))
        return state, "".join((ALL + "0123456789")[rng.integers(36)] for _ in range(length))
    layouts = _US[state].split("|")
    letters = ALL if rng.random() < 0.5 else _without("IOQ")
    return state, fill(layouts[rng.integers(len(layouts))], letters, rng)
