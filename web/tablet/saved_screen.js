// What is shown after an entry was saved on the tablet: what it says, and what may come next.

import { html, useEffect, useRef } from "./vendor/preact.js";
import { openedAfter } from "./form.js";
import { clock, filled, fullDay, labelOf } from "./words.js";

/** Draws what was saved, with buttons for the next entry. */
export function Saved({ form, fields, made, site, reference, definitions, onNext, onLeave }) {
  const { words } = definitions;
  const heading = useRef(null);
  useEffect(() => heading.current.focus(), []);
  const next = (how) => onNext({ form, fields: openedAfter(form, fields, how, definitions, reference, new Date()) });
  return html`<main class="form-screen">
    <h1 class="saved" tabindex="-1" ref=${heading}>✓ ${words.saved_here}</h1>
    <dl class="facts">
      ${FACTS[form](made, site, definitions)
        .filter(([, value]) => value)
        .map(([name, value]) => html`<div key=${name}><dt>${words[`fact_${name}`]}</dt><dd>${value}</dd></div>`)}
    </dl>
    <div class="save-bar choices">
      <button type="button" class="main" onClick=${() => next("same")}>${words[`next_same_${form}`]}</button>
      <button type="button" onClick=${() => next("other")}>${words[`next_other_${form}`]}</button>
      <button type="button" onClick=${onLeave}>${words.to_start}</button>
    </div>
  </main>`;
}

const FACTS = {
  visit(made, site, definitions) {
    const { words, constants } = definitions;
    const isHeld = constants.held.includes(made.outcome);
    const levels = constants.levels
      .filter((level) => made[`minutes_${level}`])
      .map((level) => filled(words.level_minutes, {
        level: labelOf(definitions, "consultation_level", level), minutes: made[`minutes_${level}`],
      }));
    return [
      ["site", site.name],
      ["date", fullDay(made.visited_on, words)],
      ["minutes", isHeld && String(made.minutes)],
      ["level", levels.join(", ")],
      ["outcome", !isHeld && labelOf(definitions, "visit_outcome", made.outcome)],
    ];
  },
  incident(made, site, definitions) {
    const { words } = definitions;
    const room = site.classrooms.find((one) => one.id === made.classroom_id);
    return [
      ["site", `${site.name}, ${room.name}`],
      ["when", `${fullDay(made.occurred_on, words)}, ${clock(made.occurred_at)}`],
      ["child", made.child_key ?? words.fact_no_key],
      ["behaviour", labelOf(definitions, "behaviour", made.primary_behaviour)],
      ["activity", labelOf(definitions, "activity", made.activity)],
      ["lost", made.exclusion && labelOf(definitions, "exclusion_type", made.exclusion.type)],
    ];
  },
};
