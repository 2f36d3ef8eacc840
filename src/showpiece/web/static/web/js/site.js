// Small comforts for every page; all of it works without them. Listeners sit on the document, so that parts which
// htmx swaps in need no set-up of their own.
(() => {
  "use strict";
  const on = (type, act, options) => document.addEventListener(type, act, options);
  const near = (event, selector) => event.target instanceof Element && event.target.closest(selector);

  // Pictures below the screen wait. At first only what can be seen is fetched; who scrolls is served ahead of it.
  let watcher;
  const waiting = (root) => root.querySelectorAll("img[data-srcset]");
  const fetchPicture = (img) => {
    img.srcset = img.dataset.srcset;
    img.removeAttribute("data-srcset");
  };
  function watch(margin) {
    watcher?.disconnect();
    watcher = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          watcher.unobserve(target);
          fetchPicture(target);
        }
      },
      { rootMargin: margin },
    );
    for (const img of waiting(document)) watcher.observe(img);
  }
  watch("0px");
  on("scroll", () => watch("800px"), { once: true, passive: true });
  on("htmx:load", (event) => waiting(event.detail.elt).forEach((img) => watcher.observe(img)));
  addEventListener("beforeprint", () => waiting(document).forEach(fetchPicture));

  on("click", (event) => {
    const dismiss = near(event, "[data-dismiss]");
    if (dismiss) dismiss.closest(".notice").remove();

    if (near(event, "[data-print]")) print();

    const copy = near(event, "[data-copy]");
    if (copy) copyCode(copy);

    const opener = near(event, "[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    if (near(event, "[data-dialog-close]")) event.target.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement && outside(event)) event.target.close();

    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A click beside an open dialog lands on the dialog element itself.
  function outside({ target, clientX: x, clientY: y }) {
    const box = target.getBoundingClientRect();
    return x < box.left || x > box.right || y < box.top || y > box.bottom;
  }

  async function copyCode(button) {
    const code = button.closest(".code").querySelector("code");
    const label = button.querySelector("span");
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(code.textContent);
      label.textContent = button.dataset.copied;
      announce(button.dataset.copied);
      setTimeout(() => (label.textContent = before), 2000);
    } catch {
      getSelection().selectAllChildren(code); // no leave to copy: at least it is marked
    }
  }

  function announce(text) {
    document.getElementById("announcer").textContent = text;
  }
  on("showpiece:announce", (event) => announce(event.detail));

  // A form that names a dialog asks before it is sent. Without a script it is sent at once.
  on("submit", (event) => {
    const form = event.target;
    const dialog = form.dataset.confirm && document.getElementById(form.dataset.confirm);
    if (!dialog || form.dataset.confirmed) return;
    event.preventDefault();
    dialog.querySelector("[data-dialog-confirm]").onclick = () => {
      form.dataset.confirmed = "yes";
      dialog.close();
      form.requestSubmit();
    };
    dialog.showModal();
  });

  on("input", (event) => {
    if (event.target.type !== "range") return;
    const output = event.target.parentElement.querySelector("output");
    if (output) output.value = event.target.value;
  });

  // Who looks at a page for long is still here. Told a little less often than the server writes it down, by one of the
  // pages that can be seen; a page that was just loaded has been told of by that.
  const here = document.querySelector("[data-here]")?.dataset.here;
  if (here) {
    const pause = 64_000;
    let last = Date.now();
    const share = (moment) => {
      last = moment;
      try {
        localStorage.setItem("here", moment);
      } catch {} // no leave to keep anything: then each page tells for itself
    };
    const lately = () => {
      try {
        last = Math.max(last, Number(localStorage.getItem("here")));
      } catch {}
      const past = Date.now() - last;
      return past >= 0 && past < pause; // a clock may have been set back
    };
    const tell = async () => {
      if (document.hidden || lately()) return;
      share(Date.now());
      const answer = await fetch(here, { cache: "no-store" }).catch(() => null); // no network: the next one may come through
      if (answer?.status === 205) stop(); // signed out elsewhere
    };
    const timer = setInterval(tell, 4_000);
    const stop = () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tell);
    };
    share(last);
    on("visibilitychange", tell);
  }

  // A list is mostly read: htmx is fetched when somebody is about to filter it.
  const filters = document.querySelector("form[data-htmx]");
  if (filters) {
    const signs = ["pointerenter", "focusin", "change"];
    let changed = false;
    const note = (event) => {
      changed ||= event.type === "change";
      signs.forEach((sign) => sign !== "change" && filters.removeEventListener(sign, note));
      if (filters.dataset.htmx === "") return;
      const script = document.createElement("script");
      script.src = filters.dataset.htmx;
      filters.dataset.htmx = "";
      script.onload = () => {
        filters.removeEventListener("change", note);
        if (changed) filters.dispatchEvent(new Event("change")); // before it was there
      };
      const fetchIt = () => document.head.append(script);
      // It begins at once in a page that is complete, and never in one that is not quite.
      if (document.readyState === "complete") fetchIt();
      else window.addEventListener("load", fetchIt, { once: true });
    };
    for (const sign of signs) filters.addEventListener(sign, note);
  }

  // How much of a text is typed of what fits. The server says the same when it is sent.
  const count = (area) => {
    let note = area.nextElementSibling;
    if (!note?.classList.contains("field-count")) {
      note = document.createElement("p");
      note.className = "field-count";
      area.after(note);
    }
    const typed = [...area.value].length;
    note.textContent = `${typed} / ${area.dataset.counts}`;
    note.classList.toggle("is-over", typed > Number(area.dataset.counts));
  };
  document.querySelectorAll("[data-counts]").forEach(count);
  on("input", (event) => near(event, "[data-counts]") && count(event.target));

  // On a narrow screen the parts of an account scroll sideways; the one that is open is in view.
  document
    .querySelector(".page-nav [aria-current='page']")
    ?.scrollIntoView({ behavior: "instant", block: "nearest", inline: "center" });

  // In-page navigation follows the section that is being read.
  const links = [...document.querySelectorAll(".page-nav a[href^='#']")];
  if (links.length) {
    const marker = new IntersectionObserver(
      (entries) => {
        const seen = entries.find((entry) => entry.isIntersecting);
        const marked = links.some((link) => link.hasAttribute("aria-current"));
        if (!seen && marked) return;
        const hash = seen ? `#${seen.target.id}` : links[0].hash; // above the first one it is the first
        for (const link of links) {
          if (link.hash === hash) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      },
      { rootMargin: "-10% 0px -75%" },
    );
    for (const link of links) {
      const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (section) marker.observe(section);
    }
  }
})();
