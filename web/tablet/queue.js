// The entries of one person on this tablet, and the ways from one state to the next:
// draft -> waiting -> sending -> sent, or refused -> waiting again. Dropped ones can be brought back for a while.

import { StorageError } from "./store.js";

const OPEN = ["absent", "draft", "refused", "dropped"]; // who types in a discarded one wants it after all
const UNDO_MILLISECONDS = 10 * 60_000;
const RECEIPT_MILLISECONDS = 7 * 24 * 3600_000;

export class Queue {
  #vault;
  #changed;
  #pending = new Map();
  #writing = null;

  /** `changed` is called after every change, to draw anew and to tell other tabs. */
  constructor(vault, changed) {
    this.#vault = vault;
    this.#changed = changed;
  }

  /** Give `{drafts, queue, receipts}`, the oldest first. */
  async lists() {
    const entries = await this.#vault.entries();
    return {
      drafts: entries.filter((one) => one.state === "draft"),
      queue: entries.filter((one) => ["waiting", "sending", "refused", "unreadable"].includes(one.state)),
      receipts: entries.filter((one) => one.state === "sent").reverse(),
    };
  }

  /** Give one entry, or null. */
  entry(clientUuid) {
    return this.#vault.entry(clientUuid);
  }

  /**
   * Keep what a form holds now. Several changes in quick succession make one write; the latest wins. Raises what kept it
   * from being stored: it is tried again with the next change, and by `flush`. What another tab wrote since `entry` was
   * read stays as it is: this becomes an entry of its own, and `entry.elsewhere` tells of the other.
   */
  keepDraft(entry, fields, siteName) {
    this.#pending.set(entry.client_uuid, { entry, fields, siteName });
    return this.#write();
  }

  /** Wait until everything that was typed is kept. Raises what keeps it from being so. */
  async flush() {
    await this.#settled();
    if (this.#pending.size) await this.#write();
  }

  #write() {
    this.#writing ??= this.#writePending().finally(() => (this.#writing = null));
    return this.#writing;
  }

  async #settled() {
    while (this.#writing) await this.#writing.catch(() => null);
  }

  async #writePending() {
    while (this.#pending.size) {
      const [[clientUuid, held]] = this.#pending;
      const { entry, fields, siteName } = held;
      await this.#put(entry, entry.refused ? "refused" : "draft", drafted(entry, fields, siteName));
      if (this.#pending.get(clientUuid) === held) this.#pending.delete(clientUuid);
    }
    this.#changed();
  }

  /** Write what a form holds, if no other tab did since it was read; give whether that was so. */
  async #put(entry, to, content) {
    const seen = entry.revision ?? 0;
    if (await this.#vault.move(entry.client_uuid, OPEN, to, content, seen)) {
      entry.revision = seen + 1;
      return true;
    }
    const there = await this.#vault.entry(entry.client_uuid);
    if (!there || there.state === "dropped") {
      entry.revision = there?.revision ?? 0; // gone, or let go: whoever types in it wants it after all
      return this.#put(entry, to, content);
    }
    const own = crypto.randomUUID();
    const fresh = { ...entry, problems: [], refused: null };
    await this.#vault.move(own, ["absent"], "draft", drafted(fresh, content.fields, content.site_name));
    Object.assign(entry, fresh, { client_uuid: own, revision: 1, elsewhere: { ...other(there), isKept: true } });
    return false;
  }

  /** Note in `entry` whether another tab wrote to it since it was read here. */
  async look(entry) {
    await this.#settled();
    if (entry.isFinished || entry.elsewhere) return;
    const there = await this.#vault.entry(entry.client_uuid);
    const isBehind = there && there.state !== "dropped" && there.revision > (entry.revision ?? 0);
    if (isBehind && !this.#writing && !this.#pending.size) entry.elsewhere = { ...other(there), isKept: false };
  }

  /**
   * Put a finished entry into the queue. It is sent as often as needed, and stored once, by its client_uuid. `contract`
   * tells which fields the forms had when it was made.
   */
  async finish(entry, fields, values, siteName, contract = undefined) {
    await this.#settled();
    const asked = entry.client_uuid;
    const made_at = new Date().toISOString();
    const content = { form: entry.form, fields, values, contract, site_name: siteName, made_at };
    this.#writing = this.#put(entry, "waiting", content).finally(() => (this.#writing = null));
    entry.isFinished = await this.#writing;
    this.#pending.delete(asked);
    this.#changed();
    if (!entry.isFinished) throw new StorageError("entry_elsewhere");
  }

  /** Give what waits to be sent, the oldest first. */
  async waiting() {
    return (await this.#vault.entries()).filter((one) => one.state === "waiting");
  }

  /** What a sender that was cut off had in its hands waits again. Only the one sender may call this. */
  async recover() {
    await this.#vault.moveAll("sending", "waiting");
  }

  /** Note that these entries are on their way. */
  async sending(entries) {
    for (const one of entries) await this.#vault.move(one.client_uuid, ["waiting"], "sending");
    this.#changed();
  }

  /** Note that these entries wait again. */
  async again(entries) {
    for (const one of entries) await this.#vault.move(one.client_uuid, ["sending"], "waiting");
    this.#changed();
  }

  /** Tell that entries were settled. */
  announce() {
    this.#changed();
  }

  /** Note that the server has an entry for good: only a receipt of it stays here. */
  async sent(entry) {
    const receipt = { form: entry.form, site_name: entry.site_name, sent_at: new Date().toISOString() };
    await this.#vault.move(entry.client_uuid, ["sending"], "sent", receipt);
  }

  /** Note that the server refused an entry, and why. */
  async refused(entry, reason, problems) {
    const { form, fields, values, contract, site_name, made_at } = entry;
    const content = { form, fields, values, contract, site_name, made_at, refused: reason, problems: problems ?? [] };
    await this.#vault.move(entry.client_uuid, ["sending"], "refused", content);
  }

  /** Make a new entry of a refused one: the server has another content, or a removed record, under its old id. */
  async renew(entry) {
    const { form, fields, site_name } = entry;
    const clientUuid = crypto.randomUUID();
    const content = { form, fields, site_name, problems: [], refused: null, changed_at: new Date().toISOString() };
    await this.#vault.move(clientUuid, ["absent"], "draft", content);
    await this.#vault.remove(entry.client_uuid, ["refused"]);
    this.#changed();
    return { form, fields, client_uuid: clientUuid, revision: 1, problems: [], refused: null };
  }

  /** Let a draft or a refused entry go; `restore` brings it back within ten minutes. */
  async discard(entry) {
    const { client_uuid, state, order, revision, ...content } = entry;
    const dropped = { ...content, was: state, dropped_at: Date.now() };
    await this.#vault.move(client_uuid, ["draft", "refused"], "dropped", dropped, revision);
    this.#changed();
  }

  /** Bring a discarded entry back. */
  async restore(clientUuid) {
    const found = await this.#vault.entry(clientUuid);
    if (found?.state !== "dropped") return;
    const { client_uuid, state, order, revision, was, dropped_at, ...content } = found;
    await this.#vault.move(clientUuid, ["dropped"], was, content);
    this.#changed();
  }

  /** Delete discarded entries and receipts that are old enough. */
  async tidy(now = Date.now()) {
    for (const one of await this.#vault.entries()) {
      if (one.state === "dropped" && now - one.dropped_at > UNDO_MILLISECONDS) {
        await this.#vault.remove(one.client_uuid, ["dropped"]);
      } else if (one.state === "sent" && now - Date.parse(one.sent_at) > RECEIPT_MILLISECONDS) {
        await this.#vault.remove(one.client_uuid, ["sent"]);
      }
    }
  }
}

function drafted({ form, problems, refused }, fields, siteName) {
  return { form, fields, problems, refused, site_name: siteName, changed_at: new Date().toISOString() };
}

// What is told of an entry that another tab wrote: until it was saved there, it can be taken instead.
function other({ client_uuid, state, changed_at, made_at, sent_at }) {
  return { client_uuid, isSaved: !OPEN.includes(state), at: changed_at ?? made_at ?? sent_at };
}
