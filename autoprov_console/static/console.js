"use strict";
// The page is whole without this file. With it, a changed filter shows at once and the table keeps itself up to date.

document.documentElement.classList.add("scripted");

const filter = document.querySelector("[data-filter]");
filter?.querySelector("select").addEventListener("change", () => filter.submit());

// Nobody's typing is thrown away: while a form is open or holds the focus, the table stands still.
const isBusy = (phones) =>
  document.hidden || phones.querySelector("details[open]") || phones.contains(document.activeElement);

async function refresh(phones) {
  const answer = await fetch(phones.dataset.refresh, { redirect: "error" });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("phones");
  if (!isBusy(phones)) phones.replaceWith(fresh);
}

async function tick() {
  const phones = document.getElementById("phones");
  if (!phones) return;
  if (!isBusy(phones)) {
    try {
      await refresh(phones);
    } catch {
      phones.querySelector("[data-freshness]").textContent = "Not up to date: the console does not answer. Still trying.";
    }
  }
  setTimeout(tick, 1000 * phones.dataset.seconds);
}

const phones = document.getElementById("phones");
if (phones) setTimeout(tick, 1000 * phones.dataset.seconds);
