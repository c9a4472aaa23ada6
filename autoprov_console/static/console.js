"use strict";
// The page is whole without this file. With it, a changed filter shows at once and the table keeps itself up to date.

document.documentElement.classList.add("scripted");

const filter = document.querySelector("[data-filter]");
filter?.querySelector("select").addEventListener("change", () => filter.submit());

// Nobody's typing or copying is thrown away: while a form is open or text is selected, the table stands still.
const isBusy = (phones) => document.hidden || phones.querySelector("details[open]") || !getSelection().isCollapsed;

function replace(phones, fresh) {
  const row = phones.contains(document.activeElement) && document.activeElement.closest("tr")?.id;
  phones.replaceWith(fresh);
  if (row) document.getElementById(row)?.querySelector("summary")?.focus();
}

async function refresh(phones) {
  const answer = await fetch(phones.dataset.refresh, { redirect: "error" });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!isBusy(phones)) replace(phones, page.getElementById("phones"));
}

async function tick() {
  const phones = document.getElementById("phones");
  if (!isBusy(phones)) {
    try {
      await refresh(phones);
    } catch {
      phones.querySelector("[data-freshness]").textContent = "Not up to date: no answer just now. Still trying.";
    }
  }
  planTick();
}

function planTick() {
  const phones = document.getElementById("phones");
  if (phones) setTimeout(tick, 1000 * phones.dataset.seconds);
}

planTick();
