"use strict";

// Gives a form what was typed into it before the screen was locked. Nothing is
// sent.
(() => {
  for (const said of document.querySelectorAll("[data-kept]")) {
    const form = [...document.forms].find((f) => f.getAttribute("action") === said.dataset.kept);
    if (!form) continue;
    const left = new Map();
    for (const [name, value] of JSON.parse(said.dataset.keptFields)) left.set(name, [...(left.get(name) || []), value]);
    for (const field of form.elements) {
      const values = left.get(field.name);
      if (["checkbox", "radio"].includes(field.type)) field.checked = (values || []).includes(field.value);
      else if (values && field.type !== "hidden" && field.tagName !== "BUTTON") field.value = values.length > 1 ? values.shift() : values[0];
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
    said.textContent = "What you typed before the screen was locked is here again. It is not sent yet.";
  }
})();
