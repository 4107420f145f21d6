// Checks values against a JSON schema of our input models, as pydantic reads them on the server: the same problems,
// under the same names, with the same codes (db/problems.from_pydantic). Dates and times are text here, as in JSON.

// What Rust's str::trim takes away, which pydantic uses: JavaScript's own trim() differs in two letters.
const SPACE = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ENDS = new RegExp(`^${SPACE}|${SPACE}$`, "g");
const UUID = /^(?:urn:uuid:)?\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;
const DAY = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,6})?)?$/;
const WHOLE = /^[+-]?\d+(?:\.0*)?$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const YES = ["true", "t", "yes", "y", "on", "1"];
const NO = ["false", "f", "no", "n", "off", "0"];

/** Give text without the spaces at its ends. */
export const stripped = (text) => text.replace(ENDS, "");

/** Give how many letters a text has, as Python counts them. */
export const letters = (text) => [...text].length;

/**
 * Give `{problems, made}`: what is wrong with the types and limits of `values`, and the values as the model holds them
 * (text stripped, defaults filled in).
 */
export function shaped(schema, values) {
  const problems = [];
  const made = object(schema, values, "", problems, schema.$defs ?? {});
  return { problems, made };
}

function object(schema, value, field, problems, defs) {
  if (!isObject(value)) return wrong(problems, field, value, "not_understood");
  const known = schema.properties;
  if (!known) return mapping(schema, value, field, problems, defs);
  const made = {};
  for (const [name, one] of Object.entries(known)) {
    if (Object.hasOwn(value, name)) made[name] = read(one, value[name], under(field, name), problems, defs);
    else if (schema.required?.includes(name)) problems.push({ field: under(field, name), code: "required", context: {} });
    else made[name] = structuredClone(one.default ?? (one.type === "object" ? {} : null));
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(known, name)) problems.push({ field: under(field, name), code: "unknown_field", context: {} });
  }
  return made;
}

function mapping(schema, value, field, problems, defs) {
  const read_one = ([name, one]) =>
    [stripped(name), read(schema.additionalProperties, one, under(field, name), problems, defs)];
  return Object.fromEntries(Object.entries(value).map(read_one));
}

function read(schema, value, field, problems, defs) {
  if (schema.anyOf) {
    if (value === null) return null;
    return read(schema.anyOf.find((one) => one.type !== "null"), value, field, problems, defs);
  }
  if (schema.$ref) return read(defs[schema.$ref.split("/").at(-1)], value, field, problems, defs);
  return READERS[schema.type](schema, value, field, problems, defs);
}

const READERS = { object, array, string, integer, number, boolean };

function array(schema, value, field, problems, defs) {
  if (!Array.isArray(value)) return wrong(problems, field, value, "not_understood");
  const { maxItems: most = Infinity } = schema;
  const wrongs = [];
  const made = [];
  // As pydantic counts: entries that are wrong themselves do not make a list too long.
  for (const [at, one] of value.entries()) {
    const before = wrongs.length;
    const item = read(schema.items, one, under(field, at), wrongs, defs);
    if (wrongs.length === before) made.push(item);
    if (made.length > most) {
      problems.push({ field, code: "too_long", context: { max_length: most } });
      return [];
    }
  }
  problems.push(...wrongs);
  return made;
}

function string(schema, value, field, problems) {
  if (schema.format) return FORMATS[schema.format](value, field, problems);
  if (typeof value !== "string" || !value.isWellFormed()) return wrong(problems, field, value, "not_understood");
  const text = stripped(value);
  const length = letters(text);
  const { minLength: least = 0, maxLength: most = Infinity } = schema;
  if (length < least) {
    problems.push({ field, code: least === 1 ? "required" : "too_short", context: { min_length: least } });
  } else if (length > most) {
    problems.push({ field, code: "too_long", context: { max_length: most } });
  }
  return text;
}

const FORMATS = {
  uuid: (value, field, problems) =>
    typeof value === "string" && UUID.test(value) ? value.toLowerCase() : wrong(problems, field, value, "not_understood"),
  date: (value, field, problems) => {
    const day = typeof value === "string" && stripped(value);
    return day && isDay(day) ? day.slice(0, 10) : wrong(problems, field, value, "not_a_date");
  },
  time: (value, field, problems) => {
    const time = typeof value === "string" && stripped(value);
    return time && isTime(time) ? withSeconds(time) : wrong(problems, field, value, "not_a_time");
  },
};

/** Tell whether a text is a day of the calendar, such as 2026-11-20. */
export function isDay(text) {
  const found = DAY.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number);
  const there = new Date(Date.UTC(2000, month - 1, day));
  there.setUTCFullYear(year, month - 1, day);
  return year > 0 && there.getUTCMonth() === month - 1 && there.getUTCDate() === day;
}

function isTime(text) {
  const found = TIME.exec(text);
  return Boolean(found) && found[1] < 24 && found[2] < 60 && (found[3] ?? 0) < 60;
}

const withSeconds = (time) => (time.length === 5 ? `${time}:00` : time);

function integer(schema, value, field, problems) {
  const number = asNumber(value, WHOLE);
  if (!Number.isInteger(number)) return wrong(problems, field, value, "not_a_number");
  return within(schema, number, field, problems);
}

function number(schema, value, field, problems) {
  const found = asNumber(value, DECIMAL);
  if (!Number.isFinite(found)) return wrong(problems, field, value, "not_a_number");
  return within(schema, found, field, problems);
}

function asNumber(value, form) {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string") return form.test(stripped(value)) ? Number(stripped(value)) : NaN;
  return typeof value === "number" ? value : NaN;
}

function within(schema, number, field, problems) {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (number > maximum) problems.push({ field, code: "above_maximum", context: { maximum } });
  else if (number < minimum) problems.push({ field, code: "below_minimum", context: { minimum } });
  return number;
}

function boolean(_schema, value, field, problems) {
  const told = typeof value === "string" ? value.toLowerCase() : String(value);
  const answers = ["boolean", "number", "string"].includes(typeof value);
  if (answers && YES.includes(told)) return true;
  if (answers && NO.includes(told)) return false;
  return wrong(problems, field, value, "not_understood");
}

function wrong(problems, field, value, code) {
  problems.push({ field, code: value === null ? "required" : code, context: {} });
  return null;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const under = (field, name) => (field === "" ? String(name) : `${field}.${name}`);
