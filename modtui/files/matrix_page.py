"""The matrix of policies and markets as one HTML page that needs nothing else, and as rows for CSV."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from modtui.domain.clause_values import DEFAULT_MARKET
from modtui.domain.policy_matrix import Cell, Line, Matrix, Yes
from modtui.domain.text import reveal

CSV_COLUMNS = ("family", "policy", "key", "check")
"What stands before the markets."

_STYLE = """
:root { color-scheme: light dark; }
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; }
h1 { font-size: 1.3rem; margin: 0; }
p { max-width: 60rem; }
.scroll { overflow: auto; max-height: 85vh; border: 1px solid #8886; }
table { border-collapse: separate; border-spacing: 0; }
th, td { padding: .25rem .5rem; border-right: 1px solid #8883; border-bottom: 1px solid #8883; text-align: left;
  vertical-align: top; }
thead th { position: sticky; top: 0; background: Canvas; z-index: 2; }
tbody th { position: sticky; left: 0; background: Canvas; font-weight: 600; min-width: 14rem; max-width: 22rem;
  z-index: 1; }
thead th:first-child { left: 0; z-index: 3; }
td { white-space: nowrap; font-size: 12px; }
small { font-weight: 400; opacity: .8; }
.cut { background: #d0302f33; } .held { background: #d98a0033; } .limited { background: #c9b40033; }
.labelled { background: #2f6fd033; } .allowed { background: #2f9d4f26; }
.law { font-weight: 700; } .code { font-style: italic; } .warns { text-decoration: underline dotted; }
@media print { .scroll { max-height: none; overflow: visible; } thead th, tbody th { position: static; } }
"""
_LEGEND = """
<p>Each cell says the strongest that a <em>yes</em> does there, with everything a row asks for taken as missing:
<span class="cut">cut</span>, <span class="held">held</span> until a document comes,
<span class="limited">limited</span>, <span class="labelled">labelled</span> or
<span class="allowed">allowed</span>, to an ad for adults, and where it differs to one for all ages. What rests on
<span class="law">law</span> is bold, on a <span class="code">code of the trade</span> italic, on the platform's own
terms plain; in brackets stands what would have to be there. A question mark says that something announced or not
verified warns there and does not bind. Point at a cell for all of it.</p>
"""


def html_page(matrix: Matrix, title: str) -> str:
    """The whole page. All text of the catalog is escaped, and what it hides is made visible."""
    heads = "".join(f'<th scope="col">{_text(market_name(market))}</th>' for market in matrix.markets)
    rows = "\n".join(_row(matrix, line) for line in matrix.lines)
    name = _text(f"{title}, version {matrix.version}")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{name}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{name}</h1>
<p>Rules in force on {_text(matrix.as_of)}: {len(matrix.lines)} lines, {len(matrix.markets)} markets.</p>
{_LEGEND}
<div class="scroll">
<table>
<thead><tr><th scope="col">policy</th>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</body>
</html>
"""


def csv_rows(matrix: Matrix) -> Iterator[list[str]]:
    """A row for each line, its cells in words behind `CSV_COLUMNS`, in the order of the markets."""
    for line in matrix.lines:
        check = line.check
        yield [line.policy.family, line.policy.id, check.key, check.id, *map(str, line.cells)]


def market_name(market: str) -> str:
    return "elsewhere" if market == DEFAULT_MARKET else market


def _row(matrix: Matrix, line: Line) -> str:
    cells = "".join(_cell(market, cell) for market, cell in zip(matrix.markets, line.cells, strict=True))
    about = f"{line.policy.id} · {line.check.key} {line.check.ask}"
    return f'<tr><th scope="row">{_text(line.policy.title)}<br><small>{_text(about)}</small></th>{cells}</tr>'


def _cell(market: str, cell: Cell) -> str:
    first = cell.everyone.parts[0] if cell.adults.state == cell.everyone.state else cell.adults.parts[0]
    kinds = [first.state.name.lower()]
    kinds += [first.basis.name.lower()] if first.basis is not None else []
    kinds += ["warns"] if cell.warns else []
    return f'<td class="{" ".join(kinds)}" title="{_text(_told(market, cell))}">{_text(str(cell))}</td>'


def _told(market: str, cell: Cell) -> str:
    """All of a cell: both audiences, by what it rests on."""
    parts = [f"{market_name(market)}, adults: {_by_basis(cell.adults)}", f"all ages: {_by_basis(cell.everyone)}"]
    if cell.warns:
        parts.append(f"warns only: {', '.join(cell.warns)}")
    return "; ".join(parts)


def _by_basis(yes: Yes) -> str:
    by_basis = ", ".join(f"{basis.name.lower()} {state.name.lower()}" for basis, state in yes.by_basis)
    needs = f", asks for {', '.join(kind.replace('_', ' ') for kind in yes.needs)}" if yes.needs else ""
    return (by_basis or "no rule") + needs


def _text(text: str) -> str:
    return escape(reveal(text, "one"), quote=True)
