"use strict";

// Asks the device for a passkey when a form of data-passkey is sent, puts what
// it answers into the form, and sends it. The question is in the form; nothing
// is fetched.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const ask = async (form) => {
    const question = JSON.parse(form.dataset.passkeyAsk);
    question.challenge = bytes(question.challenge);
    if (question.user) question.user.id = bytes(question.user.id);
    for (const list of [question.excludeCredentials, question.allowCredentials]) {
      for (const one of list || []) one.id = bytes(one.id);
    }
    const making = form.dataset.passkey === "make";
    const options = { publicKey: question };
    return making ? navigator.credentials.create(options) : navigator.credentials.get(options);
  };

  // What the device does not answer is left out of the text.
  const written = ({ id, rawId, type, response: answer }) => {
    const may = (buffer) => (buffer ? text(buffer) : undefined);
    const response = {
      clientDataJSON: may(answer.clientDataJSON),
      attestationObject: may(answer.attestationObject),
      authenticatorData: may(answer.authenticatorData),
      signature: may(answer.signature),
      userHandle: may(answer.userHandle),
      transports: answer.getTransports ? answer.getTransports() : undefined,
    };
    return JSON.stringify({ id, rawId: text(rawId), type, response, clientExtensionResults: {} });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const said = form.querySelector("[data-passkey-said]");
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      if (!window.PublicKeyCredential || !navigator.credentials) {
        said.textContent = "This browser has no passkeys, or the page did not come over a safe connection.";
        return;
      }
      busy = true;
      said.textContent = "Answer your key or device now.";
      try {
        form.querySelector("[data-passkey-answer]").value = written(await ask(form));
        form.submit();
      } catch {
        said.textContent = "The key or device did not answer, or is not one of yours. Try again.";
      } finally {
        busy = false;
      }
    });
  }
})();
