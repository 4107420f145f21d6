// What every screen of the app is made of: a heading that is read out when the screen opens, fields, notices.

import { html, useCallback, useId } from "./vendor/preact.js";

/** A screen under its heading, which takes the focus when the screen opens. */
export function Screen({ title, children }) {
  // As the heading appears, not after it was painted: a key pressed in between would go nowhere.
  const focus = useCallback((heading) => heading?.focus(), []);
  return html`<main class="screen"><h1 tabindex="-1" ref=${focus}>${title}</h1>${children}</main>`;
}

/** A field for a PIN, with its problem beside it. */
export function PinField({ label, hint, problem, value, onInput }) {
  const id = useId();
  const told = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return html`
    <div class="pin-field">
      <label for=${id}>${label}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      ${problem && html`<p class="field-problem" id="${id}-problem" role="alert">${problem}</p>`}
      <input id=${id} type="password" autocomplete="off" autocapitalize="none" spellcheck=${false} value=${value}
        aria-invalid=${problem ? "true" : undefined} aria-describedby=${told || undefined}
        onInput=${(event) => onInput(event.currentTarget.value)} />
    </div>
  `;
}

/** A form that stays on this page. */
export function PageForm({ onSubmit, children }) {
  const submit = (event) => {
    event.preventDefault();
    onSubmit();
  };
  return html`<form class="page-form" novalidate onSubmit=${submit}>${children}</form>`;
}

/** A sentence with something to do about it. `kind`: "calm", "problem". */
export function Notice({ kind = "calm", children }) {
  return html`<div class="notice notice-${kind}" role=${kind === "problem" ? "alert" : undefined}>${children}</div>`;
}

/** Give a moment in the reader's language, short. */
export function moment(iso, language) {
  return new Date(iso).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}
