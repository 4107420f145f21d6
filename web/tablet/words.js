// Sentences, days and times in the reader's language, as components/dates.py writes them.

/** Give a sentence with what stands in braces filled in. */
export const filled = (sentence, context) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in context ? String(context[name]) : whole));

/** Give a day of this or last year: Nov 20. */
export function shortDay(day, words) {
  const [, month, date] = day.split("-").map(Number);
  return filled(words.day_short, { month: words.months.split(" ")[month - 1], day: date });
}

/** Give a day in full: Fri, Nov 20, 2026. */
export function fullDay(day, words) {
  const [year, month, date] = day.split("-").map(Number);
  const weekday = (new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 6) % 7;
  return filled(words.day_full, {
    weekday: words.weekdays.split(" ")[weekday], month: words.months.split(" ")[month - 1], day: date, year,
  });
}

/** Give a time of day: 9:05 AM. */
export function clock(time) {
  const hour = Number(time.slice(0, 2));
  return `${hour % 12 || 12}:${time.slice(3, 5)} ${hour < 12 ? "AM" : "PM"}`;
}

/** Give what a person reads for a stored code. */
export const labelOf = (definitions, list, code) =>
  definitions.options[list].options.find((option) => option.code === code)?.label ?? code;

/** Give the hints of some codes as one line; empty where their labels say it all. */
export const hintsOf = (definitions, list, codes) =>
  definitions.options[list].options
    .filter((option) => option.hint && codes.includes(option.code))
    .map((option) => `${option.label}: ${option.hint}`)
    .join(" · ");

/** Give a question to confirm, as a sentence. */
export function questionSentence({ code, context }, definitions) {
  const told = { ...context };
  if (told.reason) told.reason = labelOf(definitions, "closure_reason", told.reason).toLowerCase();
  if (told.times) told.times = told.times.map(clock).join(", ");
  return filled(definitions.questions[code], told);
}
