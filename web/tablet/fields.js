// Draws the fields of a definition: one small component for each kind of answer.
//
// `screen` is what all of them share: definitions, words, fields (what the form says), site, sites, headStart, now,
// problemsAt(name), set(name, value, {tapped}) and fill(fields).

import { html } from "./vendor/preact.js";
import { sameAsLast, withoutRow, withRow } from "./form.js";
import { Below, Chips, described, Hint, idOf, invalid, Label, Native, Shortcuts } from "./inputs.js";
import { NameHint } from "./name_hint_line.js";
import { counterOf, dayOf, defaults, needsAnswer, rowParts, timeOf } from "./values.js";
import { filled, hintsOf, shortDay } from "./words.js";

const CHIPS_AT_MOST = 10;
const MINUTE = 60_000;

/** Draws fields one below the other; neighbours that name the same row stand side by side. */
export function Fields({ fields, screen }) {
  const groups = [];
  for (const asked of fields) {
    if (asked.row && groups.at(-1)?.row === asked.row) groups.at(-1).fields.push(asked);
    else groups.push({ row: asked.row, fields: [asked] });
  }
  return groups.map((group) => {
    const drawn = group.fields.map((asked) => html`<${Field} key=${asked.name} asked=${asked} screen=${screen} />`);
    return group.row ? html`<div class="side-by-side" key=${group.row}>${drawn}</div>` : drawn;
  });
}

function Field({ asked, screen }) {
  const Kind = KINDS[asked.kind];
  const needed = needsAnswer(asked, screen.fields, screen.headStart);
  return html`<${Kind} asked=${asked} screen=${screen} needed=${needed} value=${screen.fields[asked.name]} />`;
}

function Site({ asked, screen, needed, value }) {
  const names = screen.sites.map((site) => site.name);
  const options = screen.sites.map(({ id, name, program }) => ({
    code: id, label: names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${program})`,
  }));
  if (options.length === 1) return html`<p class="only-site">${options[0].label}</p>`;
  return options.length <= CHIPS_AT_MOST
    ? html`<${Single} asked=${asked} screen=${screen} needed=${needed} value=${value} options=${options} keeps />`
    : html`<${Listed} asked=${asked} screen=${screen} needed=${needed} value=${value} options=${options} />`;
}

function Room(props) {
  const options = roomsOf(props.screen);
  if (!props.screen.site) return null;
  if (!options.length) return html`<p class="note">${props.screen.words.no_rooms}</p>`;
  return options.length <= CHIPS_AT_MOST
    ? html`<${Single} ...${props} options=${options} keeps />`
    : html`<${Listed} ...${props} options=${options} />`;
}

function Rooms(props) {
  const options = roomsOf(props.screen);
  return options.length ? html`<${Several} ...${props} options=${options} />` : null;
}

const roomsOf = ({ site }) => (site?.classrooms ?? []).map(({ id, name }) => ({ code: id, label: name }));

function Listed({ asked, screen, needed, value, options }) {
  return html`<div class="field">
    <${Label} name=${asked.name} text=${asked.label} needed=${needed} />
    <select id=${idOf(asked.name)} aria-invalid=${invalid(asked.name, screen)} ...${described(asked.name, screen)}
      onChange=${(event) => screen.set(asked.name, event.currentTarget.value || null)}>
      <option value="" selected=${!value}>${screen.words.choose}</option>
      ${options.map((one) => html`<option key=${one.code} value=${one.code} selected=${one.code === value}>${one.label}</option>`)}
    </select>
    <${Below} name=${asked.name} screen=${screen} />
  </div>`;
}

function offered(asked, screen) {
  const { options } = screen.definitions.options[asked.options];
  const only = asked.chosen_of ? screen.fields[asked.chosen_of] : asked.only;
  return only ? only.map((code) => options.find((option) => option.code === code)).filter(Boolean) : options;
}

function hintFor(asked, screen, chosen) {
  if (!asked.hints) return asked.told ?? "";
  const all = screen.definitions.options[asked.options].options.map((option) => option.code);
  const [first] = asked.hints;
  const codes = first === "!" ? all : chosen.filter((code) => first === "*" || asked.hints.includes(code));
  return hintsOf(screen.definitions, asked.options, codes);
}

function Single({ asked, screen, needed, value, options, keeps }) {
  const chosen = value === null || value === undefined ? [] : [value];
  return html`<${Chips} name=${asked.name} label=${asked.label} options=${options ?? offered(asked, screen)} screen=${screen}
    chosen=${chosen} needed=${keeps || needed} star=${needed} hint=${options ? "" : hintFor(asked, screen, chosen)}
    onChoose=${([code = null]) => screen.set(asked.name, code)} />`;
}

function Several({ asked, screen, needed, value, options }) {
  return html`<${Chips} name=${asked.name} label=${asked.label} options=${options ?? offered(asked, screen)} screen=${screen}
    chosen=${value} multi needed=${needed} star=${needed} hint=${options ? "" : hintFor(asked, screen, value)}
    onChoose=${(codes) => screen.set(asked.name, codes)} />`;
}

function Day({ asked, screen, needed, value }) {
  const answers = (asked.shortcuts ?? []).map(({ label, days = 0 }) => {
    const { now } = screen;
    return { label, value: dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days)) };
  });
  const take = (day) => screen.set(asked.name, day || null);
  return html`<div class="field">
    <${Label} name=${asked.name} text=${asked.label} needed=${needed} />
    <div class="chips">
      <${Native} name=${asked.name} type="date" value=${value} screen=${screen} onValue=${take} max="9999-12-31" />
      <${Shortcuts} asked=${asked} answers=${answers} onValue=${take} />
    </div>
    <${Below} name=${asked.name} screen=${screen} />
  </div>`;
}

function Time({ asked, screen, needed, value }) {
  const answers = (asked.shortcuts ?? [])
    .map(({ label, minutes = 0 }) => ({ label, moment: new Date(screen.now - minutes * MINUTE) }))
    .filter(({ moment }) => dayOf(moment) === dayOf(screen.now))
    .map(({ label, moment }) => ({ label, value: timeOf(moment) }));
  const take = (time) => screen.set(asked.name, time ? time.slice(0, 5) : null);
  return html`<div class="field">
    <${Label} name=${asked.name} text=${asked.label} needed=${needed} />
    <div class="chips">
      <${Native} name=${asked.name} type="time" value=${value?.slice(0, 5)} screen=${screen} onValue=${take} />
      <${Shortcuts} asked=${asked} answers=${answers} onValue=${take} />
    </div>
    <${Below} name=${asked.name} screen=${screen} />
  </div>`;
}

function Amount({ asked, screen, needed, value }) {
  const typed = (text) => screen.set(asked.name, text === "" ? null : Number(text), { tapped: false });
  const input = (name) => html`<${Native} name=${name} type="number" value=${value} screen=${screen} onValue=${typed}
    inputmode="numeric" min=${asked.least ?? 0} max=${asked.most} step=${asked.step} />`;
  if (!asked.quick) {
    return html`<div class="field">
      <${Label} name=${asked.name} text=${asked.label} needed=${needed} />
      ${input(asked.name)}
      <${Below} name=${asked.name} screen=${screen} />
    </div>`;
  }
  const other = `${asked.name}.other`;
  return html`<div class="chips-and-number">
    <${Chips} name=${asked.name} label=${asked.label} options=${numbers(asked.quick)} screen=${screen} star=${needed}
      chosen=${value === null ? [] : [value]} onChoose=${([number = null]) => screen.set(asked.name, number)} />
    <div class="field">
      <${Label} name=${other} text=${screen.words.another_number} />
      ${input(other)}
    </div>
  </div>`;
}

const numbers = (list) => list.map((number) => ({ code: number, label: String(number) }));

function Scale({ asked, screen, value }) {
  const range = Array.from({ length: asked.most - asked.least + 1 }, (_none, at) => asked.least + at);
  return html`<${Chips} name=${asked.name} label=${asked.label} options=${numbers(range)} screen=${screen} hint=${asked.told}
    chosen=${value === null ? [] : [value]} onChoose=${([number = null]) => screen.set(asked.name, number)} />`;
}

function Placed({ asked, screen }) {
  const { fields, words } = screen;
  const placed = fields.levels.reduce((sum, level) => sum + (fields[`minutes_${level}`] || 0), 0);
  const total = fields.minutes || 0;
  const left = total - placed;
  const sentence = left === 0 ? words.placed_all : left > 0 ? words.placed_left : words.placed_over;
  return html`<div id=${idOf(asked.name)} tabindex="-1">
    <p class="hint" role="status">${left === 0 && "✓ "}${filled(sentence, { placed, total, left, over: -left })}</p>
    <${Below} name=${asked.name} screen=${screen} />
  </div>`;
}

function Repeated({ asked, screen }) {
  const count = screen.fields[counterOf(asked)];
  const empty = () => defaults(screen.definition, screen.now, screen.definitions.constants);
  return html`${Array.from({ length: count }, (_one, row) => html`<div class="boxed" key=${row}>
      <${Fields} fields=${rowParts(asked, row)} screen=${screen} />
      <button type="button" class="quiet" aria-label=${`${screen.words.take_out} (${row + 1})`}
        onClick=${() => screen.fill(withoutRow(screen.fields, asked, row, empty()))}>
        ${screen.words.take_out}
      </button>
    </div>`)}
    ${count < asked.most
      && html`<button type="button" class="shortcut" id=${idOf(asked.name)}
        onClick=${() => screen.fill(withRow(screen.fields, asked))}>${asked.label}</button>`}
    <${Below} name=${asked.name} screen=${screen} />`;
}

function Child({ asked, screen, needed, value }) {
  const { no_key, another_key } = screen.definitions.constants;
  const keys = (screen.site?.children ?? []).map((child) => child.key);
  // A key that a draft holds stays on offer, also when it is not among the latest ones any more.
  if (value && value !== another_key && !keys.includes(value)) keys.push(value);
  const options = [
    { code: no_key, label: asked.told },
    ...keys.map((key) => ({ code: key, label: key })),
    { code: another_key, label: screen.words.another_key },
  ];
  return html`<${Single} asked=${asked} screen=${screen} needed=${needed} value=${value} options=${options} keeps />`;
}

function Line({ asked, screen, needed, value }) {
  return html`<div class="field">
    <${Label} name=${asked.name} text=${asked.label} needed=${needed} />
    <${Native} name=${asked.name} type="text" value=${value} screen=${screen} maxlength=${asked.most} hint=${asked.told}
      onValue=${(text) => screen.set(asked.name, text)} />
    <${Hint} name=${asked.name} text=${asked.told} />
    <${Below} name=${asked.name} screen=${screen} />
  </div>`;
}

function Text({ asked, screen, needed, value }) {
  return html`<div class="field">
    <${Label} name=${asked.name} text=${asked.label} needed=${needed} />
    <${Hint} name=${asked.name} text=${asked.told} />
    <textarea id=${idOf(asked.name)} rows="4" maxlength=${asked.most} value=${value} aria-invalid=${invalid(asked.name, screen)}
      onInput=${(event) => screen.set(asked.name, event.currentTarget.value)}
      ...${described(asked.name, screen, asked.told)}></textarea>
    ${value && html`<p class="count">${filled(screen.words.letters_left, { count: value.length, most: asked.most })}</p>`}
    <${NameHint} text=${value} screen=${screen} />
    <${Below} name=${asked.name} screen=${screen} />
  </div>`;
}

function Note({ asked }) {
  return html`<p class="note">${asked.told}</p>`;
}

function Last({ screen }) {
  const last = screen.site?.last_visit;
  if (!last) return null;
  const label = filled(screen.words.same_as_last, { day: shortDay(last.visited_on, screen.words), minutes: last.minutes });
  return html`<div class="field">
    <button type="button" class="shortcut"
      onClick=${() => screen.fill(sameAsLast(screen.fields, last, screen.definitions.constants))}>${label}</button>
    <${Hint} text=${screen.words.same_as_last_help} />
  </div>`;
}

const KINDS = {
  site: Site, room: Room, rooms: Rooms, day: Day, time: Time, one: Single, many: Several, number: Amount, share: Amount,
  placed: Placed, scale: Scale, rows: Repeated, child: Child, line: Line, text: Text, note: Note, last: Last,
};
