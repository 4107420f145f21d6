// What a form's fields mean by its definition: the first ones, the hidden ones, the missing ones, and the input that
// they make. The twin of components/definitions/answers.py and components/forms/*_values.py; a test compares them.

import { atPlace, checked } from "./rules.js";

// What Python's str.strip takes away.
const ENDS = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;
const TELLING = ["note", "last", "placed"];
const LISTS = ["many", "rooms"];
const VISIT = [
  "site_id", "classroom_ids", "visited_on", "started_at", "outcome", "mode", "reason", "activities", "tiers",
  "strategies", "children_present", "indirect_minutes", "travel_minutes", "relationship_checkin", "permission_on",
  "summary", "recommendations", "reflection",
];
const INCIDENT = [
  "site_id", "classroom_id", "occurred_on", "occurred_at", "permission_on", "behaviours", "activity",
  "others_involved", "motivation", "responses", "admin_followups", "antecedents", "severity", "duration_band",
  "injury", "effect", "location", "reported_by_role", "family_notified_on", "description", "child_race", "child_sex",
  "child_iep", "child_dll",
];

const strip = (text) => text.replace(ENDS, "");

/** Give every field of a definition, in the order of the screen. */
export const allAsked = (definition) => definition.sections.flatMap((section) => section.fields);

/** Give the name under which a form keeps the number of a field's rows. */
export const counterOf = (asked) => `${asked.name}_rows`;

/** Give the fields of one row, under the names that the form keeps them by. */
export const rowParts = (asked, row) => asked.parts.map((part) => ({ ...part, name: `${asked.name}.${row}.${part.name}` }));

/** Give what each field begins with at the moment `now`, a Date on this tablet's clock. */
export function defaults(definition, now, constants) {
  const found = {};
  for (const asked of allAsked(definition)) {
    if (asked.kind === "rows") {
      found[counterOf(asked)] = 0;
      for (let row = 0; row < asked.most; row += 1) {
        for (const part of rowParts(asked, row)) found[part.name] = firstValue(part, now, constants);
      }
    } else if (!TELLING.includes(asked.kind)) {
      found[asked.name] = firstValue(asked, now, constants);
    }
  }
  return found;
}

function firstValue(asked, now, { first_hour, last_hour }) {
  if (asked.default === "today") return dayOf(now);
  if (asked.default === "quarter") return `${two(now.getHours())}:${two(Math.floor(now.getMinutes() / 15) * 15)}`;
  if (asked.default === "minute") {
    return now.getHours() >= first_hour && now.getHours() <= last_hour ? timeOf(now) : null;
  }
  return usual(asked);
}

const usual = (asked) => asked.default ?? (LISTS.includes(asked.kind) ? [] : null);

const two = (number) => String(number).padStart(2, "0");

/** Give a Date's day on this tablet's clock, as 2026-11-20. */
export const dayOf = (moment) => `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;

/** Give a Date's time on this tablet's clock, as 09:15. */
export const timeOf = (moment) => `${two(moment.getHours())}:${two(moment.getMinutes())}`;

/** Tell whether all conditions hold for a form's fields. */
export const hold = (conditions, fields) => (conditions ?? []).every((one) => holds(one, fields));

function holds({ field, among = [], never = [], least = 0 }, fields) {
  const value = fields[field];
  const chosen = Array.isArray(value) ? value : [value];
  if (among.length && !chosen.some((code) => among.includes(code))) return false;
  return !chosen.some((code) => never.includes(code)) && chosen.length >= least;
}

/** Give the fields that are asked, given what the form says. */
export function askedNow(definition, fields) {
  return definition.sections
    .filter((section) => hold(section.when, fields))
    .flatMap((section) => section.fields.filter((asked) => hold(asked.when, fields)));
}

/** Tell whether a field needs an answer when it is asked. */
export function needsAnswer(asked, fields, headStart) {
  return Boolean(asked.required) && (!asked.required_at || headStart) && hold(asked.required_if, fields);
}

/** Give the asked fields that need an answer and have none, as `{field: code of the problem}`. */
export function missing(definition, fields, headStart) {
  const absent = askedNow(definition, fields).filter(
    (asked) => needsAnswer(asked, fields, headStart) && isEmpty(asked, fields[asked.name]),
  );
  return Object.fromEntries(absent.map((asked) => [asked.name, asked.missing]));
}

function isEmpty(asked, value) {
  if (asked.kind === "child") return value === null;
  return value === null || (Array.isArray(value) && !value.length) || (typeof value === "string" && !strip(value));
}

/** Give the fields as the rules see them: hidden ones count as not answered, and what is missing has a stand-in. */
function complete(definition, fields, absent, today) {
  const typed = { ...fields };
  for (const { name, stand_in } of allAsked(definition)) {
    if (name in absent && stand_in != null) typed[name] = stand_in === "today" ? today : stand_in;
  }
  const shown = new Set(askedNow(definition, typed).map((asked) => asked.name));
  for (const asked of allAsked(definition)) {
    if (!shown.has(asked.name) && asked.name in typed) typed[asked.name] = usual(asked);
  }
  return typed;
}

/**
 * Give `{problems, values, made}` for what a form says: everything that is wrong under the names of its fields, or the
 * input that is sent (`values`) and how the server will hold it (`made`).
 */
export function make(form, fields, definitions, { site, today }) {
  const definition = definitions.forms[form];
  const absent = missing(definition, fields, Boolean(site?.head_start) && form === "incident");
  const typed = complete(definition, fields, absent, today);
  const values = MAKERS[form](typed, definitions.constants);
  const problems = Object.entries(absent).map(([field, code]) => ({ field, code, context: {} }));
  const { problems: broken, made } = checked(form, values, definitions);
  // A sum that was checked against a stand-in says nothing.
  const summed = (one) => one.code === "minutes_add_up" && "minutes" in absent;
  problems.push(...broken.filter((one) => !(one.field in absent) && !summed(one)));
  if (!problems.length && site) problems.push(...atPlace(form, made, { site, today }, definitions.constants));
  return problems.length ? { problems: atFields(form, typed, problems, definitions) } : { problems, values, made };
}

const MAKERS = {
  visit(typed, { levels }) {
    const total = typed.minutes || 0;
    const share = (level) => (typed.levels.length === 1 ? total : typed[`minutes_${level}`] || 0);
    return {
      ...picked(typed, VISIT),
      minutes: total,
      ...Object.fromEntries(levels.map((one) => [`minutes_${one}`, typed.levels.includes(one) ? share(one) : 0])),
      interpreter_language: strip(typed.interpreter_language) || null,
      participants: Object.fromEntries([...typed.participants].sort().map((role) => [role, typed[`participants.${role}`] || 1])),
      follow_ups: promisedRows(typed).map((row) => ({
        text: typed[`follow_ups.${row}.text`], owner: typed[`follow_ups.${row}.owner`],
        due_on: typed[`follow_ups.${row}.due_on`],
      })),
    };
  },
  incident(typed, constants) {
    return {
      ...picked(typed, INCIDENT),
      primary_behaviour: typed.primary_behaviour || (typed.behaviours[0] ?? ""),
      child_key: childKey(typed, constants),
      first_aid: typed.first_aid === null ? null : typed.first_aid === "yes",
      exclusion: typed.lost_care === "yes" ? exclusion(typed) : null,
    };
  },
};

function exclusion(typed) {
  const names = Object.keys(typed).filter((name) => name.startsWith("exclusion."));
  return Object.fromEntries(names.map((name) => [name.slice("exclusion.".length), typed[name]]));
}

function childKey(typed, { no_key, another_key }) {
  if (typed.child === no_key || typed.child === null) return null;
  return typed.child === another_key ? strip(typed.child_key) : typed.child;
}

const picked = (typed, names) => Object.fromEntries(names.map((name) => [name, typed[name]]));

// A row that was added and left empty promises nothing.
const promisedRows = (typed) =>
  Array.from({ length: typed.follow_ups_rows }, (_none, row) => row).filter((row) => strip(typed[`follow_ups.${row}.text`]));

/** Name the problems of an input, such as the server's, by the fields on the screen. */
export function namedAtFields(form, fields, problems, definitions) {
  return atFields(form, complete(definitions.forms[form], fields, {}, ""), problems, definitions);
}

// Empty rows are not sent, and one level has no field of its own.
function atFields(form, typed, problems, { constants }) {
  if (form !== "visit") return problems;
  const rows = promisedRows(typed);
  const shares = constants.levels.map((level) => `minutes_${level}`);
  const shown = typed.levels.length > 1 ? "placed" : "minutes";
  const placed = problems.map((one) => {
    const [head, row, part] = one.field.split(".");
    if (head === "follow_ups" && part !== undefined) return { ...one, field: `follow_ups.${rows[row]}.${part}` };
    return shares.includes(head) ? { ...one, field: shown } : one;
  });
  const told = placed.map((one) => JSON.stringify(one));
  return placed.filter((_one, at) => told.indexOf(told[at]) === at);
}
