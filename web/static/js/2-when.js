"use strict";

// Hides questions that do not apply. data-when holds
//   {"all":[{"name":"reach","is":["directly"]},{"name":"under18","not":["no"]}]}
// A name is looked up among the inputs of the form, then in its data-answers.
// "" stands for "not answered". Hidden questions keep what was typed: the
// server drops what does not apply.
(() => {
  const answered = (input) =>
    input.type === "radio" || input.type === "checkbox" ? input.checked : input.value !== "";

  const ofDate = (box) => {
    const part = (name) => {
      const input = box.querySelector(`[name="${CSS.escape(box.dataset.date + name)}"]`);
      return input && answered(input) ? input.value : "";
    };
    if (part(".unknown")) return ["unknown"];
    const text = [part(".year"), part(".month"), part(".day")].filter((p) => p !== "").join("-");
    return text === "" ? [] : [text];
  };

  const answersOf = (form, earlier, name) => {
    const box = form.querySelector(`[data-date="${CSS.escape(name)}"]`);
    if (box) return ofDate(box);
    const inputs = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
    if (inputs.length === 0) return earlier[name] || [];
    return [...inputs].filter(answered).map((input) => input.value).filter((v) => v !== "");
  };

  const holds = (test, codes) => {
    const among = (list) =>
      codes.length === 0 ? list.includes("") : codes.some((code) => list.includes(code));
    return test.is ? among(test.is) : !among(test.not || []);
  };

  const parse = (text, otherwise) => {
    try {
      return JSON.parse(text);
    } catch {
      return otherwise;
    }
  };

  for (const form of document.querySelectorAll("form")) {
    const blocks = [...form.querySelectorAll("[data-when]")].map((element) => ({
      element,
      tests: parse(element.dataset.when, {}).all || [],
    }));
    if (blocks.length === 0) continue;
    const earlier = parse(form.dataset.answers || "{}", {});
    const update = () => {
      for (const { element, tests } of blocks) {
        element.hidden = !tests.every((test) => holds(test, answersOf(form, earlier, test.name)));
      }
    };
    form.addEventListener("input", update);
    form.addEventListener("change", update);
    update();
  }
})();
