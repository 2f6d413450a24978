// Check-ins of a party member without a reliable network. All of it may be missing: the form works without.
// A check-in is kept on the phone (IndexedDB, because photos are files) before it is sent, shown as 待发送 until it has
// arrived, and sent again when there is a network. Its token makes it arrive once, however often it is sent.
"use strict";
{
  const account = document.querySelector("main[data-account]").dataset.account;
  const days = 7;
  const say = (text) => { document.getElementById("said").textContent = text; };
  const cardOf = (post) => document.querySelector(`article[data-post="${post}"]`);

  // What waits, by its token

  const opened = new Promise((resolve, reject) => {
    const request = indexedDB.open("check-ins", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("waiting", { keyPath: "token" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const inStore = async (mode, act) => {
    const transaction = (await opened).transaction("waiting", mode);
    const request = act(transaction.objectStore("waiting"));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  const keep = (entry) => inStore("readwrite", (store) => store.put(entry));
  const forget = (token) => inStore("readwrite", (store) => store.delete(token));
  const waiting = async () => {
    const entries = await inStore("readonly", (store) => store.getAll());
    return entries.filter((entry) => entry.account === account).sort((a, b) => a.at.localeCompare(b.at));
  };
  const newToken = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  const mark = async () => {
    for (const entry of await waiting()) {
      const state = cardOf(entry.post)?.querySelector(".mark");
      if (state) Object.assign(state, { textContent: "待发送", className: "mark mark-waiting" });
    }
  };

  // Sending

  const show = (entry, text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.querySelector("article");
    const note = page.querySelector(".note");
    if (fresh && cardOf(entry.post)) cardOf(entry.post).replaceWith(document.adoptNode(fresh));
    say(note?.textContent ?? "");
  };
  const bodyOf = (entry) => {
    const body = new FormData();
    for (const name of ["post", "token", "at", "note"]) body.append(name, entry[name]);
    for (const photo of entry.photos) body.append("photos", photo, photo.name || "photo.jpg");
    return body;
  };
  let isSending = false;
  const send = async () => {
    if (isSending) return;
    isSending = true;
    try {
      for (const entry of await waiting()) {
        const answer = await fetch(entry.url, {
          method: "POST",
          headers: { "HX-Request": "true", "X-CSRFToken": document.querySelector("input[name=csrfmiddlewaretoken]").value },
          body: bodyOf(entry),
          signal: AbortSignal.timeout(120_000),
        });
        // Somebody has to sign in; then this page comes back, and sends what waits.
        if (answer.redirected) return location.assign(`/m/`);
        if (answer.status === 413 && entry.photos.length) {
          await keep({ ...entry, photos: [] }); // the check-in counts without them
          return say("照片太大，没有发出；签到稍后自动发送。");
        }
        if (!answer.ok && answer.status !== 422) return say("社区的系统暂时没有回应，已保存在手机上，稍后自动发送。");
        await forget(entry.token);
        show(entry, await answer.text());
      }
    } catch {
      say("没有网络，已保存在手机上，有信号时自动发送；请不要关闭本页，或稍后再打开。");
    } finally {
      isSending = false;
      await mark();
    }
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-check-in]")) return;
    event.preventDefault();
    const data = new FormData(form);
    const entry = {
      account,
      url: form.getAttribute("action"),
      at: new Date().toISOString(),
      post: data.get("post"),
      token: data.get("token"),
      note: data.get("note"),
      photos: data.getAll("photos").filter((photo) => photo.size),
    };
    try {
      await keep(entry);
    } catch {
      return form.submit(); // no room on the phone, or a private window: sent as any form
    }
    form.reset();
    form.elements.token.value = newToken();
    await mark();
    await send();
  });
  document.addEventListener("submit", async (event) => {
    if (!event.target.action.endsWith("/logout/") || event.target.dataset.sure) return;
    event.preventDefault();
    const entries = await waiting().catch(() => []);
    if (entries.length && !confirm(`还有${entries.length}次签到没有发出，退出后不再发送。确定退出吗？`)) return;
    for (const entry of entries) await forget(entry.token);
    event.target.dataset.sure = "yes";
    event.target.requestSubmit();
  });

  const start = async () => {
    for (const entry of await waiting()) {
      if (Date.now() - new Date(entry.at) > days * 86_400_000) await forget(entry.token);
    }
    await mark();
    await send();
  };
  start().catch(() => {});
  window.addEventListener("online", send);
  setInterval(async () => { if ((await waiting().catch(() => [])).length) send(); }, 20_000);
}
