"use strict";

// The keys j and k, and the arrows, move through a queue, and Enter opens, as the
// first link of a row has the focus. A box beside the queue switches them off.
(() => {
  const table = document.querySelector("[data-queue]");
  if (!table) return;
  const line = document.querySelector("[data-keys]");
  const on = document.querySelector("[data-keys-on]");
  if (line) line.hidden = false;
  const steps = new Map([["j", 1], ["ArrowDown", 1], ["k", -1], ["ArrowUp", -1]]);
  const links = [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);

  document.addEventListener("keydown", (event) => {
    if ((on && !on.checked) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.defaultPrevented || event.isComposing) return;
    const step = steps.get(event.key);
    if (!step || event.shiftKey) return;
    const at = event.target;
    if (at !== on && at instanceof Element && at.closest("input, textarea, select, [contenteditable]")) return;
    const row = document.activeElement && document.activeElement.closest("tr");
    const here = row ? links.indexOf(row.querySelector("a")) : -1;
    if (here < 0 && event.key.startsWith("Arrow")) return; // outside of the queue they scroll
    const next = Math.min(Math.max(here + step, 0), links.length - 1);
    if (links[next]) {
      event.preventDefault();
      links[next].focus();
    }
  });
})();
