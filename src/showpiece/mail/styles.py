"""How mails look. Mail clients read styles in the elements only; the classes give the colours in the dark, by the head
of `mail/base.html`, where a client reads that. The colours are those of `site.css`, in the old notation."""

FONT = "font-family:Inter,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
WRAP = "word-break:break-word;overflow-wrap:anywhere"
STRIPE = "display:inline-block;width:11px;height:18px;border-radius:0 0 6px 6px;vertical-align:-3px"
BUTTON_TEXT = "display:inline-block;padding:13px 26px;font-size:16px;line-height:22px;font-weight:600"

# An element of a mail: its class and its style.
STYLES = {
    "body": ("paper", "margin:0;padding:0;background:#f3f6f3"),
    "preheader": ("", "display:none;max-height:0;overflow:hidden"),
    "outside": ("paper", "background:#f3f6f3"),
    "margin": ("", "padding:24px 12px 40px"),
    "column": ("", "max-width:560px"),
    "head": ("", "padding:8px 8px 20px"),
    "brand": (
        "ink",
        f"{FONT};font-size:19px;line-height:24px;font-weight:700;letter-spacing:-0.3px;color:#14221b;"
        "text-decoration:none",
    ),
    "stripe": ("", f"{STRIPE};margin-right:2px;background:#0c6b48"),
    "stripe-brass": ("", f"{STRIPE};margin-right:2px;background:#d9b25c"),
    "stripe-last": ("", f"{STRIPE};margin-right:10px;background:#0c6b48"),
    "sheet": ("sheet", "padding:40px 40px 28px;border:1px solid #dfe6e1;border-radius:16px;background:#ffffff"),
    "foot": ("", "padding:20px 8px 0"),
    "h1": ("ink", f"margin:0 0 16px;{WRAP};{FONT};font-size:24px;line-height:30px;font-weight:650;color:#14221b"),
    "h2": ("ink", f"margin:24px 0 8px;{WRAP};{FONT};font-size:18px;line-height:24px;font-weight:650;color:#14221b"),
    "p": ("text", f"margin:0 0 16px;{WRAP};{FONT};font-size:16px;line-height:25px;color:#33453c"),
    "small": ("muted", f"margin:0 0 8px;{FONT};font-size:13px;line-height:20px;color:#5a6961;{WRAP}"),
    "ul": ("text", f"margin:0 0 24px;padding:0 0 0 22px;{WRAP};{FONT};font-size:16px;line-height:25px;color:#33453c"),
    "li": ("", "margin:0 0 6px"),
    "a": ("link", "color:#005437;text-decoration:underline"),
    "table": ("text", f"margin:0 0 24px;border-collapse:collapse;{FONT};font-size:16px;line-height:24px;color:#33453c"),
    "cell": ("line", f"padding:10px 12px 10px 0;border-bottom:1px solid #dfe6e1;vertical-align:top;{WRAP}"),
    "cell-end": ("line", "padding:10px 0;border-bottom:1px solid #dfe6e1;vertical-align:top;white-space:nowrap"),
    "cell-sum": ("ink", "padding:12px 0 0;font-weight:650;color:#14221b"),
    "muted": ("muted", "font-size:13px;line-height:20px;color:#5a6961"),
    "code": (
        "code",
        "display:inline-block;padding:10px 18px;border-radius:8px;background:#eef3ef;color:#14221b;"
        "font-family:Consolas,Menlo,monospace;font-size:26px;line-height:32px;letter-spacing:4px",
    ),
    "button-box": ("", "margin:8px 0 20px"),
    "button": ("button", "border-radius:10px;background:#005437"),
    "button-text": ("button-text", f"{BUTTON_TEXT};{FONT};color:#ffffff;text-decoration:none"),
}
