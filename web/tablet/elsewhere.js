// Says that the open entry was changed or saved in another tab meanwhile. Nothing is lost on either side.

import { moment, Notice } from "./screen.js";
import { html } from "./vendor/preact.js";

/** Draws what happened to the open entry elsewhere, with the choice between the two states of it. */
export function Elsewhere({ app }) {
  const { isSaved, isKept, at } = app.entry.elsewhere;
  const when = moment(at, app.language);
  return html`
    <${Notice} kind="elsewhere">
      <span role="alert">
        ${app.t(isSaved ? "elsewhere_saved" : "elsewhere_changed", { when })} ${isKept && app.t("elsewhere_kept")}
      </span>
      ${!isSaved && html`<button onClick=${() => takeThat(app)}>${app.t("elsewhere_take")}</button>`}
      <button onClick=${() => keepMine(app)}>${app.t("elsewhere_mine")}</button>
    <//>
  `;
}

async function takeThat(app) {
  await app.queue.flush();
  const there = await app.queue.entry(app.entry.elsewhere.client_uuid);
  if (["draft", "refused"].includes(there?.state)) app.open(there);
  else await app.leave();
}

async function keepMine(app) {
  const { entry } = app;
  if (!entry.elsewhere.isKept) await app.keep(entry.fields);
  entry.elsewhere = null;
  app.onchange();
}
