// A quiet word below free text that seems to name somebody. It stops nothing and is sent nowhere.

import { html } from "./vendor/preact.js";
import { namesIn } from "./name_hint.js";

/** Draws the hint while `text` reads as if it named a child or a family. */
export function NameHint({ text, screen }) {
  const named = namesIn(text ?? "", screen.definitions.names).length > 0;
  return html`<p class="name-hint" role="status">${named && screen.words.name_hint}</p>`;
}
