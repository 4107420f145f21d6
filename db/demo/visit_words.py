"""Neutral, invented sentences for visits. They hold no name and judge nobody."""

SUMMARIES = (
    "Watched the morning circle with both teachers and talked about what helps the group settle.",
    "Met during nap time; we looked at the daily schedule and where waiting could be shorter.",
    "Joined outdoor play, then thought together about how children ask for a turn.",
    "Talked with the team about one transition that feels rushed and tried a song for it.",
    "Listened to how the week went; the team named two moments that went well.",
    "Practiced naming feelings with picture cards at the table, with the teacher leading.",
    "Looked at the reports of the last weeks together and chose one time of day to change.",
    "Planned a quiet corner with the assistant: where it is, what is in it, how it is offered.",
)
RECOMMENDATIONS = (
    "",
    "Give a two-minute notice before clean-up, with the same words each day.",
    "Keep the picture schedule at the children's height and go through it after arrival.",
    "Offer two choices at the table, and praise waiting when it happens.",
    "Let one adult stay with the small group while the other moves first.",
)
REFLECTIONS = (
    "I noticed that I hurried today; next time I begin with what went well.",
    "The room felt calmer than last month. I want to ask the team what they think made it so.",
)
PROMISES = (
    "Bring picture cards for feelings",
    "Send the short article on transitions",
    "Try the two-minute notice for a week",
    "Ask the family for a time to talk",
    "Find a place for a quiet corner",
    "Look at the schedule together again",
)
