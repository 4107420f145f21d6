// The app's state and everything that it can do. The screens draw it; after each change `onchange` is called.
// The key and what it opened are in this object only, and gone as soon as the app is locked.

import { tried } from "./attempts.js";
import { changeLock, makeLock, openLock } from "./lock.js";
import { Queue } from "./queue.js";
import { Sender } from "./send.js";
import { ask, deviceName, endedBy, REFERENCE, register, renew, start, wipe } from "./session.js";
import { deleteVault, openPeople, openVault, StorageError } from "./store.js";
import { filled } from "./words.js";

const LOCKS_AFTER_MILLISECONDS = 10 * 60_000;
const REFRESHED_EVERY_MILLISECONDS = 5 * 60_000;
const NOTHING = { drafts: [], queue: [], receipts: [] };
const QUIET = { progress: null, trouble: null, clock_off: null };

export class Capture {
  screen = "starting";
  definitions = null;
  reference = null;
  reason = null;
  renewable = false;
  signedIn = false;
  version = null;
  offlineReady = false;
  lists = NOTHING;
  sending = QUIET;
  entry = null;
  dropped = null;
  alert = null;
  told = null;
  persisted = null;
  queue = null;
  sender = null;
  who = null;
  onchange = () => {};
  #vault = null;
  #people = null;
  #given = null;
  #resume = null;
  #touched = Date.now();
  #refreshed = 0;
  #listing = null;
  #wanted = false;
  #channel = new BroadcastChannel("attune-capture");

  // ---- words

  get language() {
    return this.definitions?.language ?? "en";
  }

  /** Give a sentence in the language in use, filled in. */
  t(key, values = {}, otherwise = key) {
    const words = this.definitions?.words ?? {};
    return filled(words[key] ?? words[otherwise] ?? "", values);
  }

  /** Give the sentence that fits a count: `<key>_one` or `<key>_many`. */
  counted(key, count) {
    return this.t(count === 1 ? `${key}_one` : `${key}_many`, { count });
  }

  async #speak(language) {
    const code = language?.slice(0, 2) === "es" ? "es" : "en";
    if (this.definitions?.language === code) return;
    const answer = await fetch(`/capture/definitions/${code}.json`);
    if (!answer.ok) throw new Error(`definitions: ${answer.status}`);
    this.definitions = await answer.json();
    document.documentElement.lang = code;
  }

  // ---- starting and ending

  /** Begin: find out who is here, and ask for the PIN. */
  async boot() {
    await this.#speak(navigator.language);
    this.#people = await openPeople();
    this.#channel.onmessage = ({ data }) => this.#heard(data);
    await this.start();
  }

  /** Find out anew who is here; whatever was open is closed. */
  async start() {
    await this.#close();
    const found = await start(this.#people);
    this.who = found.who ?? null;
    this.#given = found.reference ?? null;
    this.#refreshed = Date.now();
    this.signedIn = Boolean(found.signedIn);
    this.reason = found.reason ?? null;
    this.renewable = Boolean(found.renewable);
    this.go(found.screen);
  }

  /** Show a screen. */
  go(screen) {
    this.screen = screen;
    if (screen !== "home") this.told = null;
    this.onchange();
  }

  /** Set the first PIN of whoever is signed in, and open the app. */
  async setPin(pin) {
    const personId = this.#given.person.id;
    const { lock, key } = await makeLock(pin, personId);
    const wanted = crypto.randomUUID();
    const device = await register(wanted, deviceName());
    this.who = {
      person_id: personId, device: device ?? wanted, registered: Boolean(device), lock, wrong: 0, wait_until: 0,
      last_contact: Date.now(), ended: null,
    };
    if (!(await this.#people.addPerson(this.who))) return this.start(); // another tab has set a PIN meanwhile
    await this.#enter(key);
  }

  /** Open the app with the PIN; gives null, or what is wrong as `[[key, values], ...]`. */
  async unlock(pin) {
    let key = null;
    const wrong = await tried(this.#people, this.who, async (who) => (key = await openLock(who.lock, pin, who.person_id)));
    if (!wrong) await this.#enter(key);
    return wrong;
  }

  /** Put the same key under another PIN; gives null, or what is wrong. */
  async changePin(oldPin, newPin) {
    let lock = null;
    const wrong = await tried(this.#people, this.who, async (who) => {
      lock = await changeLock(who.lock, oldPin, newPin, who.person_id);
      return lock;
    });
    if (wrong) return wrong;
    await this.#people.change(this.who.person_id, { lock });
    this.go("home");
    this.told = "pin_changed";
    this.onchange();
    return null;
  }

  async #enter(key) {
    this.#touched = Date.now();
    this.#vault = await openVault(this.who.person_id, key);
    this.queue = new Queue(this.#vault, () => this.#changed());
    if (this.#given) await this.#received(this.#given, this.#refreshed);
    else this.reference = await this.#vault.kept(REFERENCE);
    this.#given = null;
    await this.#speak(this.reference?.person.language ?? this.language);
    await this.queue.tidy();
    this.sender = new Sender(this.queue, this.who, (change) => this.#told(change));
    await this.list();
    this.persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
    await this.#goOn();
    this.sendNow();
  }

  async #goOn() {
    const wanted = this.#resume && (await this.#vault.entry(this.#resume));
    this.#resume = null;
    if (wanted && ["draft", "refused"].includes(wanted.state) && this.reference) this.open(wanted);
    else this.go("home");
  }

  /** Take in what the server gave at a moment: it is kept, encrypted, until the next time. */
  async #received(reference, at) {
    const { person_id: personId, ended, registered } = this.who;
    this.reference = reference;
    this.signedIn = true;
    await this.#guarded(() => this.#vault.keep(REFERENCE, reference)); // without space for it entries still go out
    const device = ended || !registered ? await register(this.who.device, deviceName()) : this.who.device;
    const change = { last_contact: at, ended: null, registered: Boolean(device) };
    Object.assign(this.who, change, device ? { device } : {});
    await this.#people.change(personId, { ...change, device: this.who.device });
  }

  /** Lock the app; what the form holds is kept first. */
  async lock() {
    this.#channel.postMessage({ kind: "locked" });
    await this.#lockHere();
  }

  async #lockHere() {
    const open = this.screen === "form" ? this.entry?.client_uuid : null;
    await this.#close();
    this.#resume = open;
    this.go("locked");
  }

  async #close() {
    await this.queue?.flush().catch(() => null);
    await this.sender?.stop();
    this.#vault?.close();
    this.screen = "starting";
    this.#vault = this.queue = this.sender = this.reference = this.entry = this.dropped = this.#resume = null;
    this.lists = NOTHING;
    this.sending = QUIET;
    this.alert = null;
  }

  /** Forget what the server gave, at once, and say why. Entries stay, encrypted. */
  async end(reason) {
    await this.#close();
    await wipe(this.#people, this.who.person_id, reason);
    this.#channel.postMessage({ kind: "restart" });
    this.reason = reason;
    this.renewable = reason === "revoked";
    this.go("sign_in");
  }

  /** Forget what the server gave and go to where one signs out. */
  async signOut() {
    await this.end("signed_out");
    location.assign("/sign-out");
  }

  /** Set a revoked tablet up again. */
  async renew() {
    await renew(this.#people);
    await this.start();
  }

  /** Count what would be lost without the PIN. */
  async countUnsent() {
    const vault = await openVault(this.who.person_id);
    const count = await vault.count();
    vault.close();
    return count;
  }

  /** Delete everything of whoever is signed in from this tablet, and begin with a new PIN. */
  async startOver() {
    await deleteVault(this.who.person_id);
    await this.#people.forget(this.who.person_id);
    await this.start();
  }

  // ---- entries

  /** Begin a new entry; `fields` are what it takes over from another one. */
  begin(form, fields = null) {
    this.open({ client_uuid: crypto.randomUUID(), form, fields, problems: [], refused: null });
  }

  /** Open a draft or a refused entry in its form. */
  open({ client_uuid, form, fields, problems = [], refused = null, revision = 0 }) {
    this.entry = { client_uuid, form, fields, problems, refused, revision, sheet: crypto.randomUUID() };
    this.alert = null;
    this.go("form");
  }

  /** Open a refused entry as a new record. */
  async openAsNew(entry) {
    this.open(await this.queue.renew(entry));
  }

  /** Keep what the open form holds now, as a draft. */
  async keep(fields) {
    this.entry.fields = fields;
    await this.#guarded(() => this.queue?.keepDraft(this.entry, fields, this.#siteName(fields.site_id)));
  }

  /** Put the open entry into the queue, and send. Raises what kept it from being stored. */
  async send({ fields, values }) {
    try {
      await this.queue.finish(this.entry, fields, values, this.#siteName(values.site_id), this.definitions.contract);
    } catch (error) {
      if (!this.entry?.elsewhere) this.#alarm(error);
      throw error;
    }
    this.sendNow();
  }

  /** Go back to the start screen, but not from what could not be kept. */
  async leave() {
    if (!(await this.#guarded(() => this.queue?.flush()))) return;
    await this.list();
    this.entry = null;
    this.go("home");
  }

  async discard(entry) {
    await this.queue.discard(entry);
    this.dropped = entry.client_uuid;
    await this.list();
  }

  /** Bring back what was discarded last. */
  async undo() {
    await this.queue.restore(this.dropped);
    this.dropped = null;
    await this.list();
  }

  #siteName(siteId) {
    return this.reference?.sites.find((site) => site.id === siteId)?.name ?? null;
  }

  // ---- what happens meanwhile

  /** Send what waits, if anything does. */
  sendNow() {
    this.sender?.wake().then(() => this.list());
  }

  /** Read the lists anew. Wishes that come meanwhile are one more reading: the last one shown is the latest. */
  list() {
    this.#wanted = true;
    this.#listing ??= this.#read().finally(() => (this.#listing = null));
    return this.#listing;
  }

  async #read() {
    while (this.#wanted) {
      this.#wanted = false;
      const { queue } = this;
      const lists = await queue?.lists();
      if (lists && queue === this.queue) this.lists = lists;
    }
    this.onchange();
  }

  #changed() {
    this.#channel.postMessage({ kind: "changed" });
    this.list();
  }

  #heard({ kind }) {
    if (kind === "changed") this.list().then(() => this.screen === "form" && this.queue?.look(this.entry)).then(this.onchange);
    else if (kind === "restart") this.start();
    else if (kind === "locked" && this.queue) this.#lockHere();
  }

  #told({ contact, ended, ...change }) {
    if (!this.sender) return;
    Object.assign((this.sending = { ...this.sending }), change);
    if (contact) this.#people.change(this.who.person_id, { last_contact: (this.who.last_contact = Date.now()) });
    if (ended) this.end(ended);
    else if (change.trouble === "other_person") this.start();
    else if (change.trouble === "sign_in") this.refresh();
    this.onchange();
  }

  /** Ask the server for what the forms need, and whether this tablet may still keep it. */
  async refresh() {
    const { who, queue } = this;
    if (!queue) return;
    this.#refreshed = Date.now();
    const answer = await ask(who.device);
    if (queue !== this.queue) return;
    if (answer.kind === "person" && answer.reference.person.id !== who.person_id) return this.start();
    if (answer.kind === "person") {
      await this.#received(answer.reference, this.#refreshed);
      return this.onchange();
    }
    const reason = await endedBy(who, answer.kind);
    if (reason && queue === this.queue) await this.end(reason);
  }

  /** Note that somebody is using the app. */
  touch() {
    this.#touched = Date.now();
  }

  /** Look after the time: lock what nobody touches, ask the server now and then. Called often. */
  tick() {
    if (!this.queue) return;
    if (Date.now() - this.#touched > LOCKS_AFTER_MILLISECONDS) this.lock();
    else if (Date.now() - this.#refreshed > REFRESHED_EVERY_MILLISECONDS) this.refresh();
  }

  /** The app is seen again, or the connection is back. */
  awake() {
    this.tick();
    this.sendNow();
    this.onchange();
  }

  async #guarded(work) {
    try {
      await work();
      if (this.alert) this.#show(null);
      return true;
    } catch (error) {
      this.#alarm(error);
    }
  }

  #alarm(error) {
    this.#show(error instanceof StorageError ? error.code : "unexpected");
  }

  #show(code) {
    this.alert = code;
    this.onchange();
  }

  /** Say that something failed that nobody waited for. */
  failed(error) {
    if (error?.name !== "AbortError") this.#alarm(error);
  }
}
