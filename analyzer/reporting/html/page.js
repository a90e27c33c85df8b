"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDEST = 1.15;
  const NARROWEST = 0.55;
  const WORDS = {
    builtin: "builtin op", select: "needs Select TF ops", refused: "refused by the converter",
    folded: "leaves nothing in the file", unknown: "not judged", dead: "feeds no output",
  };
  const editor = typeof acquireVsCodeApi === "function" ? acquireVsCodeApi() : null;
  const graphs = JSON.parse(document.getElementById("data").textContent);
  const canvas = document.querySelector(".canvas");
  const crumbs = document.querySelector(".crumbs");
  const told = document.querySelector(".told");
  const which = document.getElementById("which");
  const view = { graph: graphs[0], level: 0, scale: null, node: null };

  const element = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const tag = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const button = (text, action, className) => {
    const made = tag("button", className, text);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  };

  // Sources

  const line = (id) => document.getElementById(id);
  const labelled = (id) => {
    const file = line(id.split("-")[0]).querySelector("h2").textContent;
    const several = document.querySelectorAll(".file").length > 1;
    return (several ? file + ":" : "line ") + line(id).querySelector(".number").textContent;
  };
  const unfold = (target) => {
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };
  const mark = (strong, weak) => {
    document.querySelectorAll(".line.on, .line.by").forEach((row) => row.classList.remove("on", "by"));
    weak.forEach((id) => line(id).classList.add("by"));
    strong.forEach((id) => line(id).classList.add("on"));
  };
  const reveal = (id) => {
    unfold(line(id));
    line(id).scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  };
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // The graph

  const level = () => view.graph.levels[view.level];
  const show = (graph, number, node) => {
    Object.assign(view, { graph, level: number, node: null });
    if (which) which.value = graph.model;
    document.querySelectorAll("[data-of]").forEach((note) => { note.hidden = note.dataset.of !== graph.model; });
    draw();
    if (node !== undefined) choose(node, false);
  };

  const draw = () => {
    const drawn = level();
    const svg = element("svg", { viewBox: `0 0 ${drawn.width} ${drawn.height}`, role: "group", "aria-label": drawn.title });
    const lines = element("g", { class: "edges" });
    drawn.edges.forEach((edge) => lines.append(element("path", { d: edge.path, "data-from": edge.from, "data-to": edge.to })));
    svg.append(lines);
    drawn.nodes.forEach((node, number) => svg.append(box(node, number)));
    canvas.replaceChildren(svg);
    view.scale = null;
    resize();
    canvas.scrollTo(Math.max(0, (svg.clientWidth - canvas.clientWidth) / 2), 0);
    told.replaceChildren(tag("p", "aside", "Choose an op to see its lines, or the count beside a line to see its ops."));
    trail();
  };

  const box = (node, number) => {
    const [x, y, width, height] = node.box;
    const group = element("g", {
      class: `node ${node.support}${node.level !== null ? " opens" : ""}`, transform: `translate(${x} ${y})`,
      tabindex: 0, role: "button", "aria-label": `${node.label[0]}, ${WORDS[node.support]}`, "data-node": number,
    });
    if (node.level !== null) group.append(element("rect", { class: "behind", x: 4, y: 4, width, height, rx: 6 }));
    group.append(element("rect", { width, height, rx: node.role ? 20 : 6 }));
    const middle = node.label[1] ? 17 : 25;
    group.append(element("text", { x: width / 2, y: middle }, node.label[0]));
    if (node.label[1]) group.append(element("text", { class: "small", x: width / 2, y: 31 }, node.label[1]));
    group.append(element("title", {}, node.name));
    group.addEventListener("click", () => choose(number, true));
    group.addEventListener("dblclick", () => { if (node.level !== null) show(view.graph, node.level); });
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") choose(number, true);
      else if (event.key.startsWith("Arrow")) step(number, event.key);
      else return;
      event.preventDefault();
    });
    return group;
  };

  // To the nearest node in the direction of an arrow key.
  const step = (number, key) => {
    const nodes = level().nodes;
    const [x, y, width, height] = nodes[number].box;
    const centre = (node) => [node.box[0] + node.box[2] / 2 - x - width / 2, node.box[1] + node.box[3] / 2 - y - height / 2];
    const [axis, sign] = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, -1], ArrowDown: [1, 1] }[key];
    let best = null;
    nodes.forEach((node, at) => {
      const away = centre(node);
      const cost = away[axis] * sign + 3 * Math.abs(away[1 - axis]);
      if (at !== number && away[axis] * sign > 8 && (best === null || cost < best[0])) best = [cost, at];
    });
    if (best) canvas.querySelector(`[data-node="${best[1]}"]`).focus();
  };

  const light = (numbers) => {
    canvas.querySelectorAll(".node").forEach((group) => group.classList.toggle("on", numbers.includes(Number(group.dataset.node))));
    canvas.querySelectorAll("path").forEach((path) => {
      path.classList.toggle("on", numbers.includes(Number(path.dataset.from)) || numbers.includes(Number(path.dataset.to)));
    });
    const first = canvas.querySelector(".node.on");
    if (first) first.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const choose = (number, jump) => {
    const node = level().nodes[number];
    view.node = number;
    light([number]);
    tell(node);
    mark(node.lines, node.through);
    if (jump && node.lines.length) reveal(node.lines[0]);
  };

  const tell = (node) => {
    const head = tag("p", "head");
    head.append(tag("code", "", node.name), tag("span", "tag " + node.support, WORDS[node.support]));
    const parts = [head];
    if (node.role || node.makes) parts.push(tag("p", "aside", [node.role, node.makes].filter(Boolean).join(", ")));
    const count = node.types.reduce((sum, [, times]) => sum + times, 0);
    if (count > 1) {
      const list = tag("ul", "types");
      node.types.forEach(([type, times, support]) => {
        const item = tag("li", support);
        item.append(tag("code", "", type), document.createTextNode(times > 1 ? ` x ${times}` : ""));
        list.append(item);
      });
      if (node.more) list.append(tag("li", "", `and ${node.more} more types`));
      parts.push(list);
    }
    const links = tag("p", "links");
    node.lines.slice(0, 6).forEach((id) => links.append(button(labelled(id), () => reveal(id))));
    if (node.lines.length > 6) links.append(tag("span", "aside", `and ${node.lines.length - 6} more lines`));
    if (node.level !== null) links.append(button("Look inside", () => show(view.graph, node.level), "open"));
    if (!node.lines.length) links.append(tag("span", "aside", "No line of yours: TensorFlow made it."));
    parts.push(links);
    told.replaceChildren(...parts);
  };

  const trail = () => {
    const steps = [];
    for (let at = view.level; at !== null; at = view.graph.levels[at].above) steps.unshift(at);
    crumbs.replaceChildren();
    crumbs.hidden = view.graph.levels.length === 1;
    steps.forEach((at) => {
      const title = view.graph.levels[at].title;
      if (at === view.level) crumbs.append(tag("span", "here", title));
      else crumbs.append(button(title, () => show(view.graph, at)));
    });
  };

  const fitting = () => Math.min(WIDEST, Math.max(NARROWEST, (canvas.clientWidth - 4) / level().width));
  const resize = () => {
    const svg = canvas.querySelector("svg");
    const scale = view.scale === null ? fitting() : view.scale;
    svg.setAttribute("width", Math.round(level().width * scale));
    svg.setAttribute("height", Math.round(level().height * scale));
  };
  const zoom = (way) => {
    const now = view.scale === null ? fitting() : view.scale;
    view.scale = { in: Math.min(3, now * 1.25), out: Math.max(0.1, now / 1.25), fit: null }[way];
    resize();
  };

  // From a line to its ops: where the graph shows them already, else in the first drawing, from the top, that does.
  const find = (id) => {
    const graph = [view.graph, ...graphs].find((one) => one.levels.some((drawn) => drawn.nodes.some((node) => node.lines.includes(id))));
    const of = (drawn) => drawn.nodes.flatMap((node, number) => (node.lines.includes(id) ? [number] : []));
    const here = graph === view.graph && of(level()).length ? view.level : graph.levels.findIndex((drawn) => of(drawn).length);
    if (graph !== view.graph || here !== view.level) show(graph, here);
    const numbers = of(level());
    if (numbers.length === 1) choose(numbers[0], false);
    else {
      const names = numbers.map((number) => level().nodes[number].label[0]);
      told.replaceChildren(tag("p", "head", `${labelled(id)}: ${names.join(", ")}`));
      light(numbers);
      mark([id], []);
    }
    if (!matchMedia("(min-width: 64rem)").matches) canvas.scrollIntoView({ block: "center" });
  };

  if (graphs.length) {
    document.getElementById("code").classList.add("with-graph");
    document.querySelector(".graph").hidden = false;
    show(graphs[0], 0);
    addEventListener("resize", resize);
    document.querySelectorAll("[data-zoom]").forEach((one) => one.addEventListener("click", () => zoom(one.dataset.zoom)));
    document.querySelectorAll("[data-line]").forEach((one) => one.addEventListener("click", () => find(one.dataset.line)));
    if (which) which.addEventListener("change", () => show(graphs.find((one) => one.model === which.value), 0));
  }

  // Links within the page

  const arrive = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    unfold(target);
    if (target.classList.contains("line")) mark([target.id], []);
    target.scrollIntoView({ block: target.classList.contains("line") ? "center" : "start" });
  };
  addEventListener("hashchange", arrive);
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='#']");
    if (!link) return;
    const target = document.getElementById(link.getAttribute("href").slice(1));
    if (!target || !target.classList.contains("line")) return;
    // A webview has no address to go to.
    event.preventDefault();
    mark([target.id], []);
    reveal(target.id);
    const [file, number] = target.id.split("-");
    if (editor) editor.postMessage({ command: "open", uri: line(file).dataset.uri, line: Number(number) });
    else history.replaceState(null, "", "#" + target.id);
  });
  arrive();

  // Light and dark: what the system says, until somebody says otherwise.

  const theme = document.getElementById("theme");
  const dark = () => document.documentElement.dataset.theme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const name = () => { theme.textContent = dark() ? "Light" : "Dark"; };
  theme.hidden = Boolean(editor);
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    name();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  name();
})();
