"use strict";

// Warns before the session ends, and empties the screen when it has ended. The
// server ends it by itself; this only keeps the screen honest.
(() => {
  const box = document.querySelector("[data-idle]");
  if (!box) return;
  const length = Number(box.dataset.idle) * 1000;
  const warning = Math.min(120000, length / 3);
  const button = box.querySelector("[data-idle-button]");
  let began = Date.now();
  let before = null;
  let over = false;

  const end = () => {
    if (over) return;
    over = true;
    document.documentElement.classList.add("leaving");
    document.title = "";
    location.replace(box.dataset.idleAfter);
  };

  const look = () => {
    const gone = Date.now() - began;
    if (gone >= length) {
      end();
    } else if (gone >= length - warning && box.hidden) {
      before = document.activeElement;
      box.hidden = false;
      button.focus();
    }
  };

  box.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const response = await fetch(box.dataset.idleStay, {
        method: "POST",
        body: new URLSearchParams(new FormData(event.target)),
        credentials: "same-origin",
        redirect: "manual",
        headers: { Accept: "application/json" },
      });
      if (!response.ok) {
        end();
        return;
      }
      began = Date.now();
      box.hidden = true;
      if (before) before.focus();
    } catch {
      // No connection: the warning stays, and the button can be pressed again.
    }
  });

  // A saved draft is a sign of life for the server as well.
  document.addEventListener("saved", () => {
    began = Date.now();
    box.hidden = true;
  });

  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
})();
