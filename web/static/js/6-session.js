"use strict";

// Warns before the screen is locked, and empties it then. The server locks by
// itself; this keeps the screen honest, and what was typed.
(() => {
  const { body, documentElement } = document;
  if (!body.dataset.idle) return;
  const length = Number(body.dataset.idle) * 1000;
  const warning = Math.min(120000, length / 3);
  const out = document.querySelector(".who-out"); // its token is that of the session
  const root = documentElement.classList;
  const box = document.createElement("div");
  const add = (tag, words, id) => {
    const part = Object.assign(document.createElement(tag), { textContent: words, id });
    box.append(part);
    return part;
  };
  add("h2", "Are you still there?", "idle-title").className = "idle-title";
  const kept = body.dataset.draft
    ? "Your draft is safe: what you typed is saved, and you can go on with it later."
    : "Nothing that you have saved is lost.";
  add("p", `For safety the screen will be locked in about two minutes. ${kept}`, "idle-text");
  const button = add("button", "Stay signed in", "idle-stay");
  button.className = "button";
  box.className = "idle";
  box.hidden = true;
  box.setAttribute("role", "alertdialog");
  box.setAttribute("aria-labelledby", "idle-title");
  box.setAttribute("aria-describedby", "idle-text");
  body.append(box);
  let began = Date.now();
  let before = null;
  let over = false;
  let typed = null; // the form in which somebody typed last

  document.addEventListener("input", ({ target }) => {
    if (target.form?.method === "post") typed = target.form;
  });

  const send = (path, form, more = {}) => {
    const sent = new URLSearchParams(new FormData(form));
    for (const name in more) sent.set(name, more[name]);
    return fetch(path, { method: "POST", body: sent, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } });
  };

  const end = async () => {
    if (over) return;
    over = true;
    const { title } = document;
    root.add("leaving");
    document.title = "";
    try {
      const to = typed ? typed.getAttribute("action") : "";
      const response = await send("/lock", typed || out, { _page: location.pathname, _to: to });
      if (response.status !== 200) {
        document.dispatchEvent(new Event("locked"));
        location.replace("/unlock");
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

  button.addEventListener("click", async () => {
    try {
      const response = await send("/stay", out);
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
