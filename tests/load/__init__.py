"""Load: people who speak Streamlit's own protocol, and saves by the thousand. Run by hand, never by ``make test``."""
