/* Finds what reads as the name of a child or a family: for a quiet hint, never for a block. Nothing leaves the tablet.
   The twin of analytics/name_hint.py, step by step, over the same words (`rules`: analytics/name_hint.json as served). */

const WORD = /[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ]+)*/g;
const ENDING = /['’](?:s|m|ll|d|ve|re|t)$/i;
const BEGINS = /[\n.!?:;…()"“”«»¿¡•*–—]| - /;
const INITIALS = /(?:^|[^A-Za-z.])([A-Z]\. ?[A-Z]\.)/g;
const ACCENTS = /[\u0300-\u036f]/g;
const HEADING_WORDS = 4;
const LONG_WORD = 4;
const PHRASES = ["before_a_name", "even_in_lower_case_after"];
const CUES = { name: "before_a_name", lower_case: "even_in_lower_case_after", initial: "before_an_initial" };

/* Give what reads as a name or as initials in English or Spanish text, in its order, each once. */
export function namesIn(text, rules) {
  const known = sets(rules);
  const plain = text.normalize("NFC");
  const words = plain.split("\n").flatMap((line) => wordsOf(line, known));
  const found = words.filter((_word, at) => isName(words, at, known)).map((word) => word.shown);
  const things = known.initials_of_things;
  const initials = [...plain.matchAll(INITIALS)].map((match) => match[1]);
  return [...new Set([...found, ...initials.filter((shown) => !things.has(shown.replaceAll(" ", "").toLowerCase()))])];
}

const made = new WeakMap();

function sets(rules) {
  if (!made.has(rules)) {
    const lists = Object.entries(rules).filter(([, value]) => Array.isArray(value));
    const set = ([name, value]) => [name, new Set(PHRASES.includes(name) ? value : value.join(" ").split(" "))];
    made.set(rules, Object.fromEntries(lists.map(set)));
  }
  return made.get(rules);
}

function wordsOf(line, known) {
  const matches = [...line.matchAll(WORD)];
  const long = matches.map((match) => match[0]).filter((word) => word.length >= LONG_WORD);
  const inHeading = long.length >= HEADING_WORDS && long.every((word) => word[0] !== word[0].toLowerCase());
  const words = [];
  let end = 0;
  for (const match of matches) {
    const whole = match[0];
    const shown = whole.replace(ENDING, "");
    const between = line.slice(end, match.index);
    end = match.index + whole.length;
    const last = words.at(-1);
    const afterTitle = last !== undefined && (between === "." || between === ". ") && isShort(last, known);
    const alone = between.endsWith("(") && line.slice(end, end + 1) === ")";
    const begins = last === undefined || (BEGINS.test(between) && !afterTitle && !alone);
    const possessive = ["'s", "’s"].includes(whole.slice(shown.length).toLowerCase());
    words.push({ shown, key: folded(shown), between, possessive, begins, inHeading });
  }
  return words;
}

function isName(words, at, known) {
  const word = words[at];
  if (word.shown.length === 1) {
    return word.shown !== word.key && !known.letters_for_nobody.has(word.key) && after(words, at, "initial", known);
  }
  if (!capitalized(word.shown)) {
    const stopped = known.stop_words.has(word.key) || known.not_names.has(word.key);
    return (after(words, at, "lower_case", known) && !stopped) || known.given_names.has(word.key);
  }
  if (isPlace(words, at, known)) return false;
  if (known.given_names.has(word.key)) return true;
  const cue = after(words, at, "name", known) || (word.possessive && nextIs(words, at, known.after_a_name));
  const byCapital = !word.begins && !word.inHeading;
  if (known.names_that_are_words.has(word.key)) return cue || (byCapital && !known.not_names.has(word.key));
  if (isKnownWord(word, known) || isGroup(words, at, known)) return false;
  return cue || byCapital;
}

function after(words, at, cue, known) {
  if (words[at].begins) return false;
  const phrases = known[CUES[cue]];
  const keys = words.slice(Math.max(0, at - 2), at).map((word) => word.key);
  return phrases.has(keys.at(-1)) || phrases.has(keys.join(" "));
}

function nextIs(words, at, among) {
  return at + 1 < words.length && !words[at + 1].begins && among.has(words[at + 1].key);
}

function isPlace(words, at, known) {
  let first = at;
  let last = at;
  while (!words[first].begins && words[first].between === " " && capitalized(words[first - 1].shown)) first -= 1;
  while (last + 1 < words.length && words[last + 1].between === " " && capitalized(words[last + 1].shown)) last += 1;
  const keys = words.slice(first, last + 1).map((word) => word.key);
  if (keys.some((key) => known.place_words.has(key))) return true;
  const given = keys.some((key) => known.given_names.has(key));
  return !given && !words[last].possessive && nextIs(words, last, known.places_after);
}

function isKnownWord(word, known) {
  const parts = word.key.split("-");
  const inLists = (key) => known.not_names.has(key) || known.place_words.has(key);
  if (inLists(word.key)) return true;
  return parts.length > 1 && (inLists(parts[0]) || !capitalized(word.shown.split("-").at(-1)));
}

function isGroup(words, at, known) {
  const led = at > 0 && known.groups_after.has(words[at - 1].key) && words[at].between === " ";
  return led && words[at].key.endsWith("s") && !nextIs(words, at, known.after_a_name);
}

function isShort(word, known) {
  return known.titles.has(word.key) || (word.shown.length === 1 && word.shown !== word.key);
}

function capitalized(shown) {
  const rest = shown.slice(1);
  return shown.length > 1 && shown[0] !== shown[0].toLowerCase() && rest !== rest.toUpperCase();
}

function folded(shown) {
  return shown.normalize("NFD").replace(ACCENTS, "").toLowerCase();
}
