// Slows down whoever guesses the PIN. The count is stored, so that reloading gains nothing.

import { waitAfter } from "./lock.js";

/**
 * Try a PIN with `work(who)`; gives null when that gave something, or what is wrong as `[[key, values], ...]`. It counts
 * as wrong before it is tried: closing the tab meanwhile gains nothing either.
 */
export async function tried(people, { person_id: personId }, work) {
  const who = await people.person(personId);
  const rest = Math.ceil((who.wait_until - Date.now()) / 1000);
  // More than the longest wait: the tablet's clock was ahead when that was noted, and would lock its person out.
  if (rest > 0 && rest <= waitAfter(Infinity)) return [["pin_wait", { seconds: rest }]];
  const wrong = who.wrong + 1;
  const seconds = waitAfter(wrong);
  await people.change(personId, { wrong, wait_until: Date.now() + seconds * 1000 });
  if (!(await work(who))) return [["pin_wrong"], ...(seconds ? [["pin_wait", { seconds }]] : [])];
  await people.change(personId, { wrong: 0, wait_until: 0 });
  return null;
}
