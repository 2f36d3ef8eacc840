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
    const refusal = file && limit && file.size > limit && zone.dataset.tooLarge;
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

  function readable(zone, bytes) {
    const units = zone.dataset.units.split(" ");
    const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
    const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: power > 1 ? 1 : 0 });
    return `${number.format(bytes / 1024 ** power)}\u00a0${units[power]}`;
  }

  // Upload progress
  on("htmx:beforeRequest", (event) => {
    const bar = event.target.matches?.("[data-demo-form]") && event.target.querySelector(".demo-upload");
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
  // The line broke before an answer came: send the form the plain way and let the browser say what it knows.
  on("htmx:sendError", (event) => {
    if (event.target.matches?.("[data-demo-form]")) event.target.submit();
  });

  // Live progress. Each message is the whole panel; only its body is taken over, so that the connection stays.
  const update = (html) => htmx.swap("#run-body", html, { swapStyle: "outerHTML" }, { select: "#run-body" });
  on("htmx:sseBeforeMessage", (event) => {
    if (!event.target.matches("[data-run-panel]")) return;
    event.preventDefault();
    update(event.detail.data);
  });

  // A proxy may swallow event streams. After two failures in a row the panel asks every second instead, never both.
  let failures = 0;
  let timer = 0;
  on("htmx:sseOpen", () => (failures = 0));
  on("htmx:sseError", (event) => {
    const panel = event.target.closest("[data-run-panel]");
    failures += 1;
    if (!panel || failures < 2 || timer) return;
    event.detail.source.close();
    panel.removeAttribute("sse-connect");
    timer = setInterval(() => poll(panel), 1000);
  });
  async function poll(panel) {
    if (!panel.isConnected || panel.querySelector("[data-finished]")) {
      clearInterval(timer);
      timer = 0;
      return;
    }
    try {
      const answer = await fetch(panel.dataset.pollUrl, { headers: { "HX-Request": "true" } });
      if (answer.ok) update(await answer.text());
    } catch {
      // Offline for a moment: the next second tries again.
    }
  }

  // Say each new state once; percents would chatter.
  let said = "";
  on("htmx:afterSettle", () => {
    const text = document.querySelector("#run-body [data-announce]")?.textContent.trim() ?? "";
    if (!text || text === said) return;
    said = text;
    document.dispatchEvent(new CustomEvent("showpiece:announce", { detail: text }));
  });
})();
