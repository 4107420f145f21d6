// Keeps the app on the tablet and up to date. A new version begins at the next start or on a tap, never in a form.

/** Register the service worker; sets `app.version` when a new version waits, `app.offlineReady` once all is kept. */
export async function keepUpToDate(app) {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  const begin = (waiting) => {
    waiting.addEventListener("statechange", () => waiting.state === "activated" && location.reload());
    waiting.postMessage("begin");
  };
  const waits = (waiting) => {
    const isEarly = ["starting", "sign_in", "locked", "set_pin"].includes(app.screen) && !app.queue;
    if (isEarly && performance.now() < EARLY_MILLISECONDS) return begin(waiting);
    app.version = { begin: () => begin(waiting) };
    app.onchange();
  };
  try {
    const registration = await worker.register("/capture/sw.js", { scope: "/capture", updateViaCache: "none" });
    if (registration.waiting) waits(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const found = registration.installing;
      found.addEventListener("statechange", () => found.state === "installed" && worker.controller && waits(found));
    });
    addEventListener("visibilitychange", () => document.visibilityState === "visible" && update(registration));
    await worker.ready;
    app.offlineReady = true;
    app.onchange();
  } catch {
    app.offlineReady = false; // without a signal, or where the browser does not allow it: the app still works
  }
}

/** Ask the server whether there is a newer version, for which the app would otherwise look when it is opened. */
export function lookForVersion() {
  navigator.serviceWorker?.getRegistration("/capture").then((found) => found && update(found));
}

const EARLY_MILLISECONDS = 3_000; // later than this somebody may be typing

function update(registration) {
  registration.update().catch(() => null);
}
