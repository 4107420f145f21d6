// The start screen: begin an entry, go on with a draft, and see what became of everything that was saved.

import { moment, Notice, Screen } from "./screen.js";
import { html, useState } from "./vendor/preact.js";

const AS_NEW = ["other_content", "removed"]; // reasons to which only another record can answer

/** Everything at a glance, for whoever unlocked the app. */
export function Home({ app }) {
  const { lists, reference } = app;
  const forms = ["visit", "incident"].filter((form) => reference?.sites.some((site) => site.forms.includes(form)));
  return html`
    <${Screen} title=${app.t("home_title")}>
      ${reference && html`<p class="person">${app.t("home_person", { name: reference.person.name })}</p>`}
      <${Connection} app=${app} />
      ${!reference && html`<${Notice}>${app.t("no_reference")} <${SignInAgain} app=${app} /><//>`}
      ${reference && !forms.length && html`<p>${app.t("nothing_to_capture")}</p>`}
      <div class="begin">
        ${forms.map(
          (form) => html`<button class="main big" onClick=${() => app.begin(form)}>${app.t(`new_${form}`)}</button>`,
        )}
      </div>
      ${app.dropped &&
      html`<${Notice}>
        <span role="status">${app.t("discarded")}</span>
        <button onClick=${() => app.undo()}>${app.t("undo")}</button>
      <//>`}
      <${List} app=${app} title=${app.t("drafts")} none=${app.t("drafts_none")} entries=${lists.drafts} />
      <${List} app=${app} title=${queueTitle(app)} none=${app.t("queue_none")} entries=${lists.queue} />
      ${lists.receipts.length > 0 && html`<${Receipts} app=${app} />`}
      <${Foot} app=${app} />
    <//>
  `;
}

function queueTitle(app) {
  const count = app.lists.queue.length;
  return count ? `${app.t("queue")} (${count})` : app.t("queue");
}

/** Whether entries can be sent at the moment, and what is in the way. */
export function Connection({ app }) {
  const { progress, trouble, clock_off: minutes } = app.sending;
  const waiting = app.lists.queue.filter((one) => one.state === "waiting").length;
  let told = navigator.onLine ? app.t("connected") : app.t("trouble_offline");
  if (trouble) told = app.t(`trouble_${trouble}`, {}, "trouble_server");
  if (progress) told = app.t("sending", progress);
  const isStuck = Boolean(trouble) && !progress;
  return html`
    <div class="connection ${isStuck ? "stuck" : ""}">
      <p>${told} ${waiting > 0 && !progress && app.counted("count", waiting)}</p>
      ${progress && html`<progress value=${progress.done} max=${progress.total} aria-label=${told} />`}
      ${isStuck && ["sign_in", "other_person"].includes(trouble) && html`<${SignInAgain} app=${app} />`}
      ${waiting > 0 && !progress && navigator.onLine && html`<button onClick=${() => app.sendNow()}>${app.t("send_now")}</button>`}
      ${minutes !== null && html`<p><strong>${app.t("clock_off", { minutes: Math.abs(minutes) })}</strong></p>`}
    </div>
  `;
}

function SignInAgain({ app }) {
  return html`<a class="button" href="/sign-in?next=/capture">${app.t("sign_in")}</a>`;
}

function List({ app, title, none, entries }) {
  return html`
    <section>
      <h2>${title}</h2>
      ${entries.length
        ? html`<ul class="entries">
            ${entries.map((entry) => html`<${Entry} key=${entry.client_uuid} app=${app} entry=${entry} />`)}
          </ul>`
        : html`<p class="none">${none}</p>`}
    </section>
  `;
}

function Entry({ app, entry }) {
  const [asking, setAsking] = useState(false);
  const isDraft = entry.state === "draft";
  const when = entry.made_at ? ["made_at", entry.made_at] : ["changed_at", entry.changed_at];
  return html`
    <li class="entry entry-${entry.state}">
      <p class="what">
        ${entry.form && html`<strong>${app.t(entry.form)}</strong> · ${entry.site_name ?? app.t("no_site")} · `}
        ${when[1] && app.t(when[0], { when: moment(when[1], app.language) })}
        ${!isDraft && html` <span class="state">${app.t(`state_${entry.state}`)}</span>`}
      </p>
      ${entry.state === "refused" && html`<p>${app.t(`refused_${entry.refused}`, {}, "refused_malformed")}</p>`}
      ${entry.state === "unreadable" && html`<p>${app.t("unreadable")}</p>`}
      ${asking
        ? html`<div class="actions" role="group" aria-label=${app.t("discard_ask")}>
            <span>${app.t("discard_ask")}</span>
            <button class="danger" onClick=${() => app.discard(entry)}>${app.t("discard")}</button>
            <button onClick=${() => setAsking(false)}>${app.t("keep")}</button>
          </div>`
        : html`<${Actions} app=${app} entry=${entry} onDiscard=${() => setAsking(true)} />`}
    </li>
  `;
}

function Actions({ app, entry, onDiscard }) {
  if (!["draft", "refused"].includes(entry.state)) return null;
  const asNew = AS_NEW.includes(entry.refused);
  const word = entry.state === "draft" ? "continue" : asNew ? "send_as_new" : "mend";
  const open = () => (asNew ? app.openAsNew(entry) : app.open(entry));
  return html`
    <div class="actions">
      <button class="main" disabled=${!app.reference} onClick=${open}>${app.t(word)}</button>
      <button onClick=${onDiscard}>${app.t("discard")}</button>
    </div>
  `;
}

function Receipts({ app }) {
  const receipts = app.lists.receipts;
  return html`
    <details>
      <summary>${app.t("receipts")} (${receipts.length})</summary>
      <ul class="entries">
        ${receipts.map(
          (one) => html`<li key=${one.client_uuid} class="entry">
            ${app.t(one.form)} · ${one.site_name} · ${app.t("sent_at", { when: moment(one.sent_at, app.language) })}
          </li>`,
        )}
      </ul>
    </details>
  `;
}

function Foot({ app }) {
  const isUnsafe = app.persisted === false && app.lists.drafts.length + app.lists.queue.length > 0;
  return html`
    <footer>
      ${app.offlineReady && html`<p class="hint">${app.t("offline_ready")}</p>`}
      ${isUnsafe && html`<p class="hint">${app.t("not_persisted")}</p>`}
      ${app.told && html`<p role="status">${app.t(app.told)}</p>`}
      <div class="actions">
        <button onClick=${() => app.lock()}>${app.t("lock")}</button>
        <button onClick=${() => app.go("change_pin")}>${app.t("pin_change")}</button>
        <a class="button" href="/">${app.t("to_attune")}</a>
        <button onClick=${() => app.signOut()}>${app.t("sign_out")}</button>
      </div>
    </footer>
  `;
}
