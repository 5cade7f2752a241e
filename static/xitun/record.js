// The record form: photos are made small before they travel, what is typed is kept as a draft, the chosen day is said.
// Without script the server does the first, the button does the second, and the date field says the third.
(() => {
  "use strict";
  const LIMIT = 400 * 1024, EDGES = [1600, 1280, 1024, 800], QUALITY = 0.8, PAUSE = 4000, GOES_ALONG = 60000; // bytes that a browser sends on when the page closes

  const blobOf = (canvas) => new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));

  // Drawn anew, so that neither the place nor the camera goes along; as it is where this browser cannot read it.
  async function small(file) {
    if (file.size <= LIMIT || !file.type.startsWith("image/")) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      for (const edge of EDGES) {
        const scale = Math.min(1, edge / Math.max(picture.width, picture.height));
        const canvas = document.createElement("canvas");
        canvas.width = Math.round(picture.width * scale);
        canvas.height = Math.round(picture.height * scale);
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        const blob = await blobOf(canvas);
        if (blob && blob.size <= LIMIT) return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
      }
    } catch { /* a format or browser that cannot: the server makes it small */ }
    return file;
  }
  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.matches("input[type=file][accept^='image']") || !window.DataTransfer || !window.createImageBitmap) return;
    const chosen = [...input.files];
    const ready = [];
    for (const file of chosen) ready.push(await small(file)); // one after the other: a cheap phone has little memory
    if (input.files.length !== chosen.length || ready.every((file, i) => file === chosen[i])) return;
    try {
      const transfer = new DataTransfer();
      ready.forEach((file) => transfer.items.add(file));
      input.files = transfer.files;
    } catch { /* they travel as they are */ }
  });

  // A form that is refused comes back without its photos: what lacks is said before they travel, and before app.js counts it as sent.
  window.addEventListener("submit", (event) => {
    const form = event.target, chosen = [...form.querySelectorAll("input[type=file]")].some((box) => box.files.length);
    if (!chosen || ["draft", "prepare"].includes(event.submitter?.name) || form.checkValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.querySelectorAll(":invalid").forEach((box) => box.closest("details")?.setAttribute("open", ""));
    form.reportValidity();
  }, true);

  // What is typed waits on the server for its author (projects/drafts.py), should the phone ring or the page be closed.
  const waiting = new Map();
  const FEW = 3; // ticks: so many are soon set again
  const typed = (form) => [...form.querySelectorAll("textarea, input:not([type]), input[type=text]")].some((box) => !box.readOnly && box.value !== box.defaultValue)
    || [...form.querySelectorAll("input:checked")].filter((box) => !box.defaultChecked).length >= FEW;
  async function keep(form) {
    clearTimeout(waiting.get(form)?.timer);
    if (form.dataset.sent || !form.isConnected || !typed(form)) return;
    const words = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") words.append(name, value);
    words.set("draft", "1");
    const stop = new AbortController();
    waiting.set(form, { stop });
    const said = form.querySelector("[data-kept]");
    let kept = false;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: words, headers: { "X-Keep": "1" }, credentials: "same-origin", redirect: "manual", keepalive: words.toString().length < GOES_ALONG, signal: stop.signal,
      });
      kept = answer.status === 204;
    } catch { /* no line just now; the next pause tries again */ }
    if (said) said.textContent = kept ? said.dataset.kept : "";
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (!form) return;
    clearTimeout(waiting.get(form)?.timer);
    waiting.set(form, { timer: setTimeout(() => keep(form), PAUSE) });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") [...waiting.keys()].filter((form) => waiting.get(form).timer).forEach(keep);
  });
  document.addEventListener("submit", (event) => {
    const pending = waiting.get(event.target);
    clearTimeout(pending?.timer);
    pending?.stop?.abort();
    waiting.delete(event.target);
  }, true);

  // Back to a form that was sent: it may have been loaded anew, with its words but another number. It is the same form.
  const SENT = "form[data-keep] [name=submission_id]";
  document.addEventListener("submit", (event) => {
    const number = event.target.querySelector?.("[name=submission_id]");
    if (number?.matches(SENT)) history.replaceState({ ...history.state, sent: number.value }, "");
  }, true);
  const number = history.state?.sent && document.querySelector(SENT);
  if (number) {
    number.value = history.state.sent;
    document.querySelector("[data-further]")?.remove();
  }

  document.addEventListener("change", (event) => {
    const box = event.target;
    const shown = box.type === "date" && box.closest("details")?.querySelector("[data-day-words]");
    if (!shown || !box.value) return;
    const words = new Intl.DateTimeFormat(document.documentElement.lang, { month: "short", day: "numeric", timeZone: "UTC" });
    shown.textContent = (box.value === box.max ? `${shown.dataset.today} ` : "") + words.format(new Date(box.value));
  });
})();
