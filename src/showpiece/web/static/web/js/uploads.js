// Uploads of the studio: many files at once, each with its own progress, text and error; and the order of a gallery.
// The forms work without it, with plain fields and buttons.
(() => {
  "use strict";
  const result = document.querySelector("[data-uploads-result]");
  const form = document.querySelector("[data-uploads]");
  const say = (text) => document.dispatchEvent(new CustomEvent("showpiece:announce", { detail: text }));

  // What the server shows now, in place of what is shown.
  async function refresh() {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(result.id);
    if (!fresh) return location.reload();
    const focused = document.activeElement?.closest("[data-item]")?.dataset.item;
    const name = document.activeElement?.getAttribute("aria-label");
    result.replaceChildren(...fresh.childNodes);
    form?.setAttribute("data-places", page.querySelector("[data-uploads]")?.dataset.places ?? "0");
    if (focused) focusIn(focused, name);
    watch();
  }
  function focusIn(item, name) {
    const row = result.querySelector(`[data-item="${item}"]`);
    const buttons = [...(row?.querySelectorAll("button, a") ?? [])];
    // At the end of the line the button is off: then the one beside it.
    (buttons.find((one) => one.getAttribute("aria-label") === name && !one.disabled) ??
      buttons.find((one) => !one.disabled))?.focus();
  }

  // A film is being converted: look again until it is done.
  let timer = 0;
  function watch() {
    clearTimeout(timer);
    if (result.querySelector("[data-unfinished]")) timer = setTimeout(look, 2000);
  }
  function look() {
    if (document.hidden || document.querySelector("dialog[open]") || result.querySelector(".gallery-dragged")) watch();
    else refresh().catch(watch);
  }
  watch();

  // Order, by buttons
  result.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-move]")) return;
    event.preventDefault();
    const body = new FormData(event.target, event.submitter);
    const item = event.target.closest("[data-item]").dataset.item;
    try {
      const answer = await fetch(event.target.action, { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect") throw new Error("not moved");
      await refresh();
      const items = [...result.querySelectorAll("[data-item]")];
      const place = items.findIndex((one) => one.dataset.item === item) + 1;
      say(result.dataset.moved.replace("{place}", place).replace("{count}", items.length));
    } catch {
      location.reload();
    }
  });

  // Order, by dragging
  let dragged;
  let before = "";
  const order = () => [...result.querySelectorAll("[data-item]")].map((one) => one.dataset.item);
  const arm = (event) => {
    const item = event.target instanceof Element && event.target.closest("[data-item]");
    if (item && !event.target.closest("button, a, input")) item.draggable = true;
  };
  result.addEventListener("pointerdown", arm);
  result.addEventListener("dragstart", (event) => {
    dragged = event.target instanceof Element ? event.target.closest("[data-item]") : null;
    if (!dragged) return;
    before = order().join();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.item);
    requestAnimationFrame(() => dragged?.classList.add("gallery-dragged"));
  });
  result.addEventListener("dragover", (event) => {
    const over = dragged && event.target instanceof Element && event.target.closest("[data-item]");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const follows = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (follows) over.after(dragged);
    else over.before(dragged);
  });
  result.addEventListener("drop", (event) => dragged && event.preventDefault());
  result.addEventListener("dragend", async () => {
    if (!dragged) return;
    dragged.classList.remove("gallery-dragged");
    dragged.draggable = false;
    dragged = undefined;
    if (order().join() === before) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", result.querySelector("[name=csrfmiddlewaretoken]").value);
    for (const item of order()) body.append("order", item);
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(result.dataset.orderUrl, { method: "POST", body, headers });
      if (!answer.ok) throw new Error("not arranged");
      await refresh();
    } catch {
      location.reload();
    }
  });

  if (!form) return;

  // Uploads
  const zone = form.querySelector("[data-uploads-zone]");
  const input = zone.querySelector("input");
  const list = form.querySelector("[data-uploads-list]");
  const template = form.querySelector("[data-uploads-row]");
  const sending = form.querySelector("[data-uploads-send]");
  const texts = form.dataset;
  const rows = new Set();
  let busy = false;

  form.querySelector("[data-uploads-plain]").remove();
  zone.hidden = list.hidden = false;

  for (const type of ["dragenter", "dragover"]) zone.addEventListener(type, () => zone.classList.add("dropzone-over"));
  for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("dropzone-over"));
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) take(event.clipboardData.files);
  });
  addEventListener("beforeunload", (event) => busy && event.preventDefault());

  function take(files) {
    let first;
    for (const file of files) {
      const row = add(file);
      first ??= row;
    }
    update();
    first?.element.querySelector("[data-text]")?.focus();
    if (!texts.textField) send();
  }

  function add(file) {
    const element = template.content.firstElementChild.cloneNode(true);
    const row = { file, element, state: "chosen", request: undefined };
    const part = (name) => element.querySelector(`[data-${name}]`);
    part("name").textContent = file.name;
    part("size").textContent = readable(file.size);
    part("drop").setAttribute("aria-label", `${part("drop").getAttribute("aria-label")}: ${file.name}`);
    part("drop").addEventListener("click", () => remove(row));
    part("again").addEventListener("click", () => {
      row.state = "chosen";
      send();
    });
    const limit = Number(texts.maxBytes || (file.type.startsWith("video/") ? texts.maxVideo : texts.maxImage));
    const kind = file.type && input.accept ? input.accept.split(",").includes(file.type) : true;
    rows.add(row);
    list.append(element);
    if (kind && file.size > limit) refuse(row, fill(texts.tooLarge, { size: readable(file.size), limit: readable(limit) }));
    else if (waiting() > Number(texts.places)) refuse(row, texts.full);
    else draw(row);
    return row;
  }
  const waiting = () => [...rows].filter(({ state }) => state !== "refused").length;

  function remove(row) {
    row.request?.abort();
    rows.delete(row);
    row.element.remove();
    update();
    input.focus();
  }

  function refuse(row, text, again = false) {
    row.state = "refused";
    const error = row.element.querySelector("[data-error]");
    error.textContent = text;
    error.hidden = false;
    row.element.querySelector("[data-progress]").hidden = true;
    row.element.querySelector("[data-again]").hidden = !again;
  }

  function update() {
    const left = [...rows].some(({ state }) => state === "chosen");
    sending.hidden = !left || !texts.textField;
    sending.querySelector("button").disabled = busy;
  }

  async function draw({ file, element }) {
    if (!file.type.startsWith("image/")) return;
    try {
      // Drawn, not linked: the page's policy allows no blob addresses.
      const picture = await createImageBitmap(file);
      const canvas = element.querySelector("canvas");
      const scale = Math.min(1, 320 / Math.max(picture.width, picture.height));
      canvas.width = picture.width * scale;
      canvas.height = picture.height * scale;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      canvas.hidden = false;
    } catch {
      // Not a picture that this browser can draw; the server decides what it is.
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  // One after the other, so that the first is there soon.
  async function send() {
    if (busy) return;
    busy = true;
    let added = 0;
    for (let row; (row = next()); ) if (await transmit(row)) added += 1;
    busy = false;
    update();
    if (added) refresh().catch(() => location.reload());
  }
  function next() {
    const wordless = (row) => texts.textField && !row.element.querySelector("[data-text]").value.trim();
    for (const row of rows) {
      if (row.state !== "chosen") continue;
      const error = row.element.querySelector("[data-error]");
      const field = row.element.querySelector("[data-text]");
      error.hidden = true;
      if (!wordless(row)) {
        field?.removeAttribute("aria-invalid");
        return row;
      }
      error.textContent = texts.needsText;
      error.hidden = false;
      field.setAttribute("aria-invalid", "true");
    }
    list.querySelector("[data-text][aria-invalid]")?.focus();
    return undefined;
  }

  function transmit(row) {
    const { element, file } = row;
    const progress = element.querySelector("[data-progress]");
    const bar = progress.querySelector("progress");
    row.state = "sending";
    element.querySelector("[data-again]").hidden = true;
    progress.hidden = false;
    bar.setAttribute("aria-label", file.name);
    bar.value = 0;
    const body = new FormData();
    for (const hidden of form.querySelectorAll("input[type=hidden]")) body.append(hidden.name, hidden.value);
    if (texts.textField) body.append(texts.textField, element.querySelector("[data-text]").value);
    body.append(texts.fileField, file);
    const request = new XMLHttpRequest();
    row.request = request;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const percent = Math.round((100 * loaded) / total);
      bar.value = percent;
      progress.querySelector(".progress-value").textContent = `${percent} %`;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value"); // how long the check takes is not known
      progress.querySelector("[data-stage]").textContent = texts.working;
      progress.querySelector(".progress-value").textContent = "";
    });
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => {
        row.request = undefined;
        if (!rows.has(row)) return resolve(false); // taken back
        const done = request.status === 201;
        if (done) {
          say(fill(texts.done, { name: file.name }));
          rows.delete(row);
          element.remove();
        } else {
          const [text, again] = trouble(request, file);
          refuse(row, text, again);
        }
        resolve(done);
      });
      request.send(body);
    });
  }

  // What is said, and whether it may help to try again.
  function trouble({ status, responseText }, file) {
    try {
      const told = Object.values(JSON.parse(responseText).errors).flat().join(" ");
      if (told) return [told, false];
    } catch {
      // A page, or nothing
    }
    const limit = readable(Number(texts.maxBytes || texts.maxVideo));
    if (status === 413) return [fill(texts.tooLarge, { size: readable(file.size), limit }), false];
    if (status === 507) return [texts.noSpace, true];
    if (status === 403 || status === 404 || status === 200) return [texts.denied, false];
    return [texts.failed, true];
  }

  const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  function readable(bytes) {
    const units = texts.units.split(" ");
    const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
    const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: power > 1 ? 1 : 0 });
    return `${number.format(bytes / 1024 ** power)}\u00a0${units[power]}`;
  }
})();
