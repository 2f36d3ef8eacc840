// The demo panel: drop zone, upload progress, live progress of a run. The form works without any of it.
(() => {
  "use strict";
  const on = (type, act) => document.addEventListener(type, act);
  const zoneOf = (event) => event.target instanceof Element && event.target.closest("[data-dropzone]");

  // Drop zone. The input covers it, so a drop or a click is the browser's own; this adds what can be seen.
  for (const type of ["dragenter", "dragover"]) on(type, (event) => zoneOf(event)?.classList.add("dropzone-over"));
  for (const type of ["dragleave", "drop"]) on(type, (event) => zoneOf(event)?.classList.remove("dropzone-over"));
  on("change", (event) => {
    const zone = zoneOf(event);
    if (zone && event.target.type === "file") show(zone, event.target);
  });
  on("paste", (event) => {
    const zone = document.querySelector("[data-dropzone]");
    if (!zone || !event.clipboardData?.files.length) return;
    const input = zone.querySelector("input[type=file]");
    input.files = event.clipboardData.files;
    show(zone, input);
  });
  on("click", (event) => {
    if (!(event.target instanceof Element && event.target.closest("[data-dropzone-clear]"))) return;
    const zone = zoneOf(event);
    const input = zone.querySelector("input[type=file]");
    input.value = "";
    show(zone, input);
    input.focus();
  });

  async function show(zone, input) {
    const file = input.files[0];
    const limit = Number(input.dataset.maxBytes || 0);
    const tooLarge = file && limit && file.size > limit && zone.dataset.tooLarge;
    const refusal = (file && !fits(file, input.accept) && zone.dataset.wrongType) || tooLarge;
    const error = zone.querySelector(".dropzone-error");
    const chosen = zone.querySelector(".dropzone-chosen");
    const canvas = zone.querySelector(".dropzone-picture");
    error.hidden = !refusal;
    if (refusal) {
      const sized = { size: readable(zone, file.size), limit: readable(zone, limit) };
      error.textContent = refusal.replace(/\{(size|limit)\}/g, (_, name) => sized[name]);
      input.value = "";
    }
    const kept = refusal ? undefined : file;
    zone.classList.remove("dropzone-failed", "dropzone-full");
    zone.querySelector(".dropzone-face .field-error")?.parentElement.remove();
    chosen.hidden = !kept;
    canvas.hidden = true;
    if (!kept) return;
    input.removeAttribute("aria-invalid");
    const parts = [kept.name, readable(zone, kept.size)].map((text) => {
      const span = document.createElement("span");
      span.textContent = text;
      return span;
    });
    zone.querySelector(".dropzone-file").replaceChildren(...parts);
    if (!kept.type.startsWith("image/")) return;
    try {
      // Drawn, not linked: the page's policy allows no blob addresses.
      const picture = await createImageBitmap(kept);
      if (input.files[0] !== kept) return;
      const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      canvas.width = picture.width * scale;
      canvas.height = picture.height * scale;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      canvas.hidden = false;
      zone.classList.add("dropzone-full");
    } catch {
      // Not a picture this browser can draw; the server decides what it is.
    }
  }

  // Only what the browser names plainly is refused here; a file without a type is for the server to judge.
  function fits({ name, type }, accept) {
    if (!type || !accept) return true;
    return accept.split(",").some((part) => {
      const kind = part.trim().toLowerCase();
      if (kind.startsWith(".")) return name.toLowerCase().endsWith(kind);
      return kind === type || (kind.endsWith("/*") && type.startsWith(kind.slice(0, -1)));
    });
  }

  function readable(zone, bytes) {
    const units = zone.dataset.units.split(" ");
    const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
    const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: power > 1 ? 1 : 0 });
    return `${number.format(bytes / 1024 ** power)}\u00a0${units[power]}`;
  }

  // Upload progress
  on("htmx:beforeRequest", (event) => {
    const panel = panelOf(event);
    if (!panel) return;
    held = document.activeElement === document.body; // Safari focuses no button that is clicked
    hold(panel);
    panel.querySelector("[data-failure]")?.remove();
    const bar = event.target.querySelector(".demo-upload");
    if (bar) bar.hidden = false;
  });
  on("htmx:xhr:progress", (event) => {
    const bar = event.target.closest("[data-demo-form]")?.querySelector(".demo-upload");
    const { lengthComputable, loaded, total } = event.detail;
    if (!bar || !lengthComputable) return;
    const percent = Math.round((100 * loaded) / total);
    bar.querySelector("progress").value = percent;
    bar.querySelector(".progress-value").textContent = `${percent} %`;
  });
  on("htmx:afterRequest", (event) => {
    const bar = event.target.matches?.("[data-demo-form]") && event.target.querySelector(".demo-upload");
    if (bar) bar.hidden = true;
  });

  // No answer, or one that is neither a run nor the form: say so and offer the same request again.
  let again;
  for (const type of ["htmx:responseError", "htmx:sendError"]) on(type, fail);
  function fail(event) {
    const panel = panelOf(event);
    if (!panel) return;
    const form = event.target;
    const button = event.detail.requestConfig?.triggeringEvent?.submitter;
    again = () => (button?.isConnected ? button.click() : form.requestSubmit());
    const notice = panel.querySelector("[data-failure-template]").content.firstElementChild.cloneNode(true);
    (panel.querySelector("#run-body") ?? panel.querySelector(".demo-actions")).before(notice);
    hold(panel);
    keepFocus(button);
    notice.scrollIntoView({ block: "nearest" });
  }
  on("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-again]")) again?.();
  });

  // Where the focus goes when what had it is swapped away or disabled. Who went elsewhere meanwhile is left alone.
  const panelOf = (event) => event.target instanceof Element && event.target.closest("#demo-panel");
  let held = false;
  let byKeyboard = false;
  // Until the answer to a request comes, the stream may have told of progress and let go.
  on("htmx:beforeSwap", (event) => {
    const panel = panelOf(event);
    hold(panel);
    if (panel) late = ""; // the answer is newer
  });
  function hold(panel) {
    const active = document.activeElement;
    if (!panel || !panel.contains(active)) return;
    held = true;
    byKeyboard = active.matches(":focus-visible");
  }
  function keepFocus(sender) {
    const active = document.activeElement;
    const panel = document.getElementById("demo-panel");
    // The panel itself has it only while there is nothing better in it.
    const sent = sender?.id && active?.id === sender.id; // the same button, drawn anew meanwhile
    const lost = !active || [document.body, sender, panel].includes(active) || active.disabled || sent;
    if (held && lost && panel) focusIn(panel);
    held = false;
  }
  function focusIn(panel) {
    const wrong = panel.querySelector("[aria-invalid=true]");
    const next = panel.querySelector("[data-again]") ?? wrong ?? panel.querySelector("#run-cancel, #run-again") ?? panel;
    if (next === panel) panel.tabIndex = -1;
    const message = wrong ? document.getElementById(`${wrong.id}_error`) : panel.querySelector("form .notice");
    next.focus({ preventScroll: message !== null || !byKeyboard });
    message?.scrollIntoView({ block: "center" });
  }

  // Live progress. Each message is the whole panel; only its body is taken over, so that the connection stays.
  function update(html) {
    if (pressed) {
      late = html;
      return;
    }
    hold(document.getElementById("demo-panel"));
    htmx.swap("#run-body", html, { swapStyle: "outerHTML" }, { select: "#run-body" });
  }

  // A press begins and ends on one and the same button, or the browser makes no click of it: what is told meanwhile is
  // drawn afterwards.
  let pressed = false;
  let late = "";
  on("pointerdown", (event) => (pressed = Boolean(panelOf(event))));
  on("keydown", (event) => (pressed ||= event.key === " " && Boolean(panelOf(event))));
  for (const type of ["pointerup", "pointercancel", "contextmenu", "keyup"]) on(type, release);
  window.addEventListener("blur", release);
  function release() {
    pressed = false;
    setTimeout(() => {
      const html = late;
      late = "";
      if (html) update(html);
    });
  }

  // A proxy may swallow event streams: then they fail, or stay silent, and the panel is asked instead. A stream is
  // silent also when nothing moves, so one that is open is doubted only after the panel knew more than it.
  const QUIET_MS = 3000;
  let stream;
  let timer = 0;
  let heard = 0;
  let asked = 0;
  let asking = false;
  let trusted = false;
  function connect(url) {
    stream = new EventSource(url);
    heard = Date.now();
    trusted = false;
    clearInterval(timer);
    timer = setInterval(watch, 1000);
    return stream;
  }
  if (window.htmx) htmx.createEventSource = connect; // the style guide shows the drop zone without it
  function trust() {
    heard = Date.now();
    trusted = true;
  }
  on("htmx:sseOpen", trust);
  on("htmx:sseBeforeMessage", (event) => {
    if (!event.target.matches("[data-run-panel]")) return;
    event.preventDefault();
    trust();
    update(event.detail.data);
  });
  on("htmx:sseError", (event) => {
    const panel = event.target.closest("[data-run-panel]");
    if (!panel) return;
    if (!trusted) {
      // It never spoke, or not since it failed last: no more of it. The one that did opens again by itself.
      stream.close();
      panel.removeAttribute("sse-connect");
    }
    trusted = false;
    heard = 0;
    watch();
  });
  function watch() {
    const panel = document.querySelector("[data-run-panel]");
    if (!panel || panel.querySelector("[data-finished]")) return rest();
    const now = Date.now();
    if (asking || now - heard < QUIET_MS || (trusted && now - asked < QUIET_MS)) return;
    asked = now;
    poll(panel);
  }
  function rest() {
    clearInterval(timer);
    stream.close();
  }
  async function poll(panel) {
    asking = true;
    const before = heard;
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(panel.dataset.pollUrl, { headers: { "HX-Request": "true" }, signal });
      const html = answer.ok ? await answer.text() : "";
      if (answer.status === 404) rest(); // deleted meanwhile
      // What the stream told meanwhile is newer, and what stands there already need not be drawn again.
      if (!html || before !== heard || !panel.isConnected || sideOf(html) === sideOf(panel.outerHTML)) return;
      trusted = false;
      update(html);
      if (panel.querySelector("[data-finished]")) rest();
    } catch {
      // Offline for a moment: the next second tries again.
    } finally {
      asking = false;
    }
  }
  const sideOf = (html) =>
    new DOMParser().parseFromString(html, "text/html").querySelector("#run-body .demo-side")?.innerHTML;

  // Say each new state once; percents would chatter.
  let said = "";
  on("htmx:afterSettle", () => {
    const body = document.getElementById("run-body");
    if (body) document.title = body.dataset.title;
    if (body?.matches("[data-finished]")) document.querySelector("#demo-panel > [data-failure]")?.remove();
    keepFocus();
    const text = body?.querySelector("[data-announce]").textContent.trim() ?? "";
    if (!text || text === said) return;
    said = text;
    document.dispatchEvent(new CustomEvent("showpiece:announce", { detail: text }));
  });
})();
