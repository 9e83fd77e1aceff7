(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const store = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("signalbench-theme");
      localStorage.setItem("signalbench-theme", value);
    } catch { /* a page opened from a file may have no storage */ }
    return null;
  };

  // Light and dark.
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const saved = store();
  if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  for (const button of $$("#theme")) {
    const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
    label();
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      store(root.dataset.theme);
      label();
    });
  }

  // The embedded result, the command.
  for (const button of $$("[data-download]")) {
    button.addEventListener("click", () => {
      const text = document.getElementById("raw-json").textContent;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
      link.download = button.dataset.download;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }
  for (const button of $$("[data-copy]")) {
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      try { await navigator.clipboard.writeText(source.textContent); button.textContent = "Copied"; }
      catch { getSelection().selectAllChildren(source); button.textContent = "Selected"; }
    });
  }
  // A link to something folded unfolds it.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) { target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();
  addEventListener("beforeprint", () => $$("details").forEach((one) => { one.open = true; }));

  // Charts: a cursor with values, and zooming of the time axis that all time charts share.
  const NS = "http://www.w3.org/2000/svg";
  const make = (name, parent, attributes) => {
    const node = document.createElementNS(NS, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    return parent.appendChild(node);
  };
  const three = (value) => {
    if (value === 0 || (Number.isInteger(value) && Math.abs(value) < 1e15)) return value.toLocaleString("en-US");
    const size = Math.abs(value);
    return size >= 100 ? Math.round(value).toLocaleString("en-US") : size >= 1e-3 ? value.toPrecision(3) : value.toExponential(1);
  };
  const clock = (seconds, span) => {
    if (span > 7200) return `${three(seconds / 3600)} h`;
    if (span > 300) return `${three(seconds / 60)} min`;
    return `${span < 10 ? seconds.toFixed(2) : span < 100 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  };
  const charts = $$("figure.chart").map((figure) => {
    const plot = figure.querySelector("svg.plot");
    const area = figure.querySelector("svg.area");
    const chart = {
      figure, plot, area, axis: figure.querySelector(".xa"), scale: plot.dataset.scale, end: +plot.dataset.end,
      names: figure.querySelector(".sn"), series: JSON.parse(figure.querySelector(".points").textContent), from: 0, to: 1,
    };
    chart.labels = chart.axis.innerHTML;
    chart.cursor = make("line", plot, { class: "cursor", y1: 0, y2: plot.getAttribute("height"), visibility: "hidden" });
    chart.box = make("rect", plot, { class: "selection", y: 0, height: plot.getAttribute("height"), visibility: "hidden" });
    chart.tip = document.createElement("div");
    chart.tip.className = "tip";
    chart.tip.hidden = true;
    figure.append(chart.tip);
    return chart;
  });
  const timed = charts.filter((chart) => chart.scale === "time");
  const nines = (q) => -Math.log10(Math.max(1 - q, 1e-9));
  const share = (chart, x) => chart.scale === "nines" ? nines(x) / nines(chart.end) : x / chart.end;
  const value = (chart, part) => chart.scale === "nines" ? 1 - 10 ** (-part * nines(chart.end)) : part * chart.end;

  const zoom = (from, to) => {
    for (const chart of timed) {
      chart.from = Math.max(0, from);
      chart.to = Math.min(1, to);
      const width = chart.to - chart.from;
      chart.area.setAttribute("viewBox", `${chart.from * 1000} 0 ${width * 1000} 1000`);
      chart.names.setAttribute("visibility", width < 1 ? "hidden" : "visible");
      if (width >= 1) { chart.axis.innerHTML = chart.labels; continue; }
      chart.axis.replaceChildren();
      for (let step = 0; step <= 4; step += 1) {
        const text = make("text", chart.axis, {
          x: `${step * 25}%`, y: +chart.plot.getAttribute("height") + 17,
          "text-anchor": step === 0 ? "start" : step === 4 ? "end" : "middle",
        });
        text.textContent = clock((chart.from + width * step / 4) * chart.end, width * chart.end);
      }
    }
  };
  const nearest = (line, x) => {
    let low = 0;
    let high = line.x.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (line.x[middle] < x) low = middle + 1; else high = middle;
    }
    return low > 0 && x - line.x[low - 1] < line.x[low] - x ? low - 1 : low;
  };
  const show = (chart, part, withTip) => {
    const inside = (part - chart.from) / (chart.to - chart.from);
    for (const end of ["x1", "x2"]) chart.cursor.setAttribute(end, `${inside * 100}%`);
    chart.cursor.setAttribute("visibility", inside >= 0 && inside <= 1 ? "visible" : "hidden");
    chart.tip.hidden = !withTip;
    if (!withTip) return;
    const x = value(chart, part);
    chart.tip.replaceChildren();
    const head = document.createElement("b");
    head.textContent = chart.scale === "nines" ? `${(x * 100).toPrecision(6).replace(/\.?0+$/, "")} %`
      : chart.scale === "linear" ? three(x) : clock(x, chart.end * (chart.to - chart.from));
    chart.tip.append(head);
    for (const line of chart.series) {
      if (!line.x.length) continue;
      const y = line.y[nearest(line, x)];
      const row = document.createElement("div");
      const key = document.createElement("i");
      key.className = `key ${line.style}`;
      row.append(key, `${line.name} ${y === null ? "not measured" : three(y) + chart.plot.dataset.symbol}`);
      chart.tip.append(row);
    }
    const box = chart.plot.getBoundingClientRect();
    const outer = chart.figure.getBoundingClientRect();
    const left = box.left - outer.left + inside * box.width;
    const isRight = inside > 0.55;
    chart.tip.style.top = `${box.top - outer.top + 4}px`;
    chart.tip.style.left = isRight ? "auto" : `${left + 10}px`;
    chart.tip.style.right = isRight ? `${outer.width - left + 10}px` : "auto";
  };
  const hide = () => {
    for (const chart of charts) {
      chart.cursor.setAttribute("visibility", "hidden");
      chart.tip.hidden = true;
    }
  };
  const point = (chart, part) => {
    chart.at = Math.min(chart.to, Math.max(chart.from, part));
    for (const other of chart.scale === "time" ? timed : [chart]) show(other, chart.at, other === chart);
  };
  for (const chart of charts) {
    const { plot, box } = chart;
    let start = null;
    const inside = (event) => {
      const area = plot.getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - area.left) / area.width));
    };
    const part = (event) => chart.from + inside(event) * (chart.to - chart.from);
    plot.addEventListener("pointerdown", (event) => {
      if (chart.scale === "time" && event.button === 0 && event.pointerType === "mouse") start = inside(event);
    });
    plot.addEventListener("pointermove", (event) => {
      point(chart, part(event));
      if (start === null) return;
      const now = inside(event);
      box.setAttribute("x", `${Math.min(start, now) * 100}%`);
      box.setAttribute("width", `${Math.abs(now - start) * 100}%`);
      box.setAttribute("visibility", "visible");
    });
    const finish = (event) => {
      if (start === null) return;
      const ends = [start, inside(event)].sort((a, b) => a - b).map((at) => chart.from + at * (chart.to - chart.from));
      start = null;
      box.setAttribute("visibility", "hidden");
      if (ends[1] - ends[0] > 0.01 * (chart.to - chart.from)) zoom(ends[0], ends[1]);
    };
    plot.addEventListener("pointerup", finish);
    plot.addEventListener("pointerleave", (event) => { finish(event); hide(); });
    plot.addEventListener("dblclick", () => zoom(0, 1));
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", (event) => {
      const width = chart.to - chart.from;
      const at = chart.at === undefined ? chart.from + width / 2 : chart.at;
      const step = width / (event.shiftKey ? 10 : 50);
      if (event.key === "ArrowLeft") point(chart, at - step);
      else if (event.key === "ArrowRight") point(chart, at + step);
      else if (event.key === "+" && chart.scale === "time") { zoom(at - width / 4, at + width / 4); point(chart, at); }
      else if ((event.key === "-" || event.key === "Escape") && chart.scale === "time") { zoom(0, 1); hide(); }
      else return;
      event.preventDefault();
    });
  }
})();
