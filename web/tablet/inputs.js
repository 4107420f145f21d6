// The plain things that a field is made of: a label, chips, native inputs, and below them what is wrong.

import { html, useLayoutEffect, useRef } from "./vendor/preact.js";
import { filled } from "./words.js";

/** Give the id of a field's first element on the page. */
export const idOf = (name) => `field-${name.replaceAll(".", "-")}`;

/** Give the sentence of a problem. */
export const sentenceOf = ({ code, context }, definitions) => filled(definitions.sentences[code], context);

/** Give what tells assistive technology of a field's hint and problems. */
export function described(name, screen, hint) {
  const ids = [hint && `${idOf(name)}-hint`, screen.problemsAt(name).length && `${idOf(name)}-problem`].filter(Boolean);
  return { "aria-describedby": ids.join(" ") || undefined };
}

/** Tell assistive technology that an answer is wrong. */
export const invalid = (name, screen) => (screen.problemsAt(name).length ? "true" : undefined);

/** Draws the sentences that belong to one field. */
export function Below({ name, screen }) {
  const problems = screen.problemsAt(name);
  if (!problems.length) return null;
  return html`<p class="problem" id=${`${idOf(name)}-problem`}>
    ${problems.map((one) => sentenceOf(one, screen.definitions)).join(" ")}
  </p>`;
}

/** Draws a quiet sentence. */
export function Hint({ name, text }) {
  return text ? html`<p class="hint" id=${name && `${idOf(name)}-hint`}>${text}</p>` : null;
}

/** Draws the label of one input. */
export function Label({ name, text, needed }) {
  return html`<label class="label" for=${idOf(name)}>${text}${needed && " *"}</label>`;
}

/**
 * Draws choices as chips; gives the chosen codes. `options` are `{code, label}`, `chosen` is a list. Of a single choice
 * that is not needed, the chosen one can be let go with a second tap.
 */
export function Chips({ name, label, options, chosen, multi, needed, star, screen, hint, onChoose, children }) {
  const id = idOf(name);
  const tap = (code) => {
    const on = chosen.includes(code);
    if (multi) onChoose(on ? chosen.filter((one) => one !== code) : [...chosen, code]);
    else if (!on) onChoose([code]);
  };
  // A radio button that is chosen already hears no change, only the tap.
  const letGo = (code) => !multi && !needed && chosen.includes(code) && onChoose([]);
  return html`<div class="field" id=${id} role=${multi ? "group" : "radiogroup"} aria-labelledby=${`${id}-label`}
      aria-required=${!multi && needed ? "true" : undefined} aria-invalid=${multi ? undefined : invalid(name, screen)}
      ...${described(name, screen, hint)}>
    <span class="label" id=${`${id}-label`}>${label}${star && " *"}</span>
    <div class="chips">
      ${options.map(
        (option) => html`<label class="chip" key=${option.code}>
          <input type=${multi ? "checkbox" : "radio"} name=${id} checked=${chosen.includes(option.code)}
            aria-invalid=${multi ? invalid(name, screen) : undefined}
            onClick=${() => letGo(option.code)} onChange=${() => tap(option.code)} />
          <span>${option.label}</span>
        </label>`,
      )}
      ${children}
    </div>
    <${Hint} name=${name} text=${hint} />
    <${Below} name=${name} screen=${screen} />
  </div>`;
}

/** Draws a native input. What is half typed stays: its value is only written when it says something else. */
export function Native({ name, type, value, screen, onValue, hint, ...rest }) {
  const input = useRef(null);
  useLayoutEffect(() => {
    const element = input.current;
    const wanted = value ?? "";
    const halfTyped = element === document.activeElement && wanted === "" && element.validity.badInput;
    if (element.value !== String(wanted) && !halfTyped) element.value = wanted;
  }, [value]);
  return html`<input id=${idOf(name)} ref=${input} type=${type} autocomplete="off" aria-invalid=${invalid(name, screen)}
    onInput=${(event) => onValue(event.currentTarget.value)} ...${described(name, screen, hint)} ...${rest} />`;
}

/** Draws buttons for likely answers, given as `{label, value}`. */
export function Shortcuts({ asked, answers, onValue }) {
  return answers.map(
    ({ label, value }) =>
      html`<button type="button" class="shortcut" key=${label} onClick=${() => onValue(value)}
        aria-label=${`${label}: ${asked.label}`}>${label}</button>`,
  );
}
