// Keeps the whole app on the tablet, so that it opens without a signal. It never keeps an answer of the server's API.
// The server fills in the list of files; a changed file makes a new version, which waits until it may begin.

importScripts("/capture/app/vendor/workbox.js");

const { cleanupOutdatedCaches, createHandlerBoundToURL, NavigationRoute, precacheAndRoute, registerRoute } = workbox;

precacheAndRoute(FILES, { cleanURLs: false, directoryIndex: "" });
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("/capture"), { allowlist: [/^\/capture\/?(\?.*)?$/] }));

self.addEventListener("message", (event) => {
  if (event.data === "begin") self.skipWaiting();
});
