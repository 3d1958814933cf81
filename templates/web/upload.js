// Shows how far each file has come, sends it in pieces, and goes on with one that broke off. Without it the form sends all at once.
(() => {
  "use strict";
  const form = document.getElementById("upload");
  const list = document.getElementById("progress");
  const button = form.querySelector("button");
  const chooser = form.querySelector("input[type=file]");
  const PIECE = 8 * 1024 * 1024;
  const PAUSES = [1, 2, 4, 8, 15, 30, 30];
  const say = form.dataset;

  const later = (seconds) => new Promise((go) => setTimeout(go, seconds * 1000));

  // The same file gets the same name, so that it is gone on with when the page was left in between.
  const nameOf = (file) => {
    let hash = 0xcbf29ce484222325n;
    for (const unit of new TextEncoder().encode(`${file.name}/${file.size}/${file.lastModified}`)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(unit)) * 0x100000001b3n);
    }
    return `f${hash.toString(16).padStart(16, "0")}${file.size.toString(36)}`;
  };

  const digest = async (piece) => {
    if (!crypto.subtle) return null;
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await piece.arrayBuffer()));
    return `sha-256=:${btoa(String.fromCharCode(...sum))}:`;
  };

  const row = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const note = document.createElement("span");
    name.textContent = file.name;
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    note.className = "quiet";
    item.append(name, note, bar);
    list.append(item);
    return { item, bar, note };
  };

  const warn = (line, words) => {
    line.note.className = "wrong";
    line.note.setAttribute("role", "alert");
    line.note.textContent = words;
  };

  const show = (line, file, have) => {
    line.bar.value = have;
    const share = file.size ? Math.floor((100 * have) / file.size) : 100;
    line.note.className = "quiet";
    line.note.removeAttribute("role");
    line.note.textContent = have >= file.size ? say.here : say.of.replace("%", `${share} %`);
  };

  const ask = (method, url, headers, body, moved) =>
    new Promise((answered, broken) => {
      const call = new XMLHttpRequest();
      call.open(method, url);
      Object.entries(headers).forEach(([key, value]) => value && call.setRequestHeader(key, value));
      call.upload.onprogress = (event) => moved && moved(event.loaded);
      call.onerror = call.ontimeout = () => broken(new Error("broken"));
      call.onload = () => {
        let said = {};
        try { said = JSON.parse(call.responseText); } catch { /* a page, not an answer: its status tells */ }
        answered({ status: call.status, said });
      };
      call.timeout = 120000;
      call.send(body);
    });

  const refused = (words) => Object.assign(new Error("refused"), { words });

  const send = async (file, line) => {
    const url = `${say.token}/${nameOf(file)}${location.search}`;
    let have = -1;
    let failures = 0;
    while (have < file.size) {
      try {
        if (have < 0) {
          const there = await ask("GET", url, {}, null);
          if (there.status !== 200) throw refused(say.refused);
          have = there.said.have;
          show(line, file, have);
          continue;
        }
        const start = have;
        const piece = file.slice(start, start + PIECE);
        const range = `bytes ${start}-${start + piece.size - 1}/${file.size}`;
        const headers = { "Content-Range": range, "Content-Digest": await digest(piece) };
        const answer = await ask("PUT", url, headers, piece, (sent) => show(line, file, Math.min(start + sent, file.size - 1)));
        if (answer.said.why === "bent" || answer.status >= 500 && answer.status !== 507) throw new Error("again");
        if (answer.said.words) throw refused(answer.said.words);
        if (answer.said.have === undefined) throw refused(say.refused);
        if (answer.said.have === start) throw new Error("again");
        have = answer.said.have;
        failures = 0;
        show(line, file, have);
      } catch (error) {
        if (error.words || failures >= PAUSES.length) throw error;
        warn(line, say.again);
        await later(PAUSES[failures]);
        failures += 1;
        have = -1;
      }
    }
    return `${nameOf(file)}/${file.size}/${file.name}`;
  };

  const whyNot = (file) => {
    if (!file.size) return say.empty;
    return Number(say.largest) && file.size > Number(say.largest) ? say.tooLarge : "";
  };

  const sendOne = async (file, line) => {
    try {
      const why = whyNot(file);
      if (why) throw refused(why);
      return await send(file, line);
    } catch (error) {
      warn(line, error.words || say.brokeOff);
      return "";
    }
  };

  // A screenshot is pasted where the words are; what has words, too, is pasted as words.
  form.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    if (!pasted.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    const chosen = new DataTransfer();
    [...chooser.files, ...pasted].forEach((file) => chosen.items.add(file));
    chooser.files = chosen.files;
  });

  form.addEventListener("submit", async (event) => {
    if (!chooser.files.length) return;
    event.preventDefault();
    button.disabled = true;
    list.replaceChildren();
    const files = [...chooser.files];
    const lines = files.map(row);
    const words = [];
    for (const [n, file] of files.entries()) words.push(await sendOne(file, lines[n]));
    button.disabled = false;
    if (words.includes("")) {
      button.textContent = say.goOn;
      return;
    }
    for (const word of words) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "sent";
      field.value = word;
      form.append(field);
    }
    chooser.disabled = true;
    form.submit();
  });
})();
