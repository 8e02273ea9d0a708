"use strict";

// Leave this page: the button, or Shift pressed three times within five
// seconds with no other key between. The page is blanked at once; the entry of
// the history is replaced, not added.
(() => {
  const button = document.querySelector("[data-leave]");

  const leave = () => {
    document.documentElement.classList.add("leaving");
    document.title = "";
    location.replace(button.dataset.leave);
  };

  const say = (words) => {
    const place = document.querySelector("[data-leave-said]");
    if (place) place.textContent = words;
  };

  if (button) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
    let presses = [];
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Shift") {
        presses = [];
        return;
      }
      if (event.repeat) return;
      const now = Date.now();
      presses = presses.filter((at) => now - at < 5000);
      presses.push(now);
      if (presses.length === 1) say("Press Shift two more times to leave this page");
      if (presses.length === 2) say("Press Shift one more time to leave this page");
      if (presses.length >= 3) leave();
    });
  }

  // A page taken from the back/forward cache may be one of a session that has
  // ended: it is blanked and asked for again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.documentElement.classList.add("leaving");
    location.reload();
  });
})();
