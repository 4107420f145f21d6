// The device PIN: it opens the one key with which everything on this tablet is encrypted. Neither is ever stored.

export const ROUNDS = 600_000; // OWASP's floor for PBKDF2 with SHA-256
export const SHORTEST_PIN = 6;
const KEY = { name: "AES-GCM", length: 256 };
const WAITS = [0, 0, 0, 5, 15, 60, 300, 900]; // seconds after so many wrong PINs in a row; the last one from then on

/** Tell what is wrong with a new PIN: "pin_short", "pin_simple", or null. */
export function problemOfPin(pin) {
  const signs = [...plain(pin)];
  if (signs.length < SHORTEST_PIN) return "pin_short";
  const steps = new Set(signs.slice(1).map((sign, at) => sign.codePointAt(0) - signs[at].codePointAt(0)));
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0]) ? "pin_simple" : null;
}

/** Give the seconds to wait after `wrong` wrong PINs in a row. */
export function waitAfter(wrong) {
  return WAITS[Math.min(wrong, WAITS.length - 1)];
}

/** Make a new key under a PIN: `lock` is what may be stored, `key` cannot be taken out of the memory of this page. */
export async function makeLock(pin, personId) {
  const fresh = await crypto.subtle.generateKey(KEY, true, ["encrypt", "decrypt"]);
  const lock = await wrap(fresh, pin, personId);
  return { lock, key: await openLock(lock, pin, personId) };
}

/** Open a lock; null when the PIN is wrong. */
export async function openLock(lock, pin, personId) {
  return unwrap(lock, pin, personId, false);
}

/** Give the same key under another PIN; null when the old one is wrong. */
export async function changeLock(lock, oldPin, newPin, personId) {
  const key = await unwrap(lock, oldPin, personId, true);
  return key && wrap(key, newPin, personId);
}

async function wrap(key, pin, personId) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapping = await fromPin(pin, salt, ROUNDS, "wrapKey");
  const wrapped = await crypto.subtle.wrapKey("raw", key, wrapping, sealed(iv, personId));
  return { salt, rounds: ROUNDS, iv, wrapped };
}

async function unwrap(lock, pin, personId, extractable) {
  const wrapping = await fromPin(pin, lock.salt, lock.rounds, "unwrapKey");
  const how = sealed(lock.iv, personId);
  try {
    return await crypto.subtle.unwrapKey("raw", lock.wrapped, wrapping, how, KEY, extractable, ["encrypt", "decrypt"]);
  } catch (error) {
    if (error.name === "OperationError") return null;
    throw error;
  }
}

async function fromPin(pin, salt, rounds, use) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(plain(pin)), "PBKDF2", false, [
    "deriveKey",
  ]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, typed, KEY, false, [use]);
}

function sealed(iv, personId) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`lock/${personId}`) };
}

function plain(pin) {
  return pin.normalize("NFKC").trim();
}
