// The gallery of a project: a viewer over the page, and posters of films when they come near the screen. Without it a
// picture is a link to itself.
(() => {
  "use strict";
  const gallery = document.querySelector("[data-gallery]");
  const viewer = gallery.querySelector("[data-viewer]");
  const pictures = [...gallery.querySelectorAll("[data-picture]")];
  const shown = viewer.querySelector("[data-viewer-picture]");
  const steps = [...viewer.querySelectorAll("[data-viewer-step]")];
  let place = 0;

  function show(next) {
    place = (next + pictures.length) % pictures.length;
    const link = pictures[place];
    const alt = link.querySelector("img").alt;
    shown.removeAttribute("src"); // not the old one under the new text
    shown.width = link.dataset.width;
    shown.height = link.dataset.height;
    shown.alt = alt;
    shown.src = link.href;
    viewer.querySelector("[data-viewer-text]").textContent = alt;
    viewer.querySelector("[data-viewer-count]").textContent = `${place + 1} / ${pictures.length}`;
    document.dispatchEvent(new CustomEvent("showpiece:announce", { detail: alt }));
  }
  for (const step of steps) {
    step.hidden = pictures.length < 2;
    step.addEventListener("click", () => show(place + Number(step.dataset.viewerStep)));
  }
  gallery.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(pictures.indexOf(link));
    viewer.showModal();
  });
  viewer.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(place + step);
  });
  // Back to the picture that was looked at last, which need not be the one that was opened.
  viewer.addEventListener("close", () => pictures[place].focus());

  const posters = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      posters.unobserve(target);
      target.poster = target.dataset.poster;
    }
  });
  for (const film of gallery.querySelectorAll("video[data-poster]")) posters.observe(film);
})();
