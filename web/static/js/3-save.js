"use strict";

// Saves a draft while one types: data-save of the form is the address. The
// fields are posted as the form would post them, with the header
// "Accept: application/json". The answer is {"saved":"14:02","rev":"7.…"}; rev goes
// into the form's _rev. With 422 and 409 all is saved but an answer that is wrong,
// or was changed elsewhere. Nothing is kept in the browser but, for
// five seconds, that a page was left while it was saved.
(() => {
  const every = 15000; // milliseconds from a change to its saving, at most 20 s
  const words = {
    200: "",
    422: ", but for an answer that is not complete or not right. Save and leave shows which.",
    409: ", but for an answer that was changed in another window. Save and leave shows both.",
    not: "Not saved yet. We will try again; you can go on typing.",
    out: "You are signed out. Your typing is still here: choose Save and leave, and sign in.",
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

    const took = (answer, but) => {
      form.elements.namedItem("_rev").value = answer.rev;
      say(`Saved ${answer.saved}${but}`);
      document.dispatchEvent(new Event("saved"));
    };

    async function save(keepalive = false) {
      clearTimeout(timer);
      timer = 0;
      const now = typed();
      if (busy || stopped || now === sent) return;
      busy = true;
      // The next page waits for this save, whichever the server is asked for first.
      if (keepalive === true) document.cookie = `leaving=${Date.now()}; max-age=5; path=/; samesite=strict`;
      const body = new URLSearchParams(new FormData(form));
      try {
        const response = await fetch(form.dataset.save, {
          method: "POST",
          body,
          credentials: "same-origin",
          redirect: "manual",
          keepalive: keepalive === true && `${body}`.length < 60000, // browsers take no more
          headers: { Accept: "application/json" },
        });
        if (response.status in words) {
          took(await response.json(), words[response.status]);
          sent = now;
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
    document.addEventListener("locked", () => {
      stopped = true; // the lock has kept what was typed
    });
    // Before the page that is asked for instead is: it shows what was saved.
    addEventListener("beforeunload", () => save(true));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") save(true);
    });
  };

  for (const form of document.querySelectorAll("form[data-save]")) start(form);
})();
