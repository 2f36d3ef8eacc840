"""The covers of the sample shop, written as SVG by hand-made code: one stage, ten showpieces."""
