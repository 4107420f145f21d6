// A quiet word below free text that seems to name somebody. It stops nothing and is sent nowhere.

import { html, useMemo } from "./vendor/preact.js";
import { namesIn } from "./name_hint.js";

/** Draws the hint while `text` reads as if it named a child or a family. */
export function NameHint({ text, screen }) {
  const rules = screen.definitions.names;
  const named = useMemo(() => namesIn(text ?? "", rules).length > 0, [text, rules]);
  return html`<p class="name-hint" role="status">${named && screen.words.name_hint}</p>`;
}
