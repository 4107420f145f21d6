"""The numbers of a chart as a file: kept for whoever looks at them, with an address that works once."""

from db.actor import Actor
from db.commands.chart_tables import keep_table
from db.commands.downloads import TABLE_CSV, TABLE_EXCEL, ask_download
from db.engine import session
from db.exchange.chart_file import ChartTable


def address(actor: Actor, table: ChartTable, kind: str) -> str:
    """Keep the table and give the address that fetches it once, as ``csv`` or ``excel``."""
    with session() as opened:
        key = keep_table(opened, actor, table)
        return f"/download/{ask_download(opened, actor, TABLE_CSV if kind == 'csv' else TABLE_EXCEL, key)}"
