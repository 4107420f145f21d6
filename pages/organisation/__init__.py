"""The parts of the screens about sites and people that read and write; each draws one tab or task."""
