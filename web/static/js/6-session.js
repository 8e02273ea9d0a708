"use strict";

// Warns before the screen is locked, and empties it then. The server locks by
// itself; this keeps the screen honest, and what was typed.
(() => {
  const box = document.querySelector("[data-idle]");
  if (!box) return;
  const length = Number(box.dataset.idle) * 1000;
  const warning = Math.min(120000, length / 3);
  const button = box.querySelector("[data-idle-button]");
  const root = document.documentElement.classList;
  let began = Date.now();
  let before = null;
  let over = false;
  let typed = null; // the form in which somebody typed last

  document.addEventListener("input", ({ target }) => {
    if (target.form?.method === "post") typed = target.form;
  });

  const send = (path, form, more = {}) => {
    const body = new URLSearchParams(new FormData(form));
    for (const name in more) body.set(name, more[name]);
    return fetch(path, { method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } });
  };

  const end = async () => {
    if (over) return;
    over = true;
    const { title } = document;
    root.add("leaving");
    document.title = "";
    try {
      const to = typed ? typed.getAttribute("action") : "";
      const response = await send(box.dataset.idleLock, typed || button.form, { _page: location.pathname, _to: to });
      if (response.status !== 200) {
        document.dispatchEvent(new Event("locked"));
        location.replace(box.dataset.idleAfter);
        return;
      }
      began = Date.now() - length + (await response.json()).seconds * 1000; // it was used in another window
      root.remove("leaving");
      document.title = title;
    } catch {
      // No connection: the page stays hidden, and asks again.
    }
    over = false;
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

  button.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const response = await send(box.dataset.idleStay, button.form);
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
