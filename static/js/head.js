// The phone pages of building heads without a reliable network. All of it may be missing: the pages work without.
// - A report that could not be sent says so, stays on the phone (keep.js), and is sent again by the same button.
// - A tap 无变化 that could not be sent waits on the phone and is sent when there is a network again.
// - 撤销 goes after its minute; the door of a draft leads to it.
"use strict";
{
  const account = document.querySelector("main[data-account]").dataset.account;
  const queue = `taps:${account}`;
  const days = 7;
  htmx.config.timeout = 20_000;

  const waiting = () => JSON.parse(localStorage.getItem(queue) || "[]").filter((tap) => Date.now() - new Date(tap.at) < days * 86_400_000);
  const keepWaiting = (taps) => localStorage.setItem(queue, JSON.stringify(taps));
  const formOf = (tap) => document.querySelector(`form[data-tap][action="${tap.url}"]`);
  // Heard and not shown: nothing may move under the finger; the card shows what is the matter.
  const say = (text) => { Object.assign(document.getElementById("said"), { textContent: text, className: "heard" }); };

  // After its minute a tap stands

  const letGo = (root) => {
    for (const form of root.querySelectorAll("[data-gone-after]")) {
      setTimeout(() => {
        form.parentElement?.classList.remove("buttons-three");
        form.remove();
      }, Number(form.dataset.goneAfter) * 1000);
    }
  };
  letGo(document);
  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) letGo(event.detail.elt); });

  // Taps that wait for the network

  const markWaiting = () => {
    for (const tap of waiting()) {
      const card = formOf(tap)?.closest("article");
      if (!card) continue;
      const mark = card.querySelector(".mark");
      if (mark.matches(".mark-waiting")) continue;
      const before = { text: mark.textContent, look: mark.className };
      Object.assign(mark, { textContent: "待发送", className: "mark mark-waiting" });
      const undo = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "撤销" });
      undo.addEventListener("click", () => {
        keepWaiting(waiting().filter((other) => other.url !== tap.url));
        Object.assign(mark, { textContent: before.text, className: before.look });
        undo.parentElement.classList.remove("buttons-three");
        undo.remove();
        say("已撤销，不再发送。");
      });
      card.querySelector("[data-gone-after]")?.remove();
      card.querySelector("form[data-tap]").after(undo);
      undo.parentElement.classList.add("buttons-three");
    }
  };
  const putInQueue = (form) => {
    const url = form.getAttribute("action");
    if (!waiting().some((tap) => tap.url === url)) keepWaiting([...waiting(), { url, at: new Date().toISOString() }]);
    markWaiting();
    say("没有网络，已记在手机上，有信号时自动发送。");
  };
  const showCard = (tap, answer) => {
    const page = new DOMParser().parseFromString(answer, "text/html");
    const card = formOf(tap)?.closest("article");
    for (const id of ["said", "summary"]) {
      const [old, now] = [document.getElementById(id), page.getElementById(id)];
      if (old && now) old.innerHTML = now.innerHTML;
    }
    if (!card) return;
    const fresh = document.adoptNode(page.querySelector("article"));
    card.replaceWith(fresh);
    htmx.process(fresh);
    letGo(fresh);
  };
  let isSending = false;
  const sendWaiting = async () => {
    if (isSending) return;
    isSending = true;
    try {
      for (const tap of waiting()) {
        const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
        const answer = await fetch(tap.url, {
          method: "POST",
          headers: { "HX-Request": "true", "X-CSRFToken": token },
          body: new URLSearchParams({ at: tap.at }),
        });
        if (answer.redirected) return location.assign(answer.url); // somebody has to sign in; then this page comes back
        if (!answer.ok && answer.status !== 404) return; // a trouble that may pass; a door that is gone does not
        keepWaiting(waiting().filter((other) => other.url !== tap.url));
        if (answer.ok) showCard(tap, await answer.text());
      }
    } catch {
      // Still no network.
    } finally {
      isSending = false;
    }
  };
  keepWaiting(waiting()); // without those that are too old
  markWaiting();
  sendWaiting();
  window.addEventListener("online", sendWaiting);
  setInterval(() => { if (waiting().length) sendWaiting(); }, 20_000);
  document.addEventListener("submit", (event) => {
    if (!event.target.action.endsWith("/logout/") || !waiting().length) return;
    if (!confirm(`还有${waiting().length}户的“无变化”没有发出，退出后不再发送。确定退出吗？`)) event.preventDefault();
  }, true);

  // What cannot be sent

  const failed = (element, sentence) => {
    const form = element.closest("form");
    if (form?.matches("[data-tap]")) return putInQueue(form);
    const unsent = form?.querySelector("#unsent");
    if (!unsent) return say(`${sentence}。`);
    form.dispatchEvent(new Event("input", { bubbles: true })); // kept even if nothing was typed
    unsent.textContent = `${sentence}，已保存在手机上，有信号时点“再发一次”。`;
    unsent.hidden = false;
    form.querySelector("button.button-main").textContent = "再发一次";
  };
  document.addEventListener("htmx:sendError", (event) => failed(event.detail.elt, "没有网络"));
  document.addEventListener("htmx:timeout", (event) => failed(event.detail.elt, "网络太慢，没有发出去"));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const { elt } = requestConfig;
    const asked = new URL(requestConfig.path, location.href).pathname;
    if (xhr.responseURL && new URL(xhr.responseURL).pathname !== asked) {
      // Somebody has to sign in first. The tap goes after that, the report stays in its form.
      event.detail.shouldSwap = false;
      if (elt.matches("[data-tap]")) putInQueue(elt);
      location.assign(xhr.responseURL);
    } else if (xhr.status >= 500) {
      event.detail.shouldSwap = false;
      failed(elt, "社区的系统暂时没有回应");
    } else if (elt.matches("[data-keep]") && [400, 411, 413].includes(xhr.status)) {
      // A page about a body that was not read; the form stays, with what is the matter.
      event.detail.shouldSwap = false;
      const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
      Object.assign(elt.querySelector("#unsent"), { textContent: page.querySelector("main p").textContent, hidden: false });
    } else if (xhr.status >= 400 && elt.closest("article")) {
      event.detail.shouldSwap = false;
      elt.closest("article").querySelector(".mark").textContent = "没有记下，请刷新";
    }
  });

  // Photos stay chosen when the form comes back with a mistake

  let photos;
  document.addEventListener("htmx:configRequest", (event) => { photos = event.detail.elt.querySelector("input[type=file]")?.files; });
  document.addEventListener("htmx:afterSwap", () => {
    const input = document.querySelector("form[data-keep] input[type=file]");
    if (input && photos?.length) input.files = photos;
  });

  // The door of a report that was begun leads to it

  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(`keep:${account}:`))) {
    const path = name.slice(`keep:${account}:`.length);
    const card = document.getElementById(`door-${path.split("/")[3]}`);
    if (!card) continue;
    const link = Object.assign(document.createElement("a"), { className: "button button-draft", href: path });
    link.textContent = `没有报完：${JSON.parse(localStorage.getItem(name)).title.split("：")[1]}，接着填`;
    card.append(link);
  }
}
