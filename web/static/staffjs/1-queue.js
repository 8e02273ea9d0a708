"use strict";

// The keys j and k move through a queue and Enter opens, as the first link of a
// row has the focus. A box beside the queue switches them off.
(() => {
  const table = document.querySelector("[data-queue]");
  if (!table) return;
  const line = document.querySelector("[data-keys]");
  const on = document.querySelector("[data-keys-on]");
  if (line) line.hidden = false;
  const links = [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);

  document.addEventListener("keydown", (event) => {
    if ((on && !on.checked) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key !== "j" && event.key !== "k") return;
    const at = event.target;
    if (at !== on && at instanceof Element && at.closest("input, textarea, select")) return;
    const row = document.activeElement && document.activeElement.closest("tr");
    const here = row ? links.indexOf(row.querySelector("a")) : -1;
    const next = event.key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
    if (links[next]) {
      event.preventDefault();
      links[next].focus();
    }
  });
})();
