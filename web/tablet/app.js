// Starts the capture app and draws it. `app` is what tests and the browser's console talk to.

import { Capture } from "./capture.js";
import { Elsewhere } from "./elsewhere.js";
import { FormScreen } from "./form_screen.js";
import { Home } from "./home.js";
import { ChangePin, Forgot, SetPin, SignIn, Unlock } from "./pin.js";
import { Notice } from "./screen.js";
import { keepUpToDate } from "./version.js";
import { html, render } from "./vendor/preact.js";

const TICK_MILLISECONDS = 15_000;
const SCREENS = {
  sign_in: SignIn, set_pin: SetPin, locked: Unlock, forgot: Forgot, change_pin: ChangePin, home: Home, form: OpenForm,
};

export const app = new Capture();

function OpenForm() {
  const isOther = (one) => one.form === "incident" && one.values && one.client_uuid !== app.entry.client_uuid;
  const recent = app.lists.queue.filter(isOther).map((one) => one.values);
  return html`
    <${FormScreen}
      key=${app.entry.sheet} form=${app.entry.form} entry=${app.entry} reference=${app.reference}
      definitions=${app.definitions} recent=${recent} onChange=${(fields) => app.keep(fields)} onSend=${(made) => app.send(made)}
      onNext=${({ form, fields }) => app.begin(form, fields)} onLeave=${() => app.leave()}
    />
  `;
}

function Root() {
  const Shown = SCREENS[app.screen];
  const isForm = app.screen === "form";
  return html`
    ${app.version && !isForm && html`<${NewVersion} />`}
    ${app.alert && html`<${Notice} kind="problem">${app.t(app.alert, {}, "unexpected")}<//>`}
    ${isForm && app.entry.elsewhere && html`<${Elsewhere} app=${app} />`}
    ${Shown ? html`<${Shown} key=${app.screen} app=${app} />` : html`<p class="screen">${app.t("starting")}</p>`}
    <div class="for-ears" role="status" aria-live="polite">${announced()}</div>
  `;
}

function NewVersion() {
  return html`
    <${Notice}>
      <span role="status">${app.t("new_version")}</span>
      <button onClick=${() => app.version.begin()}>${app.t("reload")}</button>
    <//>
  `;
}

/** What is read out about sending, on whatever screen. */
function announced() {
  const { progress, trouble } = app.sending;
  if (progress) return app.t("sending", progress);
  if (trouble) return app.t(`trouble_${trouble}`, {}, "trouble_server");
  return app.lists.receipts.length && !app.lists.queue.length ? app.t("queue_none") : "";
}

function draw() {
  render(html`<${Root} />`, document.getElementById("app"));
}

function listen() {
  for (const event of ["pointerdown", "keydown", "input"]) addEventListener(event, () => app.touch(), { passive: true });
  addEventListener("online", () => app.awake());
  addEventListener("offline", () => app.onchange());
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && app.awake());
  addEventListener("unhandledrejection", (event) => app.failed(event.reason));
  setInterval(() => app.tick(), TICK_MILLISECONDS);
}

app.onchange = draw;
keepUpToDate(app);
listen();
app.boot().catch((error) => app.failed(error));
