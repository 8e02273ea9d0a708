"use strict";

// Filters a list by what is typed above it; nothing is sent anywhere.
(() => {
  for (const filter of document.querySelectorAll("[data-filter]")) {
    const list = document.getElementById(filter.dataset.filter);
    const input = filter.querySelector("[data-filter-input]");
    const said = filter.querySelector("[data-filter-said]");
    if (!list || !input) continue;
    filter.hidden = false;
    const items = [...list.querySelectorAll("[data-filter-text]")];
    const plain = (text) => text.toLowerCase().replace(/[^a-z]/g, "").replace(/^saint/, "st");
    input.addEventListener("input", () => {
      const wanted = plain(input.value);
      let some = 0;
      for (const item of items) {
        const fits = plain(item.dataset.filterText).includes(wanted);
        item.hidden = !fits;
        if (fits) some += 1;
      }
      const words = some === 0 ? said.dataset.filterNone : said.dataset.filterSome;
      said.textContent = wanted === "" ? "" : words.replace("{n}", some).replace("{all}", items.length);
    });
  }
})();
