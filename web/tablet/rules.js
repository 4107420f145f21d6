// What must hold for a visit or an incident before it is sent: the rules of VisitInput and IncidentInput, the ones of
// the commands that a tablet can know, and what is asked back (db/asking.py). The server checks all of it again.

import { shaped } from "./schema.js";

/**
 * Give `{problems, made}` for a form's input: problems of types and limits, and only without any those of the rules
 * that compare fields. `made` holds the values as the server's model would.
 */
export function checked(form, values, definitions) {
  const { problems, made } = shaped(definitions.schema[form], values);
  if (problems.length) return { problems, made: null };
  const broken = [...listed(form, made, definitions), ...RULES[form](made, definitions.constants)];
  return { problems: broken, made: broken.length ? null : made };
}

/** Give what is wrong with an input at its place and moment: what the commands check on the server. */
export function atPlace(form, made, { site, today }, { earliest_day }) {
  const field = form === "visit" ? "visited_on" : "occurred_on";
  const found = [];
  if (made[field] > today) found.push(problem(field, "in_the_future"));
  else if (made[field] < earliest_day) found.push(problem(field, "before_birth_of_program"));
  const here = new Set(site.classrooms.map((room) => room.id));
  if (form === "visit" && made.classroom_ids.some((room) => !here.has(room))) {
    found.push(problem("classroom_ids", "classroom_not_here"));
  } else if (form === "incident" && !here.has(made.classroom_id)) {
    found.push(problem("classroom_id", "classroom_not_here"));
  }
  return found;
}

/**
 * Give what to confirm before saving, as `{code, context}`.
 *
 * `recent` are the incidents that still wait on this tablet: `{site_id, child_key, occurred_on, occurred_at}`.
 */
export function questions(form, made, { site, today, recent = [] }, { thresholds, constants }) {
  return form === "visit"
    ? aboutVisit(made, today, constants.held.includes(made.outcome) && site.closed?.[made.visited_on], thresholds)
    : aboutIncident(made, site.closed?.[made.occurred_on], recent, thresholds);
}

function aboutVisit(made, today, closure, thresholds) {
  const asked = [];
  const days = Math.round((Date.parse(today) - Date.parse(made.visited_on)) / 86_400_000);
  if (days > thresholds.old_visit_days) asked.push({ code: "old_visit", context: { days } });
  if (made.minutes >= thresholds.long_visit_minutes) {
    asked.push({ code: "long_visit", context: { hours: oneDecimal(made.minutes / 6) } });
  }
  if (closure) asked.push({ code: "closed_day", context: { reason: closure } });
  return asked;
}

function aboutIncident(made, closure, recent, thresholds) {
  const asked = closure ? [{ code: "closed_day", context: { reason: closure } }] : [];
  const times = recent
    .filter((one) => isSameChild(one, made, thresholds.same_child_minutes))
    .map((one) => one.occurred_at)
    .sort();
  if (times.length) asked.push({ code: "same_child", context: { times } });
  return asked;
}

function isSameChild(one, made, margin) {
  return Boolean(made.child_key) && one.child_key === made.child_key && one.site_id === made.site_id
    && one.occurred_on === made.occurred_on && Math.abs(minuteOf(one.occurred_at) - minuteOf(made.occurred_at)) <= margin;
}

const minuteOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

// As Python rounds and prints: a half goes to the even neighbour, and there is always one decimal.
function oneDecimal(tenths) {
  const low = Math.floor(tenths);
  const rounded = tenths - low === 0.5 ? low + (low % 2) : Math.round(tenths);
  return (rounded / 10).toFixed(1);
}

/** Give a problem for every code that is not in the option list of its field. */
function* listed(form, made, definitions) {
  for (const section of definitions.forms[form].sections) {
    for (const asked of section.fields) yield* unknown(asked, asked.name, valueAt(made, asked.name), definitions);
  }
}

function* unknown(asked, field, value, definitions) {
  if (asked.kind === "rows") {
    for (const [row, one] of (value ?? []).entries()) {
      for (const part of asked.parts) yield* unknown(part, `${field}.${row}.${part.name}`, one[part.name], definitions);
    }
  } else if (asked.options) {
    const known = new Set(definitions.options[asked.options].options.map((option) => option.code));
    for (const code of codesIn(value)) if (!known.has(code)) yield problem(field, "unknown_option");
  }
}

function codesIn(value) {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value;
  return value && typeof value === "object" ? Object.keys(value) : [];
}

const valueAt = (made, name) => name.split(".").reduce((value, part) => value?.[part], made);

function* visitRules(made, constants) {
  const held = constants.held.includes(made.outcome);
  const total = made.minutes_program + made.minutes_classroom + made.minutes_child_family;
  if (held && (made.minutes < 5 || made.minutes > 600)) yield problem("minutes", "minutes_range");
  else if (held && total !== made.minutes) {
    yield problem("minutes_program", "minutes_add_up", { total, minutes: made.minutes });
  } else if (!held && (made.minutes || total)) yield problem("minutes", "no_minutes");
  if (made.minutes_child_family && made.permission_on === null) yield problem("permission_on", "permission_needed");
  else if (made.permission_on && made.permission_on > made.visited_on) yield problem("permission_on", "permission_late");
  for (const people of Object.values(made.participants)) {
    if (people < 1 || people > 40) yield problem("participants", "out_of_range", { minimum: 1, maximum: 40 });
  }
  if (held && !made.activities.length) yield problem("activities", "activity_needed");
  if (held && !made.summary) yield problem("summary", "summary_needed");
  for (const [row, promised] of made.follow_ups.entries()) {
    if (promised.due_on && promised.due_on < made.visited_on) yield problem(`follow_ups.${row}.due_on`, "due_before_visit");
  }
}

function* incidentRules(made, constants) {
  if (!made.behaviours.length) yield problem("behaviours", "behaviour_needed");
  else if (!made.behaviours.includes(made.primary_behaviour)) yield problem("primary_behaviour", "primary_not_ticked");
  const hour = Number(made.occurred_at.slice(0, 2));
  if (hour < constants.first_hour || hour > constants.last_hour) yield problem("occurred_at", "time_of_day");
  if (made.child_key !== null && !new RegExp(`^(?:${constants.child_key})$`).test(made.child_key)) yield problem("child_key", "child_key_form");
  if (made.child_key !== null && made.permission_on === null) yield problem("permission_on", "permission_needed");
  else if (made.permission_on && made.permission_on > made.occurred_on) yield problem("permission_on", "permission_late");
  if (made.exclusion) yield* exclusionRules(made.exclusion, made.occurred_on);
}

function* exclusionRules(lost, occurred_on) {
  if (lost.ended_on && lost.ended_on < lost.started_on) yield problem("exclusion.ended_on", "end_before_start");
  if (lost.return_on && lost.return_on < lost.started_on) yield problem("exclusion.return_on", "end_before_start");
  if (lost.started_on < occurred_on) yield problem("exclusion.started_on", "end_before_start");
}

const RULES = { visit: visitRules, incident: incidentRules };

const problem = (field, code, context = {}) => ({ field, code, context });
