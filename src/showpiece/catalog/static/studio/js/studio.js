// Keeps what is typed into the form of a project, without being asked. The form works without it.
(() => {
  "use strict";
  const form = document.getElementById("project-form");
  const state = document.getElementById("draft-state");
  if (!form || !state) return;
  const PAUSE = 2000; // ms after the last key
  const AGAIN = 10000; // ms after a failure
  let typed = 0; // counts changes, and `kept` those that the server has
  let kept = 0;
  let asked = 0;
  let sent = false;
  let timer;

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(keep, pause);
  }
  function keep() {
    if (sent || kept === typed) return;
    asked = typed;
    form.dispatchEvent(new CustomEvent("showpiece:draft"));
  }
  form.addEventListener("input", () => {
    typed += 1;
    later(PAUSE);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== state) return;
    if (event.detail.successful) kept = Math.max(kept, asked);
    else if (!sent) {
      if (!event.detail.xhr || event.detail.xhr.status !== 422) state.textContent = state.dataset.failed;
      later(AGAIN);
    }
  });
  // The form itself is sent: what is kept now would only be in the way of it.
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.name === "preview") return;
    sent = true;
    clearTimeout(timer);
  });
  // The page is left between two keys and the pause. A beacon outlives it.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || sent || kept === typed) return;
    if (navigator.sendBeacon(form.dataset.draft, new FormData(form))) kept = typed;
  });
  // Too much for a beacon, or no network: then the browser asks.
  addEventListener("beforeunload", (event) => {
    if (sent || kept === typed) return;
    if (navigator.sendBeacon(form.dataset.draft, new FormData(form))) kept = typed;
    else event.preventDefault();
  });
  // Back from another page by the browser's own memory.
  addEventListener("pageshow", () => (sent = false));
})();
