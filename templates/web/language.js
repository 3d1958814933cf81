// Takes what was typed along to the same page in another language. Without it, the page says that it would be lost.
(() => {
  "use strict";
  const KEY = `typed ${location.pathname}`;
  const OTHER = { reply: "reopen", reopen: "reply" }; // the case may have been closed, or opened again, in between
  const choice = document.querySelector("nav.languages");
  const forms = () => [...document.querySelectorAll("form")].filter((form) => form.elements.action);

  const words = (form) =>
    [...form.elements].filter((field) => field.name && !["hidden", "file", "checkbox", "submit"].includes(field.type));

  const state = (form) => ({
    action: form.elements.action.value,
    typed: words(form).filter((field) => field.type !== "radio" || field.checked).map((field) => [field.name, field.value]),
    here: [...form.querySelectorAll("input[name=sent]:checked")].map((box) => [box.value, box.nextElementSibling.textContent]),
    gone: [...form.querySelectorAll("input[type=file]")].flatMap((field) => [...field.files].map((file) => file.name)),
  });

  const element = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text });

  // A file that has arrived is named again, and one that was only chosen has to be chosen once more.
  const putFiles = (form, { here, gone }) => {
    const chooser = form.querySelector("input[type=file]");
    if (!chooser) return;
    for (const [word, text] of here) {
      const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "sent", value: word, checked: true });
      const label = element("label", "kept", "");
      label.append(box, " ", element("span", "", text));
      chooser.before(label);
    }
    for (const name of gone) chooser.after(element("p", "wrong", `${name}: ${choice.dataset.lost}`));
  };

  const put = (saved) => {
    const named = (action) => forms().find((one) => one.elements.action.value === action);
    const form = named(saved.action) || named(OTHER[saved.action]);
    if (!form) return;
    for (const field of words(form)) {
      const value = saved.typed.find(([name, value]) => name === field.name && (field.type !== "radio" || value === field.value));
      if (field.type === "radio") field.checked = Boolean(value);
      else if (value) field.value = value[1];
    }
    putFiles(form, saved);
    const fold = form.closest("details");
    if (fold && saved.typed.some(([, value]) => value)) fold.open = true;
  };

  try {
    const saved = JSON.parse(sessionStorage.getItem(KEY) || "[]");
    sessionStorage.removeItem(KEY);
    saved.forEach(put);
    choice.addEventListener("click", (event) => {
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
      if (event.target.closest("a") && !elsewhere) sessionStorage.setItem(KEY, JSON.stringify(forms().map(state)));
    });
  } catch { /* no room, or none allowed: then it is as without this */ }
})();
