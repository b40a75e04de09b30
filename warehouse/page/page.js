// Shows the evidence of rows and marks, builds the tables, copies links. Text from sources is only ever set as text.
"use strict";
{
  const PAGE = 200; // rows a table shows at once
  const ROWS = 20; // rows a panel shows for one mark
  const CITED = 40; // figures a panel shows for one row
  const NEAR = 24; // px around a mark that belong to it

  // the data are parsed when they are first used, so that the page is drawn without waiting for them
  let parsed;
  const data = () => (parsed ??= JSON.parse(document.getElementById("release-data").textContent));

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  function day(text) {
    if (!text) return "on an unknown day";
    return new Date(`${text}T00:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  }

  function shown(value, unit) {
    if (value === null) return "not known";
    if (Array.isArray(value)) return value.map((item) => data().names[item] ?? item).join(", ") || "none";
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (typeof value === "number" && unit !== "year") return value.toLocaleString("en-US", { maximumFractionDigits: value % 1 && Math.abs(value) > 1000 ? 0 : 4 });
    return data().names[value] ?? String(value);
  }

  const spoken = (value) => data().names[value] ?? (/^\d{4}-\d\d-\d\d$/.test(value) ? day(value) : typeof value === "number" && Math.abs(value) >= 10000 ? value.toLocaleString("en-US") : String(value).replaceAll("_", " "));
  const count = (number, noun) => `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
  const isLink = (address) => /^https?:\/\//.test(address || "");
  const linked = (text, address) => (isLink(address) ? make("a", { href: address, rel: "noreferrer", target: "_blank" }, text) : text);
  const titleOf = (key) => document.getElementById(`${key}-title`)?.textContent ?? "";

  // columns whose values repeat are stored as those values, with the end of each one's rows or with each row's position among them
  const cell = (column, i) => (Array.isArray(column) ? column[i] : column.values[column.at ? column.at[i] : column.until.findIndex((end) => i < end)]);

  // positions of rows or figures, of which successive ones are stored as a run: "3 7-9"
  const unrolled = (text) => (text ? text.split(" ") : []).flatMap((run) => {
    const [first, last = first] = run.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });

  const unpacked = new Map();
  function table(key) {
    if (!unpacked.has(key)) {
      const { values, texts: coded, drawn = "", ...rest } = data().tables[key];
      const texts = [];
      // rows in words begin alike: each is stored as the number of characters that it shares with the row before, and its rest
      for (let i = 0; i < coded.length; i += 2) texts.push((texts.at(-1) ?? "").slice(0, coded[i]) + coded[i + 1]);
      unpacked.set(key, { ...rest, drawn: unrolled(drawn), texts, rows: texts.map((_, i) => values.map((column) => cell(column, i))) });
    }
    return unpacked.get(key);
  }

  const told = document.querySelector(".told");
  function tell(text) {
    told.textContent = text;
    setTimeout(() => told.textContent === text && (told.textContent = ""), 4000);
  }

  async function copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
      tell(`${what} copied`);
    } catch {
      prompt(`Copy ${what.toLowerCase()}:`, text);
    }
  }

  const page = () => location.href.split("#")[0];

  // --- evidence -------------------------------------------------------------------------------------------------

  const dialog = document.querySelector("dialog");
  const heading = document.getElementById("panel-title");
  const panel = dialog.querySelector(".panel");

  function figure(index) {
    const [file, document, first, further, printed, kind, line] = data().evidence.map((column) => cell(column, index));
    const [path, sha256, lines] = data().files[file];
    const [publisher, title, url, primary, via, copied, published, read] = data().documents[document];
    const { columns, values: cells } = kind === null ? { columns: [] } : data().lines[kind];
    const values = columns.map((name, i) => [name, cell(cells[i], line)]).filter(([, value]) => value !== null && value !== "");
    return { path, sha256, lines, first, last: first + further, printed, values, publisher, title, url, primary, via, copied, published, read };
  }

  // one link a figure: to the document, or to the copy that it was read in, which is named as what it is
  function documentOf(f) {
    const name = f.title || f.url || "untitled";
    const via = f.via ? (f.url ? `, via ${f.via}` : make("span", {}, ", read in a copy: ", linked(f.via, f.copied))) : null;
    return make("p", { class: "document" }, `${f.publisher}: `, f.url ? linked(name, f.url) : name, via, f.primary ? null : " (secondary)");
  }

  function cited(index) {
    const f = figure(index);
    const place = f.first === f.last ? `line ${f.first}` : `lines ${f.first} to ${f.last}`;
    const values = f.values.length ? make("p", { class: "values" }, ...f.values.map(([name, value]) =>
      make("span", {}, make("span", { class: "label" }, name.replaceAll("_", " ").replace(" iso3", "")), ` ${spoken(value)} `))) : null;
    return make("li", {},
      f.printed ? make("p", { class: "printed" }, `\u201c${f.printed}\u201d`) : values,
      documentOf(f),
      make("p", { class: "dates" }, `Published ${day(f.published)}, read ${day(f.read)}.`),
      make("details", {}, make("summary", {}, "Check the record: ", place),
        f.printed ? values : null,
        f.lines ? make("p", {}, make("a", { href: `${f.lines}#L${f.first}`, target: "_blank" }, `Open ${place}`), " of ", make("code", {}, f.path))
          : make("p", {}, "Left out of this site, since its terms do not allow passing figures on in bulk: ", place, " of ", make("code", {}, f.path)),
        make("p", { class: "sha" }, "SHA-256 ", make("code", {}, f.sha256))));
  }

  // a row's citation: this release, and the documents its figures were read in
  function citation(text, indexes, format) {
    const release = document.querySelector("footer code").textContent;
    const documents = [...new Map(indexes.map((i) => [cell(data().evidence[1], i), figure(i)])).values()];
    if (format === "BibTeX") {
      return documents.map((f, i) => `@misc{dyad-${release}-${i + 1},\n  author = {{${f.publisher}}},\n  title  = {${f.title || f.url}},\n  year   = {${(f.published || "").slice(0, 4)}},\n` +
        `${f.url || f.copied ? `  url    = {${f.url || f.copied}},\n` : ""}  note   = {${f.via ? `Via ${f.via}. ` : ""}Read ${f.read}. Cited by dyad, release ${release}: ${text}}\n}`).join("\n\n");
    }
    if (format === "Chicago") {
      return documents.map((f) => `${f.publisher}. \u201c${f.title || f.url}.\u201d ${f.published ? `${day(f.published)}. ` : ""}${f.via ? `Via ${f.via}. ` : ""}Accessed ${day(f.read)}. ${f.url || f.copied || ""}.`).join("\n");
    }
    const sources = documents.map((f) => `${f.publisher}, ${f.title || f.url}${f.url ? `, ${f.url}` : f.via ? `, via ${f.via}${f.copied ? `, ${f.copied}` : ""}` : ""} (${f.published || "no date"})`);
    return `${text}\ndyad, release ${release}. From: ${sources.join("; ")}.`;
  }

  function rowOf(key, index, level) {
    const { columns, rows, texts, evidence } = table(key);
    const links = columns.flatMap(([name], i) => {
      const what = name.endsWith("_url") && name.slice(0, -4);
      if (!what || !isLink(rows[index][i])) return [];
      const named = columns.findIndex(([other]) => other.includes(what) && other !== name);
      return [linked(`${what[0].toUpperCase()}${what.slice(1)} ${named < 0 ? "" : rows[index][named]}`, rows[index][i])];
    });
    const fields = columns.map(([name, unit], i) => make("div", {}, make("dt", {}, name), make("dd", {}, shown(rows[index][i], unit))));
    const ids = evidence[index];
    const copies = ["Text", "BibTeX", "Chicago"].map((format) => {
      const button = make("button", { type: "button" }, format);
      button.addEventListener("click", () => copy(citation(texts[index], ids, format), "Citation"));
      return button;
    });
    const link = make("button", { type: "button" }, "Link");
    link.addEventListener("click", () => copy(`${page()}#${address(key, index)}`, "Link"));
    return make("section", {},
      ...(level ? [make(level, {}, texts[index])] : []), links.length ? make("p", { class: "links" }, ...links) : null,
      make("p", { class: "label" }, `Computed from ${count(ids.length, "line")}.`),
      make("ol", { class: "cited" }, ...ids.slice(0, CITED).map(cited)),
      ids.length > CITED ? make("p", {}, `And ${count(ids.length - CITED, "more line")}: the dataset's files list them all.`) : null,
      make("div", { class: "bar" }, make("span", { class: "label" }, "Copy as"), ...copies, link),
      make("details", {}, make("summary", {}, "The row's values"), make("dl", { class: "fields" }, ...fields)));
  }

  function show(title, ...parts) {
    heading.textContent = title;
    panel.replaceChildren(...parts.filter(Boolean));
    tip.hidden = true;
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    heading.focus();
  }

  function open(key, rows, factors = []) {
    const converted = factors.length ? make("section", {}, make("h3", {}, "Converted with"), make("ol", { class: "cited" }, ...factors.map(cited))) : null;
    if (rows.length === 1) {
      show(table(key).texts[rows[0]], make("p", { class: "kicker" }, titleOf(key)), rowOf(key, rows[0]), converted);
      return;
    }
    const parts = rows.slice(0, ROWS).map((index) => rowOf(key, index, "h3"));
    if (rows.length > ROWS) parts.push(make("p", {}, `And ${count(rows.length - ROWS, "more row")}: the table below the chart lists them all.`));
    show(`This mark stands for ${count(rows.length, "row")} of the dataset`, make("p", { class: "kicker" }, titleOf(key)), ...parts, converted);
  }

  // the documents behind a whole chart, by publisher, the most cited first
  function openSources(key) {
    const { drawn, evidence } = table(key);
    const rows = drawn.length ? drawn : evidence.map((_, i) => i);
    const byPublisher = new Map();
    for (const index of new Set(rows.flatMap((row) => evidence[row]))) {
      const f = figure(index);
      const documents = byPublisher.get(f.publisher) ?? new Map();
      const name = `${f.title} ${f.url} ${f.copied}`;
      documents.set(name, { f, lines: (documents.get(name)?.lines ?? 0) + 1 });
      byPublisher.set(f.publisher, documents);
    }
    const total = (documents) => [...documents.values()].reduce((sum, { lines }) => sum + lines, 0);
    const parts = [...byPublisher].sort(([, a], [, b]) => total(b) - total(a)).map(([publisher, documents]) => make("section", {},
      make("h3", {}, publisher), make("ul", { class: "cited" }, ...[...documents.values()].map(({ f, lines }) =>
        make("li", {}, documentOf(f), make("p", { class: "dates" }, `${count(lines, "line")}. Published ${day(f.published)}, read ${day(f.read)}.`))))));
    show("What this chart rests on", make("p", { class: "kicker" }, titleOf(key)), ...parts);
  }

  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  // --- addresses ------------------------------------------------------------------------------------------------

  const address = (key, index) => {
    const { columns, rows, key: names } = table(key);
    return `row/${[key, ...names.map((name) => rows[index][columns.findIndex(([column]) => column === name)])].map(encodeURIComponent).join("/")}`;
  };

  // the address of a chart in the unit that is shown: only buttons of other units than the first have an id
  const shownAs = (key) => document.querySelector(`#${key} .units [aria-pressed=true]`)?.id || key;

  function reveal() { // a link to a row opens its evidence, to a unit shows the chart in it, into a fold opens the fold
    const target = location.hash.slice(1);
    if (target.startsWith("row/")) {
      const key = decodeURIComponent(target.split("/")[1]);
      const index = data().tables[key] ? table(key).texts.findIndex((_, i) => address(key, i) === target) : -1;
      if (index < 0) return tell("This release has no such row");
      document.getElementById(key)?.scrollIntoView();
      return open(key, [index]);
    }
    const element = target && document.getElementById(decodeURIComponent(target));
    if (!element) return;
    if (element.dataset.draw) {
      exchange(element.dataset.draw, element);
      return document.getElementById(element.dataset.draw).scrollIntoView();
    }
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    element.scrollIntoView();
  }
  addEventListener("hashchange", reveal);

  // --- tables ---------------------------------------------------------------------------------------------------

  function tableRow(key, index) {
    const { columns, rows } = table(key);
    const button = make("button", { type: "button", class: "evidence", "data-key": key, "data-row": index },
      "Evidence", make("span", { class: "hidden" }, ` of row ${index + 1}`));
    const cells = columns.map(([, unit], i) => {
      const value = rows[index][i];
      return make("td", typeof value === "number" ? { class: "number" } : {}, value === null ? "–" : shown(value, unit));
    });
    return make("tr", {}, make("td", {}, button), ...cells);
  }

  function build(box) {
    const key = box.dataset.table;
    const { columns, rows, drawn } = table(key);
    const state = make("p", { role: "status" });
    const filter = make("input", { type: "search", "aria-label": "Show rows that contain" , placeholder: "Filter rows" });
    const all = make("input", { type: "checkbox" });
    const more = make("button", { type: "button" }, `Show ${PAGE} more`);
    const body = make("tbody");
    let sorted = { column: -1, sign: 1 };
    let chosen = [];
    let limit = PAGE;

    const headers = columns.map(([name, unit], i) => {
      const button = make("button", { type: "button" }, unit && !["year", "date", "count"].includes(unit) && !name.endsWith(unit.toLowerCase()) ? `${name} (${unit})` : name);
      button.addEventListener("click", () => {
        sorted = { column: i, sign: sorted.column === i ? -sorted.sign : 1 };
        choose();
      });
      return make("th", { scope: "col", ...(typeof rows[0]?.[i] === "number" ? { class: "number" } : {}) }, button);
    });

    function compare(a, b) {
      const [one, other] = [rows[a][sorted.column], rows[b][sorted.column]];
      if (one === null || other === null) return (one === null) - (other === null);
      return sorted.sign * (typeof one === "number" ? one - other : String(one).localeCompare(String(other), "en"));
    }

    function choose() {
      const sought = filter.value.trim().toLowerCase();
      const candidates = drawn.length && !all.checked ? drawn : rows.map((_, i) => i);
      chosen = candidates.filter((i) => !sought || rows[i].some((value, c) => shown(value, columns[c][1]).toLowerCase().includes(sought)));
      if (sorted.column >= 0) chosen = [...chosen].sort(compare);
      headers.forEach((th, i) => (i === sorted.column ? th.setAttribute("aria-sort", sorted.sign > 0 ? "ascending" : "descending") : th.removeAttribute("aria-sort")));
      limit = PAGE;
      fill();
    }

    function fill() {
      body.replaceChildren(...chosen.slice(0, limit).map((i) => tableRow(key, i)));
      more.hidden = chosen.length <= limit;
      const scope = drawn.length && !all.checked ? `${count(drawn.length, "row")} of the chart` : count(rows.length, "row");
      state.textContent = `${Math.min(limit, chosen.length)} of ${scope} shown; – marks an unknown value.`;
    }

    filter.addEventListener("input", choose);
    all.addEventListener("change", choose);
    more.addEventListener("click", () => {
      limit += PAGE;
      fill();
    });
    const label = `Rows of: ${titleOf(key)}`;
    const whole = drawn.length && drawn.length < rows.length ? make("label", {}, all, `All ${count(rows.length, "row")}`) : null;
    box.append(
      make("div", { class: "tools" }, filter, whole),
      make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, make("table", {},
        make("caption", { class: "hidden" }, label), make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "evidence"), ...headers)), body)),
      state, more);
    choose();
  }

  // --- charts ---------------------------------------------------------------------------------------------------

  const tip = make("div", { class: "tip", hidden: "" });
  document.body.append(tip);
  const rowsOf = (mark) => unrolled(mark.dataset.rows);
  const openMark = (mark) => open(mark.closest("[data-chart]").dataset.chart, rowsOf(mark), unrolled(mark.dataset.factors));
  const marksOf = (svg) => (svg.marks ??= [...svg.querySelectorAll("[data-rows]")]);

  // a mark is a button as soon as a script answers it
  function arm(root) {
    for (const mark of root.querySelectorAll("svg [data-rows]")) mark.setAttribute("role", "button");
  }

  // the mark under the pointer, else the nearest one not further away than the least size of a target
  function nearest(svg, event) {
    const hit = event.target.closest?.("[data-rows]");
    if (hit) return hit;
    let [best, least] = [null, NEAR];
    for (const mark of marksOf(svg)) {
      const box = mark.getBoundingClientRect();
      const distance = Math.hypot(Math.max(box.left - event.clientX, 0, event.clientX - box.right), Math.max(box.top - event.clientY, 0, event.clientY - box.bottom));
      if (distance < least) [best, least] = [mark, distance];
    }
    return best;
  }

  function point(mark, x, y) {
    document.querySelector(".near")?.classList.remove("near");
    tip.hidden = !mark;
    if (!mark) return;
    mark.classList.add("near");
    const key = mark.closest("[data-chart]").dataset.chart;
    const ids = [...new Set(rowsOf(mark).flatMap((index) => table(key).evidence[index]))].sort((a, b) => a - b);
    const f = ids.length ? figure(ids[0]) : null;
    const rest = ids.length > 1 ? ` and ${count(ids.length - 1, "more line")}` : "";
    tip.replaceChildren(make("b", {}, mark.getAttribute("aria-label")),
      f ? make("p", { class: "document" }, `${f.publisher}: ${f.title || f.url || "untitled"}${f.via ? `, via ${f.via}` : ""}${rest}.`) : null, make("p", {}, "Select the mark to see its evidence."));
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - width - 8))}px`;
    tip.style.top = `${y + 18 + height > innerHeight ? Math.max(8, y - height - 12) : y + 18}px`;
  }

  function focus(mark) {
    mark.setAttribute("tabindex", "-1");
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = mark.getBoundingClientRect();
    point(mark, box.right, box.bottom);
  }

  // a chart is one stop; the arrows lead from mark to mark, Enter opens the evidence, Escape leads back to the chart
  function steer(svg, event) {
    const marks = marksOf(svg);
    const at = marks.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && marks.length) focus(marks[at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length]);
    else if (event.key === "Home" && marks.length) focus(marks[0]);
    else if (event.key === "End" && marks.length) focus(marks.at(-1));
    else if ((event.key === "Enter" || event.key === " ") && at >= 0) openMark(marks[at]);
    else if (event.key === "Escape" && at >= 0) svg.focus();
    else return;
    event.preventDefault();
  }

  for (const chart of document.querySelectorAll("[data-chart]")) {
    const within = (event) => event.target.closest("svg");
    let asked = false;
    chart.addEventListener("pointermove", (event) => {
      const svg = within(event);
      if (asked || !svg || event.pointerType === "touch") return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        point(nearest(svg, event), event.clientX, event.clientY);
      });
    });
    chart.addEventListener("pointerleave", () => requestAnimationFrame(() => point(null)));
    chart.addEventListener("click", (event) => {
      const mark = within(event) && nearest(within(event), event);
      if (mark) openMark(mark);
    });
    chart.addEventListener("keydown", (event) => within(event) && steer(within(event), event));
    chart.addEventListener("focusout", () => point(null));
  }

  // a drawing in another unit and its words change places with those shown; what is not shown waits in a template
  function exchange(key, button) {
    const find = (selector) => document.getElementById(key).querySelector(selector);
    const [chart, embed, pressed] = [find(".chart"), find("[data-embed]"), find(".units [aria-pressed=true]")];
    const next = find(`template[data-unit="${button.dataset.unit}"]`);
    if (!next) return;
    const waiting = make("template", { "data-unit": pressed.dataset.unit, "data-image": embed.dataset.image, "data-ratios": chart.style.cssText });
    for (const [name, element] of [["title", find("h3 a")], ["subtitle", find(".subtitle")], ["note", find(".note")]]) {
      waiting.dataset[name] = element.textContent;
      element.textContent = next.dataset[name];
    }
    arm(next.content);
    const [wide, narrow] = [...next.content.children].map(marksOf);
    for (const [i, mark] of (narrow ?? []).entries()) mark.setAttribute("aria-label", wide[i].getAttribute("aria-label")); // stored once
    waiting.content.append(...chart.children);
    chart.append(...next.content.children);
    chart.style.cssText = next.dataset.ratios;
    embed.dataset.image = next.dataset.image;
    next.replaceWith(waiting);
    for (const other of [pressed, button]) other.setAttribute("aria-pressed", String(other === button));
    for (const list of document.getElementById(key).querySelectorAll(".menu [data-unit]")) list.hidden = list.dataset.unit !== button.dataset.unit;
  }

  // a year chosen below a chart leaves the marks with a row of that year
  for (const range of document.querySelectorAll("[data-years]")) {
    const [key, years] = [range.dataset.of, range.dataset.years.split(" ").map(Number)];
    range.addEventListener("input", () => {
      const year = years[range.value - 1];
      const { columns, rows } = table(key);
      const column = columns.findIndex(([name]) => name === "year");
      for (const mark of document.querySelectorAll(`[data-chart="${key}"] [data-rows]`)) {
        mark.classList.toggle("off", year !== undefined && !rowsOf(mark).some((index) => rows[index][column] === year));
      }
      range.nextElementSibling.textContent = year ?? "all years";
      range.setAttribute("aria-valuetext", year ?? "all years");
    });
  }

  // --- page -----------------------------------------------------------------------------------------------------

  const actions = {
    row: ({ key, row }) => open(key, [Number(row)]),
    sources: ({ sources }) => openSources(sources),
    link: ({ link }) => copy(`${page()}#${shownAs(link)}`, "Link"),
    embed: ({ embed, image }) => {
      const [svg, target] = [new URL(image, page()).href, `${page()}#${shownAs(embed)}`];
      const [narrow, words] = [svg.replace(/\.svg$/, ".narrow.svg"), titleOf(embed)];
      const text = make("p", {}, words).innerHTML.replaceAll('"', "&quot;");
      copy(`<figure><a href="${target}"><picture><source media="(max-width: 600px)" srcset="${narrow}"><img src="${svg}" alt="${text}" style="width:100%;height:auto"></picture></a><figcaption>${text}. <a href="${target}">dyad</a></figcaption></figure>`, "Embed code");
    },
    draw: ({ draw: key }, button) => exchange(key, button),
    show: ({ show: key }, button) => {
      const box = document.querySelector(`[data-table="${key}"]`);
      box.hidden = !box.hidden;
      button.setAttribute("aria-expanded", String(!box.hidden));
      if (!box.firstChild) build(box);
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-row], button[data-sources], button[data-link], button[data-embed], button[data-draw], button[data-show]");
    if (button) Object.entries(actions).find(([name]) => name in button.dataset)[1](button.dataset, button);
    for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  const opened = [];
  addEventListener("beforeprint", () => {
    const closed = [...document.querySelectorAll("details[data-print]:not([open])")];
    closed.forEach((details) => (details.open = true));
    opened.push(...closed);
  });
  addEventListener("afterprint", () => opened.splice(0).forEach((details) => (details.open = false)));

  // charts out of sight are laid out one by one when nothing else waits, so that a picture of the whole page has them
  const unseen = [...document.querySelectorAll(".chart")];
  function layOut() {
    const next = unseen.shift();
    if (!next) return;
    next.style.contentVisibility = "visible";
    requestIdleCallback(layOut);
  }

  arm(document);
  reveal();
  document.documentElement.dataset.ready = "";
  requestIdleCallback(layOut);
}
