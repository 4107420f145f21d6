// What this tablet keeps: one IndexedDB for each person, every value in it encrypted with that person's key.
//
// In the clear are technical fields only: an entry's own random id, its state, its place in the queue and how often it
// was written. The list of people holds, for each, an id, the lock of their key, the id of this device and the time of the last contact.

import { deleteDB, openDB } from "./vendor/idb.js";

const PEOPLE = "attune-people";
export const UNSENT = ["draft", "waiting", "sending", "refused"];

/** Something that could not be stored or read. `code` is the key of the sentence that says so. */
export class StorageError extends Error {
  constructor(code, cause) {
    super(code, { cause });
    this.code = code;
  }
}

/** Open the list of people. Raises StorageError where the browser has no storage to offer. */
export async function openPeople() {
  const db = await guarded(() =>
    openDB(PEOPLE, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("people", { keyPath: "person_id" });
        fresh.createObjectStore("here");
      },
    }),
  );
  return {
    /** Give the id of who was signed in last, if any. */
    here: () => guarded(() => db.get("here", "person_id")),
    setHere: (personId) => guarded(() => db.put("here", personId, "person_id")),
    person: (personId) => guarded(() => db.get("people", personId)),
    people: () => guarded(() => db.getAll("people")),
    /** Add a person who is not known yet; give whether that was so. A lock is never replaced: it may hold entries. */
    async addPerson(record) {
      return guarded(async () => {
        const work = db.transaction("people", "readwrite", { durability: "strict" });
        const isNew = (await work.store.count(record.person_id)) === 0;
        if (isNew) await work.store.add(record);
        await work.done;
        return isNew;
      });
    },
    /** Change some fields of a person's record, whatever another tab changes meanwhile. */
    async change(personId, change) {
      return guarded(async () => {
        const work = db.transaction("people", "readwrite");
        const record = await work.store.get(personId);
        if (record) await work.store.put({ ...record, ...(typeof change === "function" ? change(record) : change) });
        await work.done;
      });
    },
    forget: (personId) => guarded(() => db.delete("people", personId)),
  };
}

/** Open the place of one person's values. With no key it can count and wipe, and read nothing. */
export async function openVault(personId, key = null) {
  const db = await guarded(() =>
    openDB(`attune-${personId}`, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("entries", { keyPath: "client_uuid" }).createIndex("state", "state");
        fresh.createObjectStore("kept", { keyPath: "name" });
      },
      blocking: (_old, _new, event) => event.target.close(),
    }),
  );
  return new Vault(db, key);
}

/** Delete everything of one person. */
export async function deleteVault(personId) {
  await guarded(() => deleteDB(`attune-${personId}`));
}

class Vault {
  #db;
  #key;

  constructor(db, key) {
    this.#db = db;
    this.#key = key;
  }

  /** Give all entries, the oldest first: `{client_uuid, state, order, revision, ...content}`. */
  async entries() {
    const rows = await guarded(() => this.#db.getAll("entries"));
    const read = await Promise.all(rows.map((row) => this.#opened(row)));
    return read.sort((a, b) => a.order - b.order || (a.client_uuid < b.client_uuid ? -1 : 1));
  }

  /** Give one entry, or null. */
  async entry(clientUuid) {
    const row = await guarded(() => this.#db.get("entries", clientUuid));
    return row ? this.#opened(row) : null;
  }

  /** Count the entries in these states. */
  async count(states = UNSENT) {
    const counts = await guarded(() =>
      Promise.all(states.map((state) => this.#db.countFromIndex("entries", "state", state))),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * Write an entry if it is in one of the states `from` ("absent": it does not exist); give whether it was.
   * Without `content` only its state changes. With `seen` it also has to be of that revision: each content makes a new
   * one, so that a tab does not write over what it has not seen.
   */
  async move(clientUuid, from, to, content = undefined, seen = null) {
    const sealed = content === undefined ? null : await this.#sealed(`entries/${clientUuid}`, content);
    return guarded(async () => {
      const work = this.#db.transaction("entries", "readwrite", { durability: "strict" });
      const row = await work.store.get(clientUuid);
      const revision = row?.revision ?? 0;
      const fits = from.includes(row ? row.state : "absent") && (seen === null || seen === revision);
      if (fits) {
        const order = row?.order ?? Date.now();
        const next = sealed ? revision + 1 : revision;
        await work.store.put({ ...row, ...sealed, client_uuid: clientUuid, order, revision: next, state: to });
      }
      await work.done;
      return fits;
    });
  }

  /** Give every entry in the state `from` the state `to`. */
  async moveAll(from, to) {
    await guarded(async () => {
      const work = this.#db.transaction("entries", "readwrite");
      for (const row of await work.store.index("state").getAll(from)) await work.store.put({ ...row, state: to });
      await work.done;
    });
  }

  /** Delete an entry if it is in one of these states. */
  async remove(clientUuid, from) {
    await guarded(async () => {
      const work = this.#db.transaction("entries", "readwrite");
      const row = await work.store.get(clientUuid);
      if (row && from.includes(row.state)) await work.store.delete(clientUuid);
      await work.done;
    });
  }

  /** Keep a value under a name, such as the reference data. */
  async keep(name, value) {
    const sealed = await this.#sealed(`kept/${name}`, value);
    await guarded(() => this.#db.put("kept", { name, ...sealed }));
  }

  /** Give the value kept under a name, or null. */
  async kept(name) {
    const row = await guarded(() => this.#db.get("kept", name));
    return row ? this.#unsealed(`kept/${name}`, row) : null;
  }

  /** Delete the value kept under a name; needs no key. */
  async drop(name) {
    await guarded(() => this.#db.delete("kept", name));
  }

  /** Let the database and the key go. */
  close() {
    this.#db.close();
    this.#key = null;
  }

  async #opened({ client_uuid, state, order, revision = 0, ...sealed }) {
    try {
      return { ...(await this.#unsealed(`entries/${client_uuid}`, sealed)), client_uuid, state, order, revision };
    } catch (error) {
      if (error.name !== "OperationError") throw error;
      return { client_uuid, state: "unreadable", order, revision };
    }
  }

  async #sealed(name, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    return { iv, data: await crypto.subtle.encrypt(how(iv, name), this.#key, bytes) };
  }

  async #unsealed(name, { iv, data }) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how(iv, name), this.#key, data)));
  }
}

/** A value belongs to its place: moved to another it cannot be read. */
function how(iv, name) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}

async function guarded(work) {
  if (!globalThis.indexedDB) throw new StorageError("storage_none");
  try {
    return await work();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    if (error.name === "QuotaExceededError") throw new StorageError("storage_full", error);
    throw new StorageError(error.name === "SecurityError" ? "storage_none" : "storage_failed", error);
  }
}
