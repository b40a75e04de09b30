// Draws the charts, builds the tables and shows the evidence of a row. Text from sources is only ever set as text.
"use strict";
{
  const data = JSON.parse(document.getElementById("release-data").textContent);
  const PAGE = 200; // rows a table shows at once
  const ROWS = 20; // rows a panel shows for one mark
  const CITED = 40; // figures a panel shows for one row

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function shown(value, unit) {
    if (value === null) return "not known";
    if (Array.isArray(value)) return value.join(", ") || "none";
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (typeof value === "number" && unit !== "year") return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
    return String(value);
  }

  // --- evidence -------------------------------------------------------------------------------------------------

  const dialog = document.querySelector("dialog");
  const panel = dialog.querySelector(".panel");

  function cited(index) {
    const [fileIndex, documentIndex, first, last, printed] = data.evidence[index];
    const [file, sha256] = data.files[fileIndex];
    const [publisher, title, url, primary, via, copy, published, read] = data.documents[documentIndex];
    const linked = (name, address) =>
      /^https?:\/\//.test(address || "") ? make("a", { href: address, rel: "noreferrer", target: "_blank" }, name) : name;
    const source = via ? [", via ", linked(via, copy)] : primary ? [] : [" (secondary)"];
    const place = `${file}, ${first === last ? `line ${first}` : `lines ${first} to ${last}`}`;
    return make("li", {},
      ...(printed ? [make("p", { class: "printed" }, `\u201c${printed}\u201d`)] : []),
      make("p", { class: "document" }, `${publisher}: `, linked(title || url || "untitled", url), ...source),
      make("p", {}, `Published ${published || "on a day not known"}, read ${read || "on a day not known"}.`),
      make("p", {}, make("code", {}, place)),
      make("p", { class: "sha" }, "sha256 ", make("code", {}, sha256)));
  }

  function rowOf(key, index, level) {
    const table = data.tables[key];
    const fields = make("dl", { class: "fields" });
    table.columns.forEach(([name, unit], i) => {
      fields.append(make("div", {}, make("dt", {}, name), make("dd", {}, shown(table.rows[index][i], unit))));
    });
    const ids = table.evidence[index];
    const list = make("ol", { class: "cited" }, ...ids.slice(0, CITED).map(cited));
    const rest = ids.length > CITED ? [make("p", {}, `And ${ids.length - CITED} more figures: the dataset's files list them all.`)] : [];
    const heading = `Computed from ${ids.length} ${ids.length === 1 ? "figure" : "figures"}`;
    return make("section", {}, fields, make(level, {}, heading), list, ...rest);
  }

  function open(key, rows) {
    const owner = document.getElementById(`${key}-title`);
    const parts = [make("p", { class: "kicker" }, owner ? owner.textContent : "")];
    if (rows.length > 1) parts.push(make("p", {}, `This mark stands for ${rows.length} rows of the dataset.`));
    rows.slice(0, ROWS).forEach((index, i) => {
      if (rows.length > 1) parts.push(make("h3", {}, `Row ${i + 1} of ${rows.length}`));
      parts.push(rowOf(key, index, rows.length > 1 ? "h4" : "h3"));
    });
    if (rows.length > ROWS) parts.push(make("p", {}, `And ${rows.length - ROWS} more rows: the table below the chart lists them all.`));
    panel.replaceChildren(...parts);
    tip.hidden = true;
    dialog.showModal();
    dialog.scrollTop = 0;
  }

  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.evidence");
    if (button) open(button.dataset.key, [Number(button.dataset.row)]);
  });

  // --- tables ---------------------------------------------------------------------------------------------------

  function tableRow(key, index) {
    const { columns, rows } = data.tables[key];
    const button = make("button", { type: "button", class: "evidence", "data-key": key, "data-row": index },
      "Evidence", make("span", { class: "hidden" }, ` of row ${index + 1}`));
    const cells = columns.map(([, unit], i) => {
      const value = rows[index][i];
      return make("td", typeof value === "number" ? { class: "number" } : {}, value === null ? "–" : shown(value, unit));
    });
    return make("tr", {}, make("td", {}, button), ...cells);
  }

  function build(details) {
    const key = details.dataset.table;
    const { columns, rows } = data.tables[key];
    const title = document.getElementById(`${key}-title`).textContent;
    const body = make("tbody");
    const head = make("tr", {}, make("th", { scope: "col" }, "evidence"), ...columns.map(([name]) => make("th", { scope: "col" }, name)));
    const label = `Rows of: ${title}`;
    const table = make("table", {}, make("caption", { class: "hidden" }, label), make("thead", {}, head), body);
    const state = make("p", { role: "status" });
    const csv = details.closest("article").querySelector('a[href$=".csv"]');
    const more = make("button", { type: "button" }, `Show ${PAGE} more`);
    more.addEventListener("click", extend);
    details.append(make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table), state, more);
    extend();

    function extend() {
      const from = body.rows.length;
      body.append(...rows.slice(from, from + PAGE).map((_, i) => tableRow(key, from + i)));
      more.hidden = body.rows.length === rows.length;
      state.replaceChildren(`${body.rows.length} of ${rows.length} rows shown; – is a value not known. The whole dataset: `, make("a", { href: csv.getAttribute("href") }, "CSV"), ".");
    }
  }

  for (const details of document.querySelectorAll("details[data-table]")) {
    details.addEventListener("toggle", () => details.open && !details.querySelector("table") && build(details));
  }

  // --- charts ---------------------------------------------------------------------------------------------------

  const tip = make("div", { class: "tip", hidden: "" });
  document.body.append(tip);

  // the fields of a tooltip for people: no flag that does not apply, no code of a state
  function fieldsOf(value) {
    if (typeof value !== "object") return [["", String(value)]];
    return Object.entries(value)
      .filter(([name, text]) => name !== "Evidence" && !["", "false", "null", "undefined"].includes(String(text)))
      .map(([name, text]) => [name, String(text) === "true" ? "yes" : String(text).replace(/\b[A-Z]{3}\b/g, (code) => data.names[code] ?? code)]);
  }

  function restsOn(key, rows) {
    const ids = [...new Set(rows.flatMap((index) => data.tables[key].evidence[index]))];
    const [publisher, title, url, , via] = data.documents[data.evidence[ids[0]][1]];
    const more = ids.length - 1;
    const rest = more ? ` and ${more} more ${more === 1 ? "figure" : "figures"}` : "";
    return [make("p", { class: "document" }, `${publisher}: ${title || url || "untitled"}${via ? `, via ${via}` : ""}${rest}.`), make("p", {}, "Choose it for the links.")];
  }

  const tooltip = (key) => (_, event, item, value) => {
    tip.hidden = !value;
    if (!value) return;
    const lines = fieldsOf(value).map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text)));
    tip.replaceChildren(make("dl", { class: "fields" }, ...lines), ...(item.datum.rows?.length ? restsOn(key, item.datum.rows) : []));
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
    tip.style.top = `${event.clientY + 18 + height > innerHeight ? Math.max(8, event.clientY - height - 12) : event.clientY + 18}px`;
  };

  function specification(key) {
    const spec = data.charts[key];
    for (const rows of Object.values(spec.datasets)) {
      for (const row of rows) if (row.shape !== undefined) row.geometry = data.shapes[row.shape];
    }
    return spec;
  }

  const waiting = new Set(document.querySelectorAll("[data-chart]"));

  async function draw(element) {
    if (!waiting.delete(element)) return;
    const key = element.dataset.chart;
    const options = { mode: "vega-lite", ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: tooltip(key) };
    const { view } = await vegaEmbed(element, specification(key), options);
    view.addEventListener("click", (_, item) => item?.datum?.rows?.length && open(key, item.datum.rows));
    view.addEventListener("mousemove", (_, item) => element.classList.toggle("chosen", Boolean(item?.datum?.rows?.length)));
    element.querySelector("svg").setAttribute("aria-hidden", "true"); // the container says in words what is drawn
  }

  // a chart that scrolls sideways is reached by keyboard and named; one that fits is no stop on the way
  const fits = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const scrolls = target.scrollWidth > target.clientWidth;
    for (const [name, value] of Object.entries({ role: "region", tabindex: "0", "aria-label": target.dataset.label })) {
      if (scrolls) target.setAttribute(name, value);
      else target.removeAttribute(name);
    }
  }));
  document.querySelectorAll(".wide").forEach((element) => fits.observe(element));

  async function drawAll() {
    const near = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && draw(entry.target)), { rootMargin: "300px" });
    const all = [...waiting];
    all.forEach((element) => near.observe(element));
    for (const element of all) { // the rest in order, a breath between two, so that print and search find them drawn
      await new Promise((resolve) => setTimeout(resolve, 30));
      await draw(element);
      if (element === all[0]) performance.mark("first-chart");
    }
    near.disconnect();
    document.documentElement.dataset.ready = "";
  }

  // --- page -----------------------------------------------------------------------------------------------------

  function reveal() { // a link into a closed step opens it
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) target.open = true;
  }
  addEventListener("hashchange", reveal);
  reveal();

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details[data-print]:not([open])")];
    opened.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));

  drawAll();
}
