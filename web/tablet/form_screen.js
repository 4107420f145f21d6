// The screen of one entry: its form from the definition, what is wrong, what is asked back, and what was saved.

import { html, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";
import { Fields } from "./fields.js";
import { changed, drawn, opened, sectionOf, siteOf, sitesFor } from "./form.js";
import { idOf, sentenceOf } from "./inputs.js";
import { questions } from "./rules.js";
import { Saved } from "./saved_screen.js";
import { allAsked, dayOf, defaults, make, namedAtFields, rowParts } from "./values.js";
import { filled, questionSentence } from "./words.js";

/**
 * Draws one entry.
 *
 * `onChange(fields)` hears of every change; `onSend({fields, values})` gets what passed the checks, and what it promises
 * is waited for; `onNext({form, fields})` opens another entry; `onLeave()` goes home. `recent` are the inputs (`values`)
 * of the incidents that wait on this tablet: the same child within ten minutes is asked about.
 */
export function FormScreen(props) {
  return html`<${Entry} key=${props.entry.sheet ?? props.entry.client_uuid} ...${props} />`;
}

function Entry(props) {
  const { form, entry, reference, definitions, onNext, onLeave } = props;
  const { screen, problems, asked, state, saved, save, changeIt } = useEntry(props);
  if (saved) {
    return html`<${Saved} form=${form} ...${saved} reference=${reference} definitions=${definitions} onNext=${onNext}
      onLeave=${onLeave} />`;
  }
  const { words } = screen;
  const sections = drawn(screen.definition, screen.fields, screen.headStart);
  return html`<main class="form-screen">
    <${Heading} title=${words[`title_${form}`]} words=${words} onLeave=${onLeave} />
    ${entry.refused && html`<p class="note">${words[`refused_${entry.refused}`]}</p>`}
    ${notAskedNow(entry).map((text) => html`<p class="note">${words.not_asked_now} ${text}</p>`)}
    <${Summary} problems=${problems} screen=${screen} />
    ${screen.sites.length === 0 && html`<p class="note">${words.no_sites}</p>`}
    <p class="hint">${words.star}</p>
    ${sections.map(
      (section) => html`<${Section} key=${section.anchor} section=${section} screen=${screen} problems=${problems} />`,
    )}
    <${Bar} form=${form} screen=${screen} problems=${problems} asked=${asked} state=${state} onSave=${save}
      onChangeIt=${changeIt} />
  </main>`;
}

// What an entry says, what is wrong with it, and what became of it.
function useEntry({ form, entry, reference, definitions, recent = [], onChange, onSend }) {
  const [fields, setFields] = useState(() => begun(form, entry, reference, definitions));
  const [refused, setRefused] = useState(() => refusedAt(form, entry, fields, definitions));
  const [tried, setTried] = useState(refused.problems.length > 0);
  const [asked, setAsked] = useState([]);
  const [state, setState] = useState("open");
  const [saved, setSaved] = useState(null);
  const latest = useRef(fields);
  const busy = useRef(false);
  const now = new Date();
  const today = dayOf(now);
  const site = siteOf(fields, reference);
  const makeOf = (these) => make(form, these, definitions, { site: siteOf(these, reference), today });
  const made = useMemo(() => makeOf(fields), [form, fields, definitions, reference, today]);
  const known = tried ? made.problems : [];
  const stays = refused.fields === JSON.stringify(fields) ? refused.problems : [];
  const problems = [...known, ...stays.filter((one) => !known.some(({ field }) => field === one.field))];

  const fill = (after) => {
    if (busy.current) return;
    latest.current = after;
    setFields(after);
    setAsked([]);
    onChange(after);
  };
  const screen = {
    definitions, fields, site, now, fill,
    definition: definitions.forms[form],
    words: definitions.words,
    sites: sitesFor(form, reference),
    headStart: Boolean(site?.head_start),
    problemsAt: (name) => problems.filter((one) => one.field === name),
    // Two taps in one moment: the second builds on what the first left.
    set: (name, value, how) => fill(changed(form, latest.current, name, value, { definitions, reference, ...how })),
  };
  // Nothing can be changed and nothing sent twice from the tap on Save until it is kept.
  const save = async (anyway = false) => {
    if (busy.current) return;
    const { problems: wrong, values, made: input } = makeOf(latest.current);
    const here = siteOf(latest.current, reference);
    const toAsk = anyway || wrong.length ? [] : questions(form, input, { site: here, today, recent }, definitions);
    setTried(true);
    setRefused({ fields: null, problems: [] });
    setAsked(toAsk);
    if (wrong.length || toAsk.length) {
      focusSoon(toAsk.length ? "questions" : "problem-summary");
      return;
    }
    busy.current = true;
    setState("saving");
    try {
      await onSend({ fields: latest.current, values });
      setSaved({ fields: latest.current, site: here, made: input });
    } catch (error) {
      setState(error.code === "entry_elsewhere" ? "open" : "failed");
    }
    busy.current = false;
  };
  return { screen, problems, asked, state, saved, save, changeIt: () => setAsked([]) };
}

// What an entry begins with. A site that is not this person's any more has to be chosen again, and a draft that an
// older version of the app kept gets the fields that it did not know.
function begun(form, entry, reference, definitions) {
  const now = new Date();
  if (!entry.fields) return opened(form, definitions, reference, now);
  const fields = { ...defaults(definitions.forms[form], now, definitions.constants), ...entry.fields };
  const isHere = sitesFor(form, reference).some((site) => site.id === fields.site_id);
  return isHere || !fields.site_id ? fields : changed(form, fields, "site_id", null, { definitions, reference });
}

// What the server refused stays until something is changed.
function refusedAt(form, entry, fields, definitions) {
  return {
    fields: JSON.stringify(fields),
    problems: namedAtFields(form, fields, (entry.problems ?? []).filter((one) => one.code !== UNKNOWN), definitions),
  };
}

// What was typed in fields that the forms do not have any more. It goes when the entry is saved again.
function notAskedNow({ fields, problems }) {
  const gone = (problems ?? []).filter((one) => one.code === UNKNOWN).map((one) => fields?.[one.field]);
  return gone.filter((value) => typeof value === "string" && value.trim());
}

function focusSoon(id) {
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()));
}

function Heading({ title, words, onLeave }) {
  const heading = useRef(null);
  useEffect(() => heading.current.focus({ preventScroll: true }), []);
  return html`<header class="form-head">
    <button type="button" class="quiet" onClick=${onLeave}>← ${words.form_back}</button>
    <h1 tabindex="-1" ref=${heading}>${title}</h1>
  </header>`;
}

function Summary({ problems, screen }) {
  if (!problems.length) return null;
  return html`<section class="problem-summary" id="problem-summary" tabindex="-1" aria-labelledby="problem-title">
    <h2 id="problem-title">${screen.words.please_check}</h2>
    <ul>
      ${problems.map(
        (one) => html`<li key=${one.field + one.code}>
          <a href=${`#${idOf(one.field)}`} onClick=${(event) => goTo(event, one.field, screen.definition)}>
            ${labelAt(one.field, screen.definition)}</a>: ${sentenceOf(one, screen.definitions)}
        </li>`,
      )}
    </ul>
  </section>`;
}

const UNKNOWN = "unknown_field";
const FIRST = "input, select, textarea, button";

function goTo(event, field, definition) {
  event.preventDefault();
  const element = nearest(field) ?? document.getElementById(`part-${sectionOf(definition, field)?.anchor}`);
  if (!element) return;
  element.closest("details")?.setAttribute("open", "");
  const first = element.matches(FIRST) ? element : (element.querySelector("input:checked, select, textarea") ?? element.querySelector(FIRST));
  (first ?? element).focus();
  element.scrollIntoView({ block: "center" });
}

// A problem of one entry of a list (classroom_ids.3) belongs to the list's field.
function nearest(field) {
  const element = document.getElementById(idOf(field));
  return element || !field.includes(".") ? element : nearest(field.slice(0, field.lastIndexOf(".")));
}

function labelAt(field, definition) {
  const parts = allAsked(definition).flatMap((asked) =>
    asked.kind === "rows" ? Array.from({ length: asked.most }, (_one, row) => rowParts(asked, row)).flat() : []);
  const every = [...allAsked(definition), ...parts];
  const found = every.find((asked) => asked.name === field) ?? every.find((asked) => field.startsWith(`${asked.name}.`));
  return found?.label || sectionOf(definition, field)?.title || field;
}

function Section({ section, screen, problems }) {
  const isWrong = problems.some((one) => sectionOf(screen.definition, one.field)?.anchor === section.anchor);
  const [isOpen, setOpen] = useState(false);
  const inside = html`${section.told && html`<p class="hint">${section.told}</p>`}
    <${Fields} fields=${section.fields} screen=${screen} />`;
  if (section.folded) {
    return html`<details id=${`part-${section.anchor}`} open=${isOpen || isWrong}
        onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>${section.title}</summary>
      ${inside}
    </details>`;
  }
  return html`<section id=${`part-${section.anchor}`} class=${section.boxed ? "boxed" : ""}>
    ${section.title && html`<h2>${section.title}</h2>`}
    ${inside}
  </section>`;
}

function Bar({ form, screen, problems, asked, state, onSave, onChangeIt }) {
  const { words, definitions } = screen;
  if (asked.length) {
    return html`<div class="save-bar" id="questions" tabindex="-1" role="group" aria-labelledby="question-text">
      <div class="question" id="question-text">
        ${asked.map((one) => html`<p key=${one.code}>${questionSentence(one, definitions)}</p>`)}
      </div>
      <div class="choices">
        <button type="button" class="main" onClick=${() => onSave(true)}>${words.save_anyway}</button>
        <button type="button" onClick=${onChangeIt}>${words.change_it}</button>
      </div>
    </div>`;
  }
  const count = problems.length;
  const told = filled(count === 1 ? words.one_to_check : words.things_to_check, { count });
  return html`<div class="save-bar">
    ${count > 0 && html`<p class="problem">${told}</p>`}
    ${state === "failed" && html`<p class="problem" role="alert">${words.not_kept}</p>`}
    <button type="button" class="main" aria-disabled=${state === "saving" ? "true" : undefined} onClick=${() => onSave()}>
      ${words[`save_${form}`]}
    </button>
  </div>`;
}
