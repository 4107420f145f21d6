// Sends what waits, from one tab at a time, until the server says that each entry is stored for good.

import { json } from "./session.js";
import { lookForVersion } from "./version.js";

const BATCH = 10;
const PATIENCE_MILLISECONDS = 60_000;
const RETRY_SECONDS = [2, 5, 15, 30, 60, 120, 300];
const ENDS = ["revoked", "signed_out", "account"];

export class Sender {
  #queue;
  #who;
  #tell;
  #stopped = new AbortController();
  #running = null;
  #again = false;
  #failures = 0;
  #timer = 0;

  /**
   * `who` is `{person_id, device}`. `tell` is called with what changes of `{progress, trouble, clock_off}` and with
   * `{ended: reason}` when the server says that this session or device is over.
   */
  constructor(queue, who, tell) {
    this.#queue = queue;
    this.#who = who;
    this.#tell = tell;
  }

  /** Send now what waits; the promise ends when nothing more can be done for the moment. */
  wake() {
    if (this.#stopped.signal.aborted) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#again = true;
    this.#running ??= this.#work().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Stop at once. What was on its way waits again, and is sent a second time: the server stores it once. */
  async stop() {
    clearTimeout(this.#timer);
    this.#stopped.abort();
    await this.#running?.catch(() => null);
  }

  async #work() {
    const { signal } = this.#stopped;
    try {
      await navigator.locks.request(`attune-send-${this.#who.person_id}`, { signal }, () => this.#sendAll());
    } catch (error) {
      if (error.name !== "AbortError") this.#finish(error.code ?? "storage_failed");
    }
  }

  async #sendAll() {
    await this.#queue.recover();
    const left = new Set();
    let [done, size, trouble] = [0, BATCH, null];
    while (!trouble && !this.#stopped.signal.aborted) {
      this.#again = false;
      const waiting = (await this.#queue.waiting()).filter((one) => !left.has(one.client_uuid));
      if (!waiting.length) break;
      if (!navigator.onLine) trouble = "offline";
      if (trouble) break;
      const batch = waiting.slice(0, size);
      this.#tell({ progress: { done, total: done + waiting.length }, trouble: null });
      await this.#queue.sending(batch);
      const answer = await this.#post(batch);
      const tooMuch = answer && [413, 422].includes(answer.status);
      if (answer?.status === 200 && Array.isArray(answer.body?.results)) {
        done += await this.#take(batch, answer.body, left);
      } else if (tooMuch && batch.length > 1) {
        await this.#queue.again(batch);
        size = 1; // one of them is the reason: that one is refused, the others go through
      } else if (tooMuch) {
        await this.#queue.refused(batch[0], answer.body?.reason ?? "too_large");
        this.#queue.announce();
      } else {
        await this.#queue.again(batch);
        trouble = troubleOf(answer);
      }
    }
    this.#finish(trouble ?? (left.size ? "server" : null));
  }

  #post(batch) {
    const sent = ({ client_uuid, form, made_at, contract, values }) => ({ client_uuid, form, made_at, contract, values });
    const { device, person_id } = this.#who;
    const content = { device, person_id, sent_at: new Date().toISOString(), entries: batch.map(sent) };
    return json("POST", "/api/submissions", content, PATIENCE_MILLISECONDS, this.#stopped.signal);
  }

  /** Take in one answer; give how many entries are settled. */
  async #take(batch, body, left) {
    const results = new Map(body.results.map((one) => [one.client_uuid, one]));
    let settled = 0;
    for (const entry of batch) {
      const result = results.get(entry.client_uuid);
      if (result?.state === "stored") await this.#queue.sent(entry);
      else if (result?.state === "refused") await this.#queue.refused(entry, result.reason, result.problems);
      else {
        left.add(entry.client_uuid);
        await this.#queue.again([entry]);
        continue;
      }
      settled += 1;
      if (result.reason === "other_version") lookForVersion();
    }
    this.#queue.announce();
    this.#tell({ contact: true, clock_off: body.clock_off_minutes ?? null });
    return settled;
  }

  #finish(trouble) {
    if (this.#stopped.signal.aborted) return;
    if (ENDS.includes(trouble)) return this.#tell({ progress: null, trouble, ended: trouble });
    this.#tell({ progress: null, trouble });
    const isFailure = trouble && !["offline", "sign_in", "other_person"].includes(trouble);
    this.#failures = isFailure ? this.#failures + 1 : 0;
    if (isFailure) {
      const seconds = RETRY_SECONDS[Math.min(this.#failures, RETRY_SECONDS.length) - 1];
      this.#timer = setTimeout(() => this.wake(), seconds * 1000 * (0.8 + 0.4 * Math.random()));
    } else if (!trouble && this.#again) {
      this.#timer = setTimeout(() => this.wake());
    }
  }
}

function troubleOf(answer) {
  if (!answer) return navigator.onLine ? "unreachable" : "offline";
  if (answer.status === 401) return "sign_in";
  if (answer.status === 403) return answer.body?.reason ?? "server";
  return "server";
}
