"use strict";

// Counts the characters of a text as one types, and says so to a screen reader
// when one pauses.
(() => {
  for (const area of document.querySelectorAll("[data-count]")) {
    const line = document.getElementById(`${area.id}-count`);
    const said = area.parentElement.querySelector("[data-count-said]");
    if (!line) continue;
    const max = Number(area.dataset.count);
    let pause = 0;
    const update = () => {
      const left = max - [...area.value].length;
      const words = left < 0 ? line.dataset.countOver : line.dataset.countLeft;
      line.textContent = words.replace("{n}", Math.abs(left).toLocaleString("en-US"));
      line.classList.toggle("count-over", left < 0);
      clearTimeout(pause);
      if (said && left < max / 10) {
        pause = setTimeout(() => {
          said.textContent = line.textContent;
        }, 1500);
      }
    };
    area.addEventListener("input", update);
    update();
  }
})();

// "Unknown" beside a date empties the boxes, and typing in a box unticks it.
(() => {
  for (const date of document.querySelectorAll("[data-date]")) {
    const unknown = date.querySelector("input[type=checkbox]");
    if (!unknown) continue;
    const boxes = date.querySelectorAll("input[type=text]");
    unknown.addEventListener("change", () => {
      if (unknown.checked) for (const box of boxes) box.value = "";
    });
    for (const box of boxes) {
      box.addEventListener("input", () => {
        if (box.value !== "") unknown.checked = false;
      });
    }
  }
})();

// The summary of refused answers gets the focus; its links lead to the input.
(() => {
  const summary = document.querySelector("[data-problems]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    for (let at = field.parentElement; at; at = at.parentElement) at.hidden = false;
    const label = field.closest("fieldset, .field") || field;
    label.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
})();
