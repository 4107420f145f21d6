// Who is here, and what this tablet may still keep: asked of the server when it can be reached, of our own
// records when it cannot.

import { openVault } from "./store.js";

const PATIENCE_MILLISECONDS = 10_000;
const LONGEST_WITHOUT_CONTACT = 14 * 24 * 3600_000;
const CLOCK_MARGIN = 24 * 3600_000;
export const REFERENCE = "reference";

/**
 * Ask the server who is signed in and what the forms need; `device` is this browser's id, which may be of somebody
 * else than who is signed in now. Gives `{kind}`: "person" with `reference`, "signed_out",
 * "revoked", or "unreachable" when there is no telling.
 */
export async function ask(device) {
  if (!navigator.onLine) return { kind: "unreachable" };
  let answer = await json("GET", `/api/capture?device=${device ?? crypto.randomUUID()}`);
  const isOthers = answer?.status === 403 && answer.body?.reason === "other_person";
  if (isOthers) answer = await json("GET", `/api/capture?device=${crypto.randomUUID()}`);
  if (answer?.status === 200 && answer.body?.person?.id) return { kind: "person", reference: answer.body };
  if (answer?.status === 401) return { kind: "signed_out" };
  if (answer?.status === 403 && answer.body?.reason === "revoked") return { kind: "revoked" };
  return { kind: "unreachable" };
}

/** Tell the server that this browser captures for whom is signed in; give the id under which it does, or null. */
export async function register(device, name) {
  const answer = await json("POST", "/api/capture/devices", { id: device, name });
  if (answer && answer.status >= 200 && answer.status < 300) return device;
  const isEnded = answer && [403, 404, 409].includes(answer.status);
  if (!isEnded) return null;
  const fresh = crypto.randomUUID();
  const second = await json("POST", "/api/capture/devices", { id: fresh, name });
  return second && second.status >= 200 && second.status < 300 ? fresh : null;
}

/** Give what the tablet is called in a list of tablets. */
export function deviceName() {
  return (navigator.userAgentData?.platform || navigator.platform || "").slice(0, 60);
}

/** Ask how this device stands: "active", "signed_out", "revoked", "account", "unknown", or null for no answer. */
export async function deviceState(device) {
  const answer = await json("GET", `/api/capture/devices/${device}`);
  return answer?.status === 200 ? (answer.body?.state ?? null) : null;
}

/** Forget what the server gave, for a reason that is told at the next start. Entries stay, encrypted. */
export async function wipe(people, personId, reason) {
  const vault = await openVault(personId);
  await vault.drop(REFERENCE);
  vault.close();
  await people.change(personId, { ended: reason });
}

/**
 * Find out what to begin with. Gives `{screen}`: "set_pin" (with `reference`), "locked" (with `who`, and `reference`
 * when the server gave it), "sign_in" (with `reason` when something ended).
 */
export async function start(people) {
  const here = await people.here();
  await forgetOthersInTime(people, here);
  const known = here ? await people.person(here) : null;
  const wasRevoked = known?.ended === "revoked";
  const answer = await ask(wasRevoked ? null : known?.device);
  if (answer.kind === "person" && !(wasRevoked && answer.reference.person.id === here)) {
    return signedIn(people, known, answer.reference);
  }
  if (!known) return { screen: "sign_in", reason: answer.kind === "unreachable" ? "first_online" : null };
  const reason = await endedBy(known, answer.kind);
  if (reason) await wipe(people, known.person_id, reason);
  if (reason) return { screen: "sign_in", reason, renewable: reason === "revoked" && answer.kind !== "unreachable" };
  return { screen: "locked", who: known, signedIn: false };
}

// Somebody else who used this tablet may never come back to it: what they were given goes in its time all the same.
async function forgetOthersInTime(people, here) {
  for (const other of await people.people()) {
    if (other.person_id === here || other.ended) continue;
    const reason = await endedBy(other, "unreachable");
    if (reason) await wipe(people, other.person_id, reason);
  }
}

/** Begin anew, under a new id, in a browser whose id was revoked: the entries in it can then be sent after all. */
export async function renew(people) {
  await people.change(await people.here(), { device: crypto.randomUUID(), ended: "signed_out" });
}

async function signedIn(people, known, reference) {
  const personId = reference.person.id;
  await people.setHere(personId);
  const who = await people.person(personId);
  if (!who) return { screen: "set_pin", reference, signedIn: true };
  if (who.person_id !== known?.person_id && (await ask(who.device)).kind === "revoked") {
    await wipe(people, personId, "revoked");
  }
  return { screen: "locked", who: await people.person(personId), reference, signedIn: true };
}

/** Tell why the reference data of a device has to go, or null while it may stay. */
export async function endedBy(who, kind) {
  if (kind === "revoked") return "revoked";
  const state = kind === "signed_out" ? await deviceState(who.device) : null;
  if (state && state !== "active") return state === "unknown" ? "signed_out" : state;
  if (who.ended) return who.ended;
  const silence = Date.now() - who.last_contact;
  return silence > LONGEST_WITHOUT_CONTACT || silence < -CLOCK_MARGIN ? "too_long" : null;
}

/** Send JSON, with patience; give `{status, body}`, or null when no whole answer came. */
export async function json(method, address, content = undefined, patience = PATIENCE_MILLISECONDS, signal = null) {
  const timeout = AbortSignal.timeout(patience);
  try {
    const answer = await fetch(address, {
      method,
      body: content === undefined ? undefined : JSON.stringify(content),
      headers: content === undefined ? {} : { "content-type": "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    const isJson = (answer.headers.get("content-type") ?? "").startsWith("application/json");
    return { status: answer.status, body: isJson ? await answer.json() : null };
  } catch {
    return null;
  }
}
