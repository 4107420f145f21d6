// A form while it is filled: how it begins, and what a tap changes elsewhere in it. Every function gives new fields
// and leaves the old ones as they are.

import { allAsked, askedNow, counterOf, defaults, hold, rowParts } from "./values.js";

const KEPT = {
  visit: { same: ["site_id", "classroom_ids", "visited_on"], other: [] },
  incident: {
    same: ["site_id", "classroom_id", "occurred_on", "occurred_at", "activity"],
    other: ["site_id", "classroom_id"],
  },
};

/** Give the sites at which this person may fill this form. */
export const sitesFor = (form, reference) => reference.sites.filter((site) => site.forms.includes(form));

/** Give the chosen site, as the reference data has it. */
export const siteOf = (fields, reference) => reference.sites.find((site) => site.id === fields.site_id) ?? null;

/** Open a form: what it begins with now, at the only site or where the last record was. */
export function opened(form, definitions, reference, now) {
  const fields = defaults(definitions.forms[form], now, definitions.constants);
  const sites = sitesFor(form, reference);
  const last = reference.last?.[form];
  const begins = sites.length === 1 ? sites[0] : sites.find((site) => site.id === last?.site_id);
  if (!begins) return fields;
  const here = atSite(form, { ...fields, site_id: begins.id }, begins);
  if (form === "incident" && begins.id === last?.site_id) {
    const room = begins.classrooms.find((one) => one.id === last.classroom_ids[0]);
    if (room) here.classroom_id = room.id;
  }
  return here;
}

/** Open the next form after one was saved: `how` is "same" (like this one) or "other" (only its place, if any). */
export function openedAfter(form, fields, how, definitions, reference, now) {
  const kept = KEPT[form][how];
  if (!kept.length) return opened(form, definitions, reference, now);
  const fresh = defaults(definitions.forms[form], now, definitions.constants);
  return { ...fresh, ...Object.fromEntries(kept.map((name) => [name, fields[name]])) };
}

/** Give the fields after one of them was set by hand. `tapped` tells a chip from a number that was typed. */
export function changed(form, fields, name, value, { definitions, reference, tapped = true }) {
  const definition = definitions.forms[form];
  const asked = askedNamed(definition, name);
  const cleaned = asked?.alone?.length ? apart(fields[name], value, asked.alone) : value;
  let after = { ...fields, [name]: cleaned };
  if (name === "site_id" && value !== fields.site_id) after = atSite(form, after, siteOf(after, reference));
  if (asked?.effect && tapped) after = EFFECTS[asked.effect](after, { asked: askedNamed(definition, "minutes"), reference });
  return settled(definition, fields, after);
}

const askedNamed = (definition, name) => allAsked(definition).find((one) => one.name === name);

// Codes that exclude all others: the one tapped last decides.
function apart(before, chosen, alone) {
  const added = chosen.filter((code) => !before.includes(code)).at(-1);
  if (added === undefined) return chosen;
  return alone.includes(added) ? [added] : chosen.filter((code) => !alone.includes(code));
}

function atSite(form, fields, site) {
  const rooms = site?.classrooms.map((room) => room.id) ?? [];
  if (form === "visit") {
    const kept = fields.classroom_ids.filter((room) => rooms.includes(room));
    const likely = site?.last_visit ? site.last_visit.classroom_ids.filter((room) => rooms.includes(room)) : only(rooms);
    return { ...fields, classroom_ids: kept.length ? kept : likely };
  }
  const room = rooms.includes(fields.classroom_id) ? fields.classroom_id : (only(rooms)[0] ?? null);
  return { ...fields, classroom_id: room, child: "", child_key: "", permission_on: null };
}

const only = (rooms) => (rooms.length === 1 ? rooms : []);

const EFFECTS = {
  // Shares the visit evenly among the chosen levels, in whole steps: a start to correct from.
  share_minutes(fields, { asked }) {
    const { levels } = fields;
    const total = fields.minutes || 0;
    if (levels.length < 2) return fields;
    const part = Math.floor(total / levels.length / asked.step) * asked.step;
    const shares = levels.map((level, at) => [`minutes_${level}`, at ? part : total - part * (levels.length - 1)]);
    return { ...fields, ...Object.fromEntries(shares) };
  },
  // A child that was recorded before brings the date of the parent's permission along.
  take_permission(fields, { reference }) {
    const known = siteOf(fields, reference)?.children?.find((child) => child.key === fields.child);
    return { ...fields, permission_on: known?.permission_on ?? null };
  },
};

// Lets go of what cannot be chosen any more, and begins fields that are asked now and were not before.
function settled(definition, before, fields) {
  const after = { ...fields };
  for (const asked of allAsked(definition)) {
    if (asked.chosen_of && !after[asked.chosen_of].includes(after[asked.name])) after[asked.name] = null;
  }
  const was = new Set(askedNow(definition, before).map((asked) => asked.name));
  for (const asked of askedNow(definition, after)) {
    if (asked.begins_from && !was.has(asked.name)) after[asked.name] ??= after[asked.begins_from];
  }
  return after;
}

/** Give the fields filled in with what the latest visit here was like. */
export function sameAsLast(fields, last, { levels }) {
  const minutes = Object.fromEntries(levels.map((level) => [level, last[`minutes_${level}`]]));
  return {
    ...fields,
    minutes: last.minutes,
    levels: levels.filter((level) => minutes[level]),
    mode: last.mode,
    ...Object.fromEntries(levels.map((level) => [`minutes_${level}`, minutes[level] || null])),
    permission_on: minutes.child_family ? last.permission_on : null,
    activities: [...last.activities],
    participants: Object.keys(last.participants),
    ...Object.fromEntries(Object.entries(last.participants).map(([role, count]) => [`participants.${role}`, count])),
  };
}

/** Give the fields with one row more. */
export const withRow = (fields, asked) => ({ ...fields, [counterOf(asked)]: fields[counterOf(asked)] + 1 });

/** Give the fields without one row; those below it move up. */
export function withoutRow(fields, asked, row, empty) {
  const after = { ...fields };
  const last = fields[counterOf(asked)] - 1;
  for (let place = row; place <= last; place += 1) {
    const following = rowParts(asked, place + 1);
    rowParts(asked, place).forEach((part, at) => {
      after[part.name] = place < last ? fields[following[at].name] : empty[part.name];
    });
  }
  after[counterOf(asked)] = last;
  return after;
}

/** Give the part of a definition that holds a field, or a row of it. */
export function sectionOf(definition, field) {
  const owns = (asked) => field === asked.name || field.startsWith(`${asked.name}.`);
  return definition.sections.find((section) => section.fields.some(owns));
}

/** Give what stands on the screen now: sections with their fields, without what other sites alone are asked. */
export function drawn(definition, fields, headStart) {
  return definition.sections
    .filter((section) => hold(section.when, fields))
    .map((section) => ({
      ...section,
      fields: section.fields.filter((asked) => hold(asked.when, fields) && (!asked.at || headStart)),
    }));
}
