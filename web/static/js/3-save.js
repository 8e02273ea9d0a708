"use strict";

// Saves a draft while one types: data-save of the form is the address. The
// fields are posted as the form would post them, with the header
// "Accept: application/json". The answer is {"saved":"14:02","rev":"7"}; rev goes
// into the form's _rev. Nothing is kept in the browser.
(() => {
  const every = 15000; // milliseconds from a change to its saving, at most 20 s
  const words = {
    saved: "Saved",
    not: "Not saved yet. We will try again; you can go on typing.",
    moved: "This draft was changed in another window. Your typing is still here: choose Save and leave to see both.",
    out: "You are signed out. Sign in again in another window; your typing is still here.",
  };

  const start = (form) => {
    const line = form.querySelector("[data-saved]");
    let timer = 0;
    let busy = false;
    let stopped = false;
    let waiting = null; // a button was pressed while saving: it is pressed again afterwards

    // What would be saved, without the revision, which the server counts.
    const typed = () => {
      const fields = new URLSearchParams(new FormData(form));
      fields.delete("_rev");
      return fields.toString();
    };
    let sent = typed();

    const say = (text) => {
      if (line && line.textContent !== text) line.textContent = text;
    };

    const later = () => {
      if (!timer && !stopped) timer = setTimeout(save, every);
    };

    const took = (answer) => {
      const rev = form.elements.namedItem("_rev");
      if (rev && answer.rev !== undefined) rev.value = String(answer.rev);
      const now = new Date();
      const clock = `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
      say(`${words.saved} ${answer.saved || clock}`);
      document.dispatchEvent(new Event("saved"));
    };

    async function save(keepalive = false) {
      clearTimeout(timer);
      timer = 0;
      const now = typed();
      if (busy || stopped || now === sent) return;
      busy = true;
      try {
        const response = await fetch(form.dataset.save, {
          method: "POST",
          body: new URLSearchParams(new FormData(form)),
          credentials: "same-origin",
          redirect: "manual",
          keepalive: keepalive === true,
          headers: { Accept: "application/json" },
        });
        if (response.ok) {
          sent = now;
          took(await response.json());
        } else if (response.status === 409) {
          stopped = true;
          say(words.moved);
        } else if ([0, 401, 403].includes(response.status)) {
          stopped = true;
          say(words.out);
        } else {
          say(words.not);
          later();
        }
      } catch {
        say(words.not);
        later();
      } finally {
        busy = false;
        if (waiting) form.requestSubmit(waiting.by);
        else if (typed() !== sent) later();
      }
    }

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", (event) => {
      if (busy && !waiting) {
        event.preventDefault();
        waiting = { by: event.submitter };
        return;
      }
      stopped = true;
      clearTimeout(timer);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") save(true);
    });
  };

  for (const form of document.querySelectorAll("form[data-save]")) start(form);
})();
