// The screens of the device PIN: choosing, entering, changing it, and what can be done when it is forgotten.

import { problemOfPin } from "./lock.js";
import { Notice, PageForm, PinField, Screen } from "./screen.js";
import { html, useEffect, useState } from "./vendor/preact.js";

/** Choose a PIN at the first start. */
export function SetPin({ app }) {
  const fresh = useFreshPin(app);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (busy || !fresh.check()) return;
    setBusy(true);
    await app.setPin(fresh.pin).finally(() => setBusy(false));
  };
  return html`
    <${Screen} title=${app.t("pin_new_title")}>
      <p>${app.t("pin_new_text")}</p>
      <${PageForm} onSubmit=${save}>
        ${fresh.fields(app.t("pin"))}
        <button class="main" aria-disabled=${busy}>${app.t("pin_save")}</button>
      <//>
    <//>
  `;
}

/** Enter the PIN. */
export function Unlock({ app }) {
  const [pin, setPin] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const unlock = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const found = await app.unlock(pin).finally(() => setBusy(false));
    if (!found) return;
    setProblem(sentences(app, found));
    setPin("");
  };
  return html`
    <${Screen} title=${app.t("unlock_title")}>
      <${PageForm} onSubmit=${unlock}>
        <${PinField} label=${app.t("pin")} problem=${problem} value=${pin} onInput=${setPin} />
        <button class="main" aria-disabled=${busy}>${app.t("unlock")}</button>
      <//>
      <p class="ways">
        <button class="plain" onClick=${() => app.go("forgot")}>${app.t("pin_forgot")}</button>
        <a class="plain" href=${app.signedIn ? "/sign-out" : "/sign-in?next=/capture"}>${app.t("not_you")}</a>
      </p>
    <//>
  `;
}

/** Say what a forgotten PIN means, and start over once it is confirmed by a typed word. */
export function Forgot({ app }) {
  const [lost, setLost] = useState(null);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState(null);
  useEffect(() => void app.countUnsent().then(setLost), []);
  const word = app.t("forgot_word");
  const startOver = () => {
    if (typed.trim().toLocaleUpperCase() !== word) return setProblem(app.t("forgot_typed_wrong", { word }));
    app.startOver();
  };
  const count = lost === 0 ? app.t("forgot_none") : app.counted("forgot", lost ?? 0);
  return html`
    <${Screen} title=${app.t("forgot_title")}>
      <p>${app.t("forgot_text")}</p>
      ${lost !== null && html`<p><strong>${count}</strong></p>`}
      ${app.signedIn
        ? html`<${PageForm} onSubmit=${startOver}>
            <label for="confirm-word">${app.t("forgot_type", { word })}</label>
            ${problem && html`<p class="field-problem" role="alert" id="confirm-problem">${problem}</p>`}
            <input id="confirm-word" type="text" autocomplete="off" autocapitalize="characters" value=${typed}
              aria-describedby=${problem ? "confirm-problem" : undefined}
              onInput=${(event) => setTyped(event.currentTarget.value)} />
            <button class="danger">${app.t("forgot_do")}</button>
          <//>`
        : html`<p>${app.t("forgot_online")}</p>
            <p><a class="button" href="/sign-in?next=/capture">${app.t("sign_in")}</a></p>`}
      <button onClick=${() => app.go("locked")}>${app.t("back")}</button>
    <//>
  `;
}

/** Change the PIN. */
export function ChangePin({ app }) {
  const fresh = useFreshPin(app);
  const [old, setOld] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const save = async () => {
    if (busy || !fresh.check()) return;
    setBusy(true);
    setProblem(null);
    const found = await app.changePin(old, fresh.pin).finally(() => setBusy(false));
    if (found) setProblem(sentences(app, found));
  };
  return html`
    <${Screen} title=${app.t("pin_change")}>
      <${PageForm} onSubmit=${save}>
        <${PinField} label=${app.t("pin_old")} problem=${problem} value=${old} onInput=${setOld} />
        ${fresh.fields(app.t("pin_fresh"))}
        <button class="main" aria-disabled=${busy}>${app.t("pin_change")}</button>
      <//>
      <button onClick=${() => app.go("home")}>${app.t("back")}</button>
    <//>
  `;
}

/** What the app says where nobody can enter anything: sign in first, or again. */
export function SignIn({ app }) {
  const { reason, renewable } = app;
  const retry = reason === "first_online" || (reason && !navigator.onLine);
  return html`
    <${Screen} title=${app.t("sign_in_title")}>
      ${reason && html`<${Notice}>${app.t(`sign_in_${reason}`)}<//>`}
      <p>${app.t("sign_in_text")}</p>
      ${renewable
        ? html`<button class="main" onClick=${() => app.renew()}>${app.t("set_up_again")}</button>`
        : html`<p><a class="button main" href="/sign-in?next=/capture">${app.t("sign_in")}</a></p>`}
      ${retry && html`<button onClick=${() => app.start()}>${app.t("try_again")}</button>`}
    <//>
  `;
}

function sentences(app, problems) {
  return problems.map(([key, values]) => app.t(key, values)).join(" ");
}

/** A PIN that is typed twice, with what is wrong with it. */
function useFreshPin(app) {
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [problems, setProblems] = useState({});
  const check = () => {
    const code = problemOfPin(pin);
    const found = code ? { pin: app.t(code) } : pin === again ? {} : { again: app.t("pin_differs") };
    setProblems(found);
    return !Object.keys(found).length;
  };
  const fields = (label) => html`
    <${PinField} label=${label} hint=${app.t("pin_hint")} problem=${problems.pin} value=${pin} onInput=${setPin} />
    <${PinField} label=${app.t("pin_again")} problem=${problems.again} value=${again} onInput=${setAgain} />
  `;
  return { pin, check, fields };
}
